"""
The last step before the store, on a whole batch: what needs the store or other mentions.

`enrich` sees one mention alone. What is compared with what is kept already, and models that are
fast only on many texts at once, come here, in the same order for crawls, imports, retries from
quarantine and tagging anew.
"""

from collections.abc import Sequence

from pipelines.context import Context
from pipelines.transformers.rating import rate
from search.mention import Mention
from search.stores.base import Store


def finish(mentions: Sequence[Mention], store: Store, context: Context) -> list[Mention]:
    """Return the mentions, each as it is to be stored, in the same order."""
    return rate(mentions, store, context)

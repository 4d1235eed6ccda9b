"""
The last step before the store, on a whole batch: what needs the store or other mentions.

`enrich` sees one mention alone. What is compared with what is kept already, and models that are
fast only on many texts at once, come here, in the same order for crawls, imports, retries from
quarantine and tagging anew.
"""

from collections.abc import Sequence

from pipelines.context import Context
from pipelines.copies.folding import mark_copies
from pipelines.transformers.rating import rate
from search.mention import Mention
from search.stores.base import Outcome, Store


def finish(mentions: Sequence[Mention], store: Store, context: Context) -> list[Mention]:
    """
    Return the mentions, each as it is to be stored, in the same order.

    Behind them stand mentions that are stored already and change with them.
    """
    return mark_copies(rate(mentions, store, context), store)


def keep(mentions: Sequence[Mention], store: Store, context: Context) -> list[Outcome]:
    """Finish mentions and store them, in one transaction; say what became of each."""
    return store.put(finish(mentions, store, context))[: len(mentions)]

"""
The last step before the store, on a whole batch: what needs the store or other mentions.

`enrich` sees one mention alone. What is compared with what is kept already, and models that are
fast only on many texts at once, come here, in the same order for crawls, imports, retries from
quarantine and tagging anew.
"""

import itertools
from collections.abc import Sequence

from pipelines.context import Context
from pipelines.copies.folding import mark_copies
from pipelines.suppressing import is_suppressed
from pipelines.transformers.rating import rate
from search.mention import Mention
from search.stores.base import Outcome, Quarantined, Store


def finish(mentions: Sequence[Mention], store: Store, context: Context) -> list[Mention]:
    """
    Return the mentions, each as it is to be stored, in the same order.

    Behind them stand mentions that are stored already and change with them.
    """
    return mark_copies(rate(mentions, store, context), store)


def keep(mentions: Sequence[Mention], store: Store, context: Context) -> list[Outcome | None]:
    """
    Finish mentions and store them, in one transaction; say what became of each.

    ``None`` for those whose authors want nothing kept since the stages have seen them.
    """
    if context.suppressions is not None:
        context.suppressions.refresh()
    wanted = [not is_suppressed(mention, context) for mention in mentions]
    finished = finish(list(itertools.compress(mentions, wanted)), store, context)
    outcomes = iter(put(finished, store, context))
    return [next(outcomes) if is_wanted else None for is_wanted in wanted]


def put(mentions: Sequence[Mention], store: Store, context: Context) -> list[Outcome | None]:
    """
    Store finished mentions, and take back what nobody may keep by now: ``None``.

    Who erases an author suppresses first and deletes then. So what was put before is deleted
    there, and what was put after is new, and seen here.
    """
    outcomes: list[Outcome | None] = list(store.put(mentions))
    if context.suppressions is None:
        return outcomes
    context.suppressions.refresh()
    taken_back = []
    for at, mention in enumerate(mentions):
        was_put_back = outcomes[at] in {Outcome.NEW, Outcome.QUARANTINED}
        if was_put_back and is_suppressed(mention, context):
            taken_back.append(mention.id)
            outcomes[at] = None
    if taken_back:
        store.remove(taken_back, clean=False)
    return outcomes


def set_aside(mention: Mention, entry: Quarantined, store: Store, context: Context) -> None:
    """Put what could not become a mention into quarantine, unless its author is suppressed."""
    store.quarantine([entry])
    if context.suppressions is not None:
        context.suppressions.refresh()
        if is_suppressed(mention, context):
            store.release([entry.id])

"""What a list says about itself: purpose, controller, expiry, and how to fill it in (R6.6)."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from search.config_tables import Asking
from search.permissions.batches import Batch
from search.permissions.lists.columns import FILLED_IN, PURPOSE
from search.permissions.lists.outcomes import MEANINGS
from search.permissions.lists.rows import KEPT_FOR, Rows
from search.permissions.reading import write_scope

_HOW: Final = (
    "Open the link, paste the message as it is, by hand, one by one. Then fill in the coloured "
    "columns, save, and hand the file back: sayso permissions import FILE. Leave the others as "
    "they are: they are compared."
)
_WHAT_THEN: Final = (
    "Sayso keeps what you filled in as evidence, and never sends anything itself. Whoever says "
    "never is not asked again; no answer means no. This list is in the log of exports: whoever "
    "wants to be forgotten has a right to be erased from it too."
)
_EXPIRY: Final = "delete every copy by then, and each row by its delete_by where that is earlier"


def describe(
    batch: Batch, asking: Asking, rows: Rows, by: str, now: dt.datetime
) -> Sequence[tuple[str, str]]:
    """Return names and texts, once all rows were handed out."""
    return [
        ("Purpose", PURPOSE),
        ("Controller", f"{asking.brand} ({asking.brand_handle}); notice: {asking.privacy_url}"),
        ("Terms", f"{asking.terms_version}, {asking.terms_url}"),
        ("Made", f"{now:%Y-%m-%d %H:%M} UTC by {by}"),
        ("Expires", f"{(now + KEPT_FOR).date()}: {_EXPIRY}"),
        ("Batch", f"{batch.number}, made {batch.made_at:%Y-%m-%d} by {batch.by}: {batch.query}"),
        ("Asked for", write_scope(batch.scope)),
        ("With a message", f"{rows.messages:,} rows"),
        (
            "Left out",
            f"{rows.left_out:,} rows, with the reason in left_out: do not write to these",
        ),
        ("Not in the batch", f"{len(batch.skipped):,} mentions that the search found as well"),
        ("How", _HOW),
        ("What then", _WHAT_THEN),
        *((f"outcome {outcome}", meaning) for outcome, meaning in MEANINGS.items()),
        *((column.name, column.about) for column in FILLED_IN[1:]),
    ]

"""Name the word that a mistyped one was probably meant to be."""

import difflib
from collections.abc import Iterable


def closest(word: str, allowed: Iterable[str]) -> str:
    """Return ``, did you mean `x`?``, or ``""`` when nothing allowed is close."""
    near = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f", did you mean `{near[0]}`?" if near else ""

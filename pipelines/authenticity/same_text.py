"""The signal that somebody else said the same before: known once copies are found."""

import dataclasses

from search.authorship import repeats_another
from search.mention import Authenticity, Mention, Signal


def note_same_text(mention: Mention, first: Mention | None) -> Mention:
    """Add the signal where the first of a copy is somebody else's, else take it off."""
    signals = tuple(
        each for each in mention.authenticity if each.signal is not Signal.SAME_TEXT_OTHER_AUTHOR
    )
    if first is not None and repeats_another(mention, first):
        evidence = f"said before by another author, in {first.id}"
        signals += (Authenticity(signal=Signal.SAME_TEXT_OTHER_AUTHOR, evidence=evidence),)
    if signals == mention.authenticity:
        return mention
    return dataclasses.replace(mention, authenticity=signals)

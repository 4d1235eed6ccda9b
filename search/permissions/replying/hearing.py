"""What an author's own words say: yes, no, never again, take it down, or none of it clearly."""

import dataclasses
from typing import Final

from search.permissions.replying import terms
from search.permissions.replying.wording import ACCOUNT, TAG, Wording, are_made_of

LONGEST_REFUSAL: Final = 12
"""Words up to which a refusal is all that a reply is about."""

_AGAINST: Final = ("stop", "take_down", "regret", "refusal", "no")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What was found in a reply; several may hold at once."""

    stops: bool
    """Never contact me again."""

    takes_down: bool
    regrets: bool
    refuses: bool
    """A clear no, with nothing that could be a yes."""

    agrees: bool
    """Something in it says yes, the token included."""

    is_friendly: bool
    """All of it goes with a yes, as far as the words go."""

    doubts: tuple[tuple[str, str], ...]
    """Terms that make a yes no clear yes, each with the name of its list."""

    words: tuple[str, ...]
    """All terms found."""


def hear(wording: Wording) -> Heard:
    """Find out what a reply says, whoever it is by."""
    said = wording.said
    places = {kind: terms.find_terms(kind, said) for kind in (*_AGAINST, "idiom")}
    against = [place for kind in _AGAINST for place in places[kind]]
    yes = terms.find_terms("yes", _without(said, against))
    doubts = tuple(
        (kind, said[start:end].strip())
        for kind in terms.DOUBTS
        for start, end in terms.find_terms(kind, said)
    )
    agrees = bool(yes) or wording.has_token
    is_plain = not places["idiom"] and not is_joking(wording)
    alone = terms.phrases("stop_alone").intersection(wording.clauses)
    stops = bool(places["stop"] or alone) and is_plain and not agrees
    found = [said[start:end].strip() for start, end in [*against, *yes]]
    return Heard(
        stops=stops,
        takes_down=bool(places["take_down"]) and not places["idiom"],
        regrets=bool(places["regret"]) and is_plain and not agrees,
        refuses=is_plain and not agrees and _refuses(wording, bool(places["refusal"]), doubts),
        agrees=agrees,
        is_friendly=_is_friendly(wording),
        doubts=doubts,
        words=tuple(dict.fromkeys([*found, *map(" ".join, alone), *(word for _, word in doubts)])),
    )


def is_joking(wording: Wording) -> bool:
    """Whether a picture stands there with which people take back what they say."""
    return any(piece.text in terms.emoji("joking") for piece in wording.pieces)


def _without(said: str, places: list[tuple[int, int]]) -> str:
    """Blank what already counts against, so that *absolutely* in *absolutely not* is no yes."""
    parts = list(said)
    for start, end in places:
        parts[start : end - 1] = "_" * (end - 1 - start)
    return "".join(parts)


def _refuses(wording: Wording, has_refusal: bool, doubts: tuple[tuple[str, str], ...]) -> bool:  # noqa: FBT001 - one of three facts
    if "?" in wording.text or not wording.is_whole:
        return False
    said = wording.said.split()
    clear = terms.phrases("no")
    if are_made_of(said, clear | terms.phrases("no_beside")):
        return not are_made_of(said, terms.phrases("no_beside"))
    is_bound = any(kind != "negation" for kind, _ in doubts)
    return has_refusal and not is_bound and len(said) <= LONGEST_REFUSAL


def _is_friendly(wording: Wording) -> bool:
    known = terms.phrases("yes") | terms.phrases("friendly") | {(TAG,), (ACCOUNT,)}
    said = [piece.text for piece in wording.pieces if piece.text != ACCOUNT]
    return bool(said) and are_made_of(said, known)

"""
What signals mean: tables from the words that are found to the effects on us (rights.md §2).

A word that is not here is kept with its signal and has no effect. Vocabularies grow, and a table
must not guess: `ai-index` and `bots` are seen in the wild, and no stored text defines them.
"""

import re
from collections.abc import Iterable
from typing import Final

from search.tags import RightsSignal
from search.vocabulary import Effect

LONGEST_RAW: Final = 300
"""Characters of a signal's value that are kept."""

ALL_AI: Final = (Effect.NO_MINING, Effect.NO_GENERATIVE_AI, Effect.NO_TRAINING)
NO_AI: Final = (Effect.NO_GENERATIVE_AI, Effect.NO_TRAINING)
"""G in rights.md: no generative AI or training."""

ROBOTS: Final[dict[str, tuple[Effect, ...]]] = {
    "noarchive": (Effect.NO_ARCHIVE,),
    "nocache": (Effect.NO_ARCHIVE,),
    "nosnippet": (Effect.NO_QUOTING,),
    "max-snippet:0": (Effect.NO_QUOTING,),
    "noimageindex": (Effect.NO_IMAGES,),
    "max-image-preview:none": (Effect.NO_IMAGES,),
    "noimageai": (Effect.NO_IMAGE_AI,),
    "noai": ALL_AI,
    "noml": ALL_AI,
}
"""
Directives of ``X-Robots-Tag`` and ``<meta name=robots>``; ``nocache`` is an old name of the first.

A page with one of the last two is refused; they are here for files that a person has explained.
"""

USAGE: Final[dict[str, tuple[Effect, ...]]] = {
    "train-ai": (Effect.NO_TRAINING,),
    "ai-train": (Effect.NO_TRAINING,),
    "ai-use": (Effect.NO_GENERATIVE_AI,),
    "ai-input": (Effect.NO_GENERATIVE_AI,),
    "search": (Effect.NO_PUBLIC_SEARCH,),
}
"""What ``n`` means for the keys of ``Content-Usage`` and ``Content-Signal`` (rights.md R2.8)."""

DATA_MINING: Final[dict[str, tuple[Effect, ...]]] = {
    "DMI-UNSPECIFIED": (),
    "DMI-ALLOWED": (),
    "DMI-PROHIBITED": ALL_AI,
    "DMI-PROHIBITED-AIMLTRAINING": NO_AI,
    "DMI-PROHIBITED-GENAIMLTRAINING": NO_AI,
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": ALL_AI,
    "DMI-PROHIBITED-SEECONSTRAINT": ALL_AI,
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": ALL_AI,
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": ALL_AI,
}
"""Values of ``plus:DataMining`` (rights.md §2.5); an unknown one prohibits, as all but two do."""

_PREFERENCE = re.compile(
    r"(?<![\w*.-])([a-z*][\w*.-]{0,63})\s{0,9}=\s{0,9}[\"?]?([\w-]{1,63})", re.IGNORECASE
)
_REFUSED = frozenset({"n", "no", "0", "false"})


def robots_effects(directives: Iterable[str]) -> tuple[Effect, ...]:
    """Say what directives such as ``noarchive`` ask of us; in lower case, without spaces."""
    return once(effect for directive in directives for effect in ROBOTS.get(directive, ()))


def usage_effects(value: str) -> tuple[Effect, ...]:
    """
    Say what preferences such as ``train-ai=n, search=y`` ask of us.

    They are RFC 9651 dictionaries, read leniently as people write them; any ``n`` counts, whatever
    stands beside it.
    """
    return once(
        effect
        for key, said in _PREFERENCE.findall(value)
        if said.lower() in _REFUSED
        for effect in USAGE.get(key.lower(), ())
    )


def mining_effects(value: str) -> tuple[Effect, ...]:
    """Say what a value of ``plus:DataMining`` asks of us; bare keys and full addresses alike."""
    key = value.strip().rstrip("/").rpartition("/")[2].upper()
    return DATA_MINING.get(key, ALL_AI)


def signal(name: str, raw: str, found_in: str, effects: tuple[Effect, ...] = ()) -> RightsSignal:
    """Make a signal of what was found, its value cut to what is worth keeping."""
    raw = " ".join(raw.split())[:LONGEST_RAW]
    return RightsSignal(name=name, raw=raw, found_in=found_in, effects=effects)


def once(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Return effects, each once, in the order of their first."""
    return tuple(dict.fromkeys(effects))

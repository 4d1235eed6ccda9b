"""Stems of words, per language: what `stem:` compares, in the matcher and in every index."""

import threading
from collections.abc import Iterable

import Stemmer

_ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}

STEMMED = tuple(_ALGORITHMS)
"""ISO 639-1 codes of the languages whose words have stems here; in others a word is its own."""

UNSTEMMED = "und"
"""The language that stands before a word of any other language in an index."""


class _Stemmers(threading.local):
    """One set for each thread: a stemmer must not be shared."""

    def __init__(self) -> None:
        self.by_language = {code: Stemmer.Stemmer(name) for code, name in _ALGORITHMS.items()}


_stemmers = _Stemmers()


def stem(word: str, language: str | None) -> str:
    """Reduce a folded word to its stem; without a stemmer for the language it stays as it is."""
    stemmer = _stemmers.by_language.get(language or "")
    return str(stemmer.stemWord(word)) if stemmer else word


def stem_tokens(words: Iterable[str], language: str | None) -> list[str]:
    """Name the stem of each folded word with its language, ``en:run``: what an index keeps."""
    stemmer = _stemmers.by_language.get(language or "")
    if stemmer is None:
        return [f"{UNSTEMMED}:{word}" for word in words]
    return [f"{language}:{stemmed}" for stemmed in stemmer.stemWords(list(words))]


def query_stem_tokens(word: str) -> list[str]:
    """Name every token under which a mention may hold a word with this stem, one a language."""
    return [*(f"{code}:{stem(word, code)}" for code in STEMMED), f"{UNSTEMMED}:{word}"]

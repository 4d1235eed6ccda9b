"""The two tokens of a request: the word an author may answer with, and the secret in its link."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from typing import Final

from search.errors import SaysoError

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for one another: no 0, O, 1, I or L."""

SIGNS: Final = 5
"""Of 31 each: 24.8 bits."""

LONGEST_STEM: Final = 24
"""Letters of a brand's name in a token."""

LINK_BYTES: Final = 16
"""128 bits, the least that rights.md §6.1 allows."""

_TRIES: Final = 1000
_NOT_TAKEN: Final = "letters and digits of any script"


class NoToken(SaysoError):
    """A token that cannot be made; the message says why."""


def new_request_token(brand: str, *, yes: str = "Yes", taken: Iterable[str] = ()) -> str:
    """
    Make the word that says yes to one request, such as ``#YesEspressoHouse-7F3KX``.

    ``taken`` are the tokens of open requests and every hashtag that is listened for, with or
    without ``#``. Platforms end a hashtag at the hyphen: where what stands before it is taken as
    well, the token has none.
    """
    stem = _stem(f"{yes}{brand[: 10 * LONGEST_STEM]}", len(yes) + LONGEST_STEM)
    if len(stem) == len(_stem(yes, len(yes))):
        raise NoToken(f"brand {brand[:40]!r}: no token can be made of it; needed: {_NOT_TAKEN}")
    avoided = {_fold(hashtag) for hashtag in taken}
    joint = "" if _fold(stem) in avoided else "-"
    for _ in range(_TRIES):
        token = f"#{stem}{joint}{''.join(secrets.choice(ALPHABET) for _ in range(SIGNS))}"
        if _fold(token) not in avoided:
            return token
    raise NoToken(f"#{stem}: {_TRIES} tokens in a row were taken")


def new_link_token() -> str:
    """Make the secret of a one-time link; keep only what `digest_of` gives."""
    return secrets.token_urlsafe(LINK_BYTES)


def digest_of(link_token: str) -> str:
    """Compute the SHA-256 under which a link's secret is kept, in hexadecimal."""
    return hashlib.sha256(link_token.encode("utf-8", "surrogatepass")).hexdigest()


def is_link_token(given: str, digest: str) -> bool:
    """Compare what somebody sent with a kept digest, in time that tells nothing about it."""
    return hmac.compare_digest(digest_of(given).encode(), digest.encode("utf-8", "replace"))


def _stem(text: str, longest: int) -> str:
    signs = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in signs if unicodedata.category(sign)[0] in "LN")[:longest]


def _fold(hashtag: str) -> str:
    return re.sub(r"[#-]", "", unicodedata.normalize("NFKC", hashtag).casefold())

"""The conditions (a) to (h) of rights.md §1.5 that make a reply a yes, each by itself."""

from collections.abc import Iterator
from typing import Final

from search.mention import Mention
from search.permissions.replying.asked import OpenRequest
from search.permissions.replying.hearing import Heard, is_joking
from search.permissions.replying.judgement import Check, Reason
from search.permissions.replying.wording import (
    Wording,
    is_disguised,
    resembles_token,
    says_only_yes,
)
from search.vocabulary import UNKNOWN
from search.words import fold_value

SHOULD: Final = "e"
"""The one condition that may be missing from a grant."""

_DOUBTS: Final = {
    "negation": "says no or not",
    "condition": "makes a condition, or a limit",
    "price": "speaks of money",
    "question": "asks something",
    "irony": "may mean the contrary",
}


def check(
    reply: Mention, request: OpenRequest, wording: Wording, heard: Heard
) -> tuple[Check, ...]:
    """Look at all eight conditions."""
    return (
        _author(reply, request),
        _answers(reply, request),
        _later(reply, request),
        _token(reply, request, wording),
        _addressed(reply, request, wording),
        _unconditional(request, wording, heard),
        _same_content(request),
        _same_terms(request),
    )


def find_holds(reply: Mention, request: OpenRequest) -> Iterator[Reason]:
    """Find what else speaks against a grant: all but the eight conditions."""
    if reply.edited_at is not None:
        yield Reason("edited", f"the reply was changed at {reply.edited_at}, after it was written")
    if reply.media or reply.links:
        yield Reason("attachment", "a file or link goes with it, which may say more")
    known = reply.language not in {None, UNKNOWN}
    if known and reply.language not in request.languages:
        yield Reason("other_language", f"its language, {reply.language}, is not read here")
    if reply.author is not None and not has_handle(reply, request.author_handle):
        yield Reason("renamed", f"the author was @{request.author_handle} when asked")


def has_handle(reply: Mention, handle: str) -> bool:
    """Whether a reply is by an account of this name, which proves nothing."""
    name = reply.author.name if reply.author else ""
    return fold_value(name.removeprefix("@")) == fold_value(handle.removeprefix("@"))


def _author(reply: Mention, request: OpenRequest) -> Check:
    if reply.source != request.platform:
        return _failed("a", "other_platform", f"it is from {reply.source}, not {request.platform}")
    if reply.author is None or reply.author.id is None:
        return _unknown("a", "author_unknown", "who wrote it is known by name at most, not by id")
    if reply.author.id != request.author_id:
        code = "same_handle_only" if has_handle(reply, request.author_handle) else "other_author"
        return _failed("a", code, "the account is not the one that the content is by")
    return _met("a")


def _answers(reply: Mention, request: OpenRequest) -> Check:
    if reply.source == request.platform and reply.reply_to in request.messages:
        return _met("b")
    return _failed("b", "not_a_reply", "it is no direct reply to our request")


def _later(reply: Mention, request: OpenRequest) -> Check:
    if reply.published_at is None:
        return _unknown("c", "time_unknown", "when it was written is not known")
    if reply.published_at > request.requested_at:
        return _met("c")
    return _failed("c", "before_request", f"it was written before {request.requested_at}")


def _token(reply: Mention, request: OpenRequest, wording: Wording) -> Check:
    if not wording.has_token:
        if resembles_token(reply.text, request.token):
            return _failed("d", "token_not_exact", "the token is there, but quoted or changed")
        return _failed("d", "no_token", f"{request.token} is not in it")
    if wording.quotes:
        return _failed("d", "quotation", "the token may be quoted: part of our request is")
    if is_disguised(wording.text):
        return _failed("d", "disguised", "some letters are hidden, or not what they look like")
    return _met("d")


def _addressed(reply: Mention, request: OpenRequest, wording: Wording) -> Check:
    handles = {fold_value(handle) for handle in reply.handles}
    if wording.has_handle or fold_value(request.brand_handle) in handles:
        return _met("e")
    return _failed("e", "no_handle", f"it does not name @{request.brand_handle}")


def _unconditional(request: OpenRequest, wording: Wording, heard: Heard) -> Check:
    found = [Reason(kind, f"{word!r} {_DOUBTS[kind]}") for kind, word in heard.doubts]
    if "?" in wording.text:
        found.append(Reason("question", "it asks something"))
    if is_joking(wording):
        found.append(Reason("joking", "a picture may take back what the words say"))
    if not says_only_yes(wording, request.languages):
        found.append(Reason("more_words", "it says more than yes"))
    return Check("f", not found, tuple(dict.fromkeys(found)))


def _same_content(request: OpenRequest) -> Check:
    if request.content_then is None or request.content_now is None:
        return _unknown("g", "content_unknown", "whether the content is the same is not known")
    if request.content_then == request.content_now:
        return _met("g")
    return _failed("g", "content_changed", "the content was changed since we asked")


def _same_terms(request: OpenRequest) -> Check:
    if request.terms_quoted == request.terms_current:
        return _met("h")
    said = f"we quoted terms {request.terms_quoted}; now {request.terms_current} are in force"
    return _failed("h", "terms_changed", said)


def _met(letter: str) -> Check:
    return Check(letter, met=True, failures=())


def _failed(letter: str, code: str, sentence: str) -> Check:
    return Check(letter, met=False, failures=(Reason(code, sentence),))


def _unknown(letter: str, code: str, sentence: str) -> Check:
    return Check(letter, met=None, failures=(Reason(code, sentence),))

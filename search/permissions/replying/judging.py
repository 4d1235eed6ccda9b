"""
Replies to our requests for permission: what each of them does, `judge`.

The two mistakes are not alike. A grant that nobody gave must not happen, so a yes is one only if
all of it is known and every condition of rights.md §1.5 is met; all else costs a person a look.
A no needs no form: clear words from the author are enough, and to withdraw any wording is.
"""

import dataclasses
from typing import Final

from search.mention import Mention
from search.permissions.replying import terms
from search.permissions.replying.asked import OpenRequest
from search.permissions.replying.checking import SHOULD, check, find_holds, has_handle
from search.permissions.replying.hearing import Heard, hear
from search.permissions.replying.judgement import Check, Judgement, Lean, Reason, Verdict
from search.permissions.replying.wording import Wording, read

_GRANTED: Final = Reason("yes", "the author answers with the token and says nothing but yes")
_STOPPED: Final = Reason("stop", "the author wants no messages from us")
_WITHDRAWN: Final = Reason("withdrawn", "the author wants it taken down, or no longer agrees")
_DECLINED: Final = Reason("no", "the author says no")
_OURS: Final = Reason("own_message", "it is our own message")
_UNSOLICITED: Final = Reason("unsolicited_token", "the token, but in no answer to our request")


@dataclasses.dataclass(frozen=True, slots=True)
class _Case:
    reply: Mention
    request: OpenRequest
    wording: Wording
    heard: Heard
    checks: tuple[Check, ...]

    def meets(self, letter: str) -> bool:
        return any(check.met is True for check in self.checks if check.letter == letter)

    def failures(self, letters: str = "abcdfgh") -> tuple[Reason, ...]:
        checks = (check for check in self.checks if check.letter in letters)
        return tuple(reason for check in checks for reason in check.failures)


def judge(reply: Mention, request: OpenRequest) -> Judgement:
    """Say what a reply does to a request; the same reply and request always give the same."""
    text = f"{reply.title}\n{reply.text}" if reply.title else reply.text
    wording = read(text, request)
    heard = hear(wording)
    case = _Case(reply, request, wording, heard, check(reply, request, wording, heard))
    verdict, reasons = _decide(case)
    return Judgement(
        verdict=verdict,
        reasons=reasons,
        checks=case.checks,
        words=heard.words,
        leans=_lean(heard) if verdict is Verdict.REVIEW else None,
        method=terms.method(),
    )


def _decide(case: _Case) -> tuple[Verdict, tuple[Reason, ...]]:
    if _is_ours(case.reply, case.request):
        return Verdict.UNRELATED, (_OURS,)
    if not case.meets("a"):
        return _by_another(case)
    is_reply = case.meets("b")
    if not (is_reply or case.meets("e") or case.wording.has_token):
        return Verdict.UNRELATED, case.failures("b")
    return _against(case.heard, is_reply=is_reply) or _for(case)


def _is_ours(reply: Mention, request: OpenRequest) -> bool:
    is_sent = reply.source_id in request.messages or reply.url in request.messages
    return reply.source == request.platform and (
        is_sent or has_handle(reply, request.brand_handle)
    )


def _by_another(case: _Case) -> tuple[Verdict, tuple[Reason, ...]]:
    """Judge what is not known to be by the author: it never binds anybody."""
    has_token, is_reply = case.wording.has_token, case.meets("b")
    is_on_platform = case.reply.source == case.request.platform
    is_namesake = is_on_platform and has_handle(case.reply, case.request.author_handle)
    is_near = is_reply or has_token or case.meets("e")
    if (is_namesake and is_near) or (is_reply and has_token):
        return Verdict.REVIEW, case.failures()
    if has_token:
        return Verdict.UNRELATED, (_UNSOLICITED, *case.failures("ab"))
    return Verdict.UNRELATED, case.failures("ab")


def _against(heard: Heard, *, is_reply: bool) -> tuple[Verdict, tuple[Reason, ...]] | None:
    """Judge a no of any kind by the author; ``None`` where none is clear."""
    withdraws = heard.takes_down or heard.regrets
    if heard.stops:
        return Verdict.NEVER_CONTACT, (_STOPPED, _WITHDRAWN) if withdraws else (_STOPPED,)
    if withdraws:
        return Verdict.WITHDRAW, (_WITHDRAWN,)
    return (Verdict.DECLINE, (_DECLINED,)) if heard.refuses and is_reply else None


def _for(case: _Case) -> tuple[Verdict, tuple[Reason, ...]]:
    missing = (*case.failures(), *find_holds(case.reply, case.request))
    is_met = all(check.met is True for check in case.checks if check.letter != SHOULD)
    if is_met and not missing:
        return Verdict.GRANT, (_GRANTED,)
    return Verdict.REVIEW, missing


def _lean(heard: Heard) -> Lean | None:
    is_against = heard.stops or heard.takes_down or heard.regrets or heard.refuses
    has_negation = any(kind == "negation" for kind, _ in heard.doubts)
    if not is_against and not has_negation and (heard.agrees or heard.is_friendly):
        return Lean.YES
    return Lean.NO if is_against or (has_negation and not heard.agrees) else None

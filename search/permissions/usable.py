"""
Whether content may be used for something: the one decision, which everything calls.

It says no unless everything says yes, and always why, with a code and a sentence for each reason.
Nothing here looks at a clock or a store: what is decided is decided by what is handed in.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Final

from search.mention import Disclosed, Mention
from search.permissions.replying.asked import fingerprint
from search.permissions.scope import AiUse, Channel, Modification, Use, exceeds
from search.permissions.standing import Standing
from search.rights.canonical import canonical
from search.vocabulary import Basis, Hold, MediaKind, Permission, SourceState

_WITH_SOUND: Final = frozenset({MediaKind.VIDEO, MediaKind.AUDIO})
_NOT_OURS: Final = frozenset({Basis.GRANT, Basis.OPEN_LICENCE, Basis.CONTRACT})
_THERE: Final = frozenset({SourceState.LIVE, SourceState.UNKNOWN})
_ALLOWED_SOURCES: Final = {
    Basis.GRANT: _THERE,
    Basis.PLATFORM_EMBED: frozenset({SourceState.LIVE}),
    # A licence once given cannot be taken back (CC BY 4.0, 2(a)(1)); the proof is kept.
    Basis.OPEN_LICENCE: frozenset({*_THERE, SourceState.EDITED}),
    Basis.PUBLIC_DOMAIN: frozenset(SourceState),
    Basis.OWNED: frozenset(SourceState),
    Basis.CONTRACT: frozenset(SourceState),
}
_NOT_ASKED: Final = {
    Permission.NOT_REQUESTED: "nobody has asked the author",
    Permission.QUEUED: "the request is not sent yet",
    Permission.REQUESTED: "the author has not answered yet",
    Permission.GRANTED: "the grant is no basis any more",
    Permission.DECLINED: "the author said no",
    Permission.NO_RESPONSE: "the author did not answer, which means no",
    Permission.EXPIRED: "the permission has ended",
    Permission.REVOKED: "the author has withdrawn the permission",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks against a use."""

    code: str
    sentence: str


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no and why."""

    reasons: tuple[Reason, ...]
    """Empty: it may be used so."""

    @property
    def is_usable(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def usable(mention: Mention, standing: Standing, use: Use, at: dt.datetime) -> Decision:
    """Decide about one use of one mention at one instant (rights.md R1.1)."""
    reasons = [
        *_by_basis(standing, use, at),
        *(Reason("hold", f"it is on hold: {hold}") for hold in sorted(standing.holds)),
        *_by_source(standing),
        *_by_content(mention, standing),
        *_by_music(mention, standing),
        *_by_incentive(mention, standing),
    ]
    return Decision(tuple(reasons))


def _by_basis(standing: Standing, use: Use, at: dt.datetime) -> Iterator[Reason]:
    match standing.basis:
        case Basis.GRANT if standing.permission is Permission.GRANTED and standing.grants:
            if not standing.grants[-1].event.evidence.shows_a_grant:
                yield Reason("evidence", "nothing shows that it was granted")
            yield from _by_scope(standing, use, at)
        case Basis.CONTRACT if standing.contract is not None:
            yield from _by_scope(standing, use, at)
        case Basis.OPEN_LICENCE:
            yield from _by_licence(standing.licence or "", use)
        case Basis.PLATFORM_EMBED:
            yield from _by_embedding(use)
        case Basis.OWNED | Basis.PUBLIC_DOMAIN:
            pass
        case _:
            yield Reason("no_basis", _NOT_ASKED[standing.permission])


def _by_scope(standing: Standing, use: Use, at: dt.datetime) -> Iterator[Reason]:
    scope = standing.scope
    if scope is None:
        yield Reason("no_basis", "nothing says what was allowed")
        return
    yield from (Reason(code, sentence) for code, sentence in exceeds(use, scope, at))


def _by_licence(licence: str, use: Use) -> Iterator[Reason]:
    """Apply the gate for commercial use (rights.md R1.18): a brand's use is commercial."""
    if canonical(licence) is None:
        yield Reason("licence", f"{licence or 'no licence'} is not known to allow it")
        return
    elements = licence.split("-")
    if "NC" in elements and use.channel != Channel.INTERNAL:
        yield Reason("non_commercial", f"{licence} forbids commercial use")
    if "ND" in elements and use.modification is not Modification.NONE:
        yield Reason("no_derivatives", f"{licence} forbids any change, {use.modification} too")
    if use.ai_use not in {AiUse.NONE, AiUse.ANALYSIS}:
        yield Reason("ai_use", "an open licence is not taken as a permission to train models")


def _by_embedding(use: Use) -> Iterator[Reason]:
    """To embed is to show through the platform: no file, no change, no ads (R1.13b)."""
    if use.channel not in {Channel.WEBSITE, Channel.PRODUCT_PAGE}:
        yield Reason("embed", f"it can be embedded in web pages, not in {use.channel}")
    if use.modification is not Modification.NONE or use.paid_ads or use.ai_use is not AiUse.NONE:
        yield Reason("embed", "what is embedded is shown as it is, and not in paid advertising")


def is_original_enough(standing: Standing) -> bool:
    """Whether what became of the original leaves the basis as it was; there must be one."""
    return standing.source_state in _ALLOWED_SOURCES.get(standing.basis, frozenset())


def _by_source(standing: Standing) -> Iterator[Reason]:
    if standing.basis is not Basis.NONE and not is_original_enough(standing):
        yield Reason("source", f"the original is {standing.source_state.replace('_', ' ')}")


def _by_content(mention: Mention, standing: Standing) -> Iterator[Reason]:
    """Forbid what is not the content that was asked for, before anybody has put it on hold."""
    accepted = standing.content.accepted
    is_held = Hold.CONTENT_CHANGED in standing.holds  # which says so already
    if (
        standing.basis is Basis.GRANT
        and not is_held
        and accepted not in {None, fingerprint(mention)}
    ):
        yield Reason("content_changed", "the content is not what was asked for")


def _by_music(mention: Mention, standing: Standing) -> Iterator[Reason]:
    """
    Forbid films and sound until somebody has heard whose music is in them (rights.md R1.27).

    A creator's yes does not clear the song, and platforms' libraries are for private use.
    """
    sounds = any(media.kind in _WITH_SOUND for media in mention.media)
    is_held = Hold.MUSIC_THIRD_PARTY in standing.holds  # which says so already
    is_heard = standing.music_cleared and (
        standing.music_content is None or standing.music_content == fingerprint(mention)
    )
    if sounds and standing.basis in _NOT_OURS and not (is_heard or is_held):
        yield Reason(
            "music",
            "it is a film or sound: somebody has to hear whose music it is, and say so: "
            "`sayso permissions release ID music_third_party --reason …`",
        )


def _by_incentive(mention: Mention, standing: Standing) -> Iterator[Reason]:
    """Forbid to show what was paid for, and does not say so, as a customer's word (R5.7)."""
    disclosed = mention.disclosure is not None and mention.disclosure.level is not Disclosed.NONE
    rewarded = mention.marked_as_paid or mention.incentivised
    if rewarded and not disclosed and standing.basis is not Basis.OWNED:
        yield Reason("undisclosed", "its author got something for it, and does not say so")

"""What a file says of the permission it is used under, in words and in fields."""

from typing import Final

from search.mention import Credit, Media, Mention
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.scope import AiUse, Attribution, Remuneration, Scope, Sublicence
from search.rights.notice import RightsNotice
from search.vocabulary import Basis

_MINING: Final = {
    AiUse.NONE: "DMI-PROHIBITED-AIMLTRAINING",
    AiUse.ANALYSIS: "DMI-PROHIBITED-AIMLTRAINING",
    AiUse.TRAINING: "DMI-PROHIBITED-GENAIMLTRAINING",
    AiUse.GENERATIVE: None,
}
"""
What the public may not do. Never ``DMI-ALLOWED``: the author allowed it to us and to nobody else.
"""

_BASES: Final = {
    Basis.OWNED: "Owned by the brand.",
    Basis.PUBLIC_DOMAIN: "In the public domain.",
}


def notice_of(item: GrantedItem, media: Media | None = None) -> RightsNotice:
    """
    Write the notice for a file of an item; ``media`` is what the source says of the file itself.

    An open licence forbids to add conditions to it (CC BY 4.0, 2(a)(5)), so nothing is said of
    data mining there. Whoever wants to stay unnamed is not named, nor linked to.
    """
    mention, scope = item.stored.mention, item.scope
    usage = _usage(item)
    if scope is not None and scope.attribution is Attribution.ANONYMOUS:
        return RightsNotice(
            evidence=item.evidence, usage=usage, data_mining=_MINING[scope.ai_use],
            starts=scope.valid_from, expires=item.expires, terms_version=item.terms_version,
        )  # fmt: skip
    credit = (media.credit if media is not None else None) or mention.credit or Credit()
    is_free = item.basis is Basis.PUBLIC_DOMAIN or (item.licence or "").startswith("CC0")
    by_us = item.basis is Basis.OWNED
    creator = credit.name or (None if by_us else _author(mention))
    return RightsNotice(
        evidence=item.evidence,
        usage=usage,
        creator=creator,
        notice=credit.notice or _notice(item, creator),
        credit=item.credit_line,
        source=mention.url,
        web_statement=item.licence_url,
        licence=item.licence_url if (item.licence or "").startswith("CC") else None,
        marked=not is_free,
        licensor_name=creator if item.basis is Basis.GRANT else None,
        licensor_url=_profile(mention) if item.basis is Basis.GRANT else None,
        data_mining=_MINING[scope.ai_use] if scope is not None else None,
        starts=scope.valid_from if scope is not None else None,
        expires=item.expires,
        terms_version=item.terms_version,
    )


def _author(mention: Mention) -> str | None:
    author = mention.author
    return (author.display_name or author.name) if author is not None else None


def _profile(mention: Mention) -> str | None:
    return mention.author.url if mention.author is not None else None


def _notice(item: GrantedItem, creator: str | None) -> str | None:
    """Claim the rights for who granted a use of them, and for nobody else."""
    return f"© {creator}" if creator and item.basis is Basis.GRANT else None


def _usage(item: GrantedItem) -> str:
    if item.scope is not None:
        by = "contract" if item.basis is Basis.CONTRACT else "its author's permission"
        return f"By {by}: {_describe(item.scope)}. Evidence: {item.evidence}."
    if item.licence is not None:
        return (
            f"Licensed under {item.licence}{f': {item.licence_url}' if item.licence_url else ''}"
        )
    return _BASES.get(item.basis, "No permission is known.")


def _describe(scope: Scope) -> str:
    parts = [
        ", ".join(channel.replace("_", " ") for channel in scope.channels),
        f"in {', '.join(scope.territories)}",
        f"from {scope.valid_from} until {scope.valid_until} (UTC)",
        f"paid advertising: {'yes' if scope.paid_ads else 'no'}",
        f"changes: {scope.modification.replace('_', ' ')}",
        f"AI: {scope.ai_use}",
    ]
    if scope.sublicence is not Sublicence.NONE:
        parts.append(f"also by {scope.sublicence}")
    if scope.excluded_contexts:
        parts.append(f"not beside {', '.join(scope.excluded_contexts)}")
    if scope.remuneration is not Remuneration.NONE:
        parts.append(f"paid for with {scope.remuneration}: to be disclosed")
    return "; ".join(parts)

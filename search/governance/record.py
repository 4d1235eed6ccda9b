"""The record of processing activities (GDPR Article 30 (1)): its parts, as lines and as JSON."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any, Final

from search.governance.facts import Facts

_CATEGORIES: Final = (
    "Text, title, link, date and language of public posts, comments, reviews and articles",
    "Public name, number and profile link of the account, and its public counts",
    "Public reactions, ratings, hashtags, links, addresses of attached media (not the media)",
    "What programs find out: sentiment, purpose, disclosure, licence, signs of copied texts",
    "Requests for permission, the answers, and evidence of them",
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One thing that the record has to say."""

    key: str
    """The key of `sayso.toml` that fills it; ``""``: none is needed."""

    name: str
    """In JSON."""

    title: str
    lines: tuple[str, ...]
    """Empty: not known."""


def record(facts: Facts) -> list[Part]:
    """List the parts of the record, in the order of Article 30 (1) (a) to (g)."""
    said = facts["privacy"]
    who = [said["controller"], said["address"], said["email"]]
    return [
        _part("privacy.controller", "controller", "Controller", who if said["controller"] else []),
        _part("privacy.dpo", "dpo", "Data protection officer", [said["dpo"]]),
        _part(
            "privacy.representative", "representative", "Representative", [said["representative"]]
        ),
        _part("privacy.purposes", "purposes", "Purposes", said["purposes"]),
        _part("privacy.interest", "legal_basis", "Legal basis", _basis(facts)),
        _part("", "data_subjects", "Data subjects", _subjects(facts)),
        _part("", "data_categories", "Categories of personal data", _CATEGORIES),
        _part("sources", "sources", "Sources", [_source(each) for each in facts["sources"]]),
        _part("privacy.recipients", "recipients", "Recipients", _recipients(facts)),
        _part("privacy.transfers", "transfers", "Transfers", [said["transfers"]]),
        _part("privacy.retention", "time_limits", "Time limits for erasure", _limits(facts)),
        _part("privacy.security", "security", "Security measures", _security(facts)),
        _part("privacy.store_country", "storage", "Storage", _storage(facts)),
    ]


def to_json(parts: Sequence[Part]) -> str:
    """Write the record as JSON; ``null`` is what is not known."""
    plain = {part.name: list(part.lines) or None for part in parts}
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def _part(key: str, name: str, title: str, lines: Sequence[str | None]) -> Part:
    return Part(key=key, name=name, title=title, lines=tuple(filter(None, lines)))


def _basis(facts: Facts) -> list[str]:
    interest = facts["privacy"]["interest"]
    if not interest:
        return []
    basis = [f"Legitimate interest, Article 6 (1) (f): {interest}"]
    if facts["asking"]:
        terms = facts["asking"]
        basis.append(
            f"For what authors allow: their agreement to the terms {terms['terms_version']}, "
            f"{terms['terms_url']}"
        )
    return basis


def _subjects(facts: Facts) -> list[str]:
    names = ", ".join(brand["name"] for brand in facts["brands"])
    about = f" about {names}" if names else ""
    return [f"People who write in public{about}", "People whom they mention"]


def _source(source: dict[str, Any]) -> str:
    where = f" ({', '.join(source['hosts'])})" if source["hosts"] else ""
    limit = f"content may be kept {source['keeps_days']} days" if source["keeps_days"] else ""
    said = [f"terms: {source['terms']}", f"contact: {source['contact']}", limit]
    return f"{source['title']}{where}; {'; '.join(filter(None, said))}"


def _recipients(facts: Facts) -> list[str]:
    """List who gets to see it; channels alone do not say who stands behind the machines."""
    named = list(facts["privacy"]["recipients"])
    if not named:
        return []
    return named + [f"Own channel of alerts: {name}" for name in facts["channels"]]


def _limits(facts: Facts) -> list[str]:
    retention = facts["retention"]
    if retention is None:
        return []
    years = facts["privacy"]["evidence_years"]
    said = [f"{key} = {value}" for key, value in retention.items() if key.endswith("_days")
            and value is not None]  # fmt: skip
    said += [
        f"{source['name']}: {source['kept_days']} days"
        for source in facts["sources"]
        if source["kept_days"] is not None
    ]
    return [*said, f"Evidence of ended grants: {years} years"] if said else []


def _security(facts: Facts) -> list[str]:
    measures = facts["privacy"]["security"]
    if not measures:
        return []
    built_in = [
        "The ledger of permissions is append-only and hash-chained",
        "Secrets are read from the environment only, and texts never stand in logs",
    ]
    if facts["store"]["is_cluster"]:
        way = "encrypted" if facts["store"]["is_encrypted_on_the_way"] else "not encrypted"
        built_in.append(f"The way to the store is {way}")
    return [measures, *built_in]


def _storage(facts: Facts) -> list[str]:
    country = facts["privacy"]["store_country"]
    if not country:
        return []
    kind = "An Elasticsearch cluster" if facts["store"]["is_cluster"] else "A file on one machine"
    queue = ["Runs, no mentions, pass through a Redis queue"] if facts["has_queue"] else []
    return [f"{kind}, in {country}", *queue]

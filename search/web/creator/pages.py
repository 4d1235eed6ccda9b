"""
The pages as HTML: what is asked, what was said, and nothing from anywhere else.

What a request looks like in words is rendered once (`Pages.asked`): the same piece stands on the
page and, as plain text, in the evidence of a yes. Pictures of the post are named, never shown: to
load one from its platform would tell the platform who looks, and when.
"""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

from search.config import Config
from search.permissions.asking import asking_of
from search.permissions.form_answers import STATEMENTS
from search.permissions.links import answer_until
from search.permissions.scope import WORLD, Attribution, Scope
from search.permissions.terms import Terms
from search.permissions.wording.platforms import Way, known_platforms
from search.web.creator.texts import Texts, all_texts
from search.web.creator.visits import Said, Situation, Visit

LONGEST_CREDIT: Final = 100
_HERE: Final = Path(__file__).parent


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks, as it was shown."""

    html: Markup
    text: str

    @property
    def sha256(self) -> str:
        """Of the text, by which a form says what stood above it."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


class Pages:
    """Renders the pages of one configuration."""

    def __init__(self, config: Config, root: str) -> None:
        self._asking = asking_of(config)
        self._mb = self._asking.upload_mb
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            root=root, link_to=link_to, languages=list(all_texts().values())
        )

    def asked(self, visit: Visit, secret: str, t: Texts) -> Asked:
        """Render what is asked for, and on which terms."""
        html = self._render(
            "asked.html",
            t,
            person=self._asking.person,
            brand=self._asking.brand,
            handle=f"@{self._asking.brand_handle}",
            post=visit.stored and visit.stored.mention,
            author=_author(visit),
            uses=list(say_scope(visit.link.scope, t, _author(visit))),
            terms_version=visit.link.terms_version,
            terms_sha256=visit.link.terms_sha256,
            terms_url=self._terms_url(secret, visit.terms, t),
            privacy_url=self._asking.privacy_url,
            until=t.phrases.say_date(answer_until(visit.link, visit.standing).date()),
        )
        return Asked(Markup(html), plain_text(html))  # noqa: S704 - rendered with autoescape

    def request(  # noqa: PLR0913 - a page is all of this
        self,
        visit: Visit,
        secret: str,
        asked: Asked,
        t: Texts,
        *,
        typed: Mapping[str, str],
        errors: Sequence[tuple[str, str]] = (),
    ) -> str:
        """Render the request with its form, as far as it was filled in."""
        names = ("answer", "credit", *STATEMENTS)
        return self._render(
            "request.html",
            t,
            heading=t("title_asked", brand=self._asking.brand),
            asked=asked.html,
            shown=asked.sha256,
            secret=secret,
            answers=[each.value for each in Said if each is not Said.YES or not visit.problems],
            problems=visit.problems,
            statements=STATEMENTS,
            author=_author(visit),
            longest_credit=LONGEST_CREDIT,
            upload_mb=self._mb,
            typed={name: typed.get(name, "") for name in names},
            errors=list(errors),
        )

    def receipt(self, visit: Visit, secret: str, t: Texts) -> str:
        """Render what was said, and how to take it back."""
        situation = visit.situation
        grants = visit.standing.grants
        granted = grants[-1].event.evidence if grants else None
        evidence = visit.waiting.evidence if visit.waiting else granted
        is_said = situation in {Situation.GRANTED, Situation.WAITING}
        can_answer = situation is Situation.DECLINED and not visit.is_silenced
        until = answer_until(visit.link, visit.standing).date()
        received = evidence.received_at if evidence else None
        is_public = visit.link.way == Way.PUBLIC_REPLY
        return self._render(
            "receipt.html",
            t,
            heading=t(f"title_{situation}"),
            secret=secret,
            situation=situation.value,
            days=visit.scope.takedown_days,
            review=bool(visit.waiting and visit.waiting.problems),
            public_token=visit.link.token if is_public else None,
            silenced=visit.is_silenced,
            again_until=t.phrases.say_date(until) if can_answer and visit.stored else None,
            evidence=evidence if is_said else None,
            uses=list(say_scope(visit.scope, t, _author(visit))),
            credit=visit.scope.credit_line,
            said_on=t.phrases.say_date(received.date()) if received else None,
            statements=STATEMENTS,
            can_withdraw=is_said,
            privacy_url=self._asking.privacy_url,
        )

    def withdraw(self, visit: Visit, secret: str, t: Texts) -> str:
        """Render the question before a withdrawal."""
        days = visit.scope.takedown_days
        return self._render(
            "withdraw.html", t, heading=t("title_withdraw"), secret=secret, days=days
        )

    def terms(self, document: Terms, secret: str, t: Texts) -> str:
        """Render the terms, word for word."""
        heading = t("title_terms", version=document.version)
        return self._render("terms.html", t, heading=heading, secret=secret, terms=document)

    def error(self, code: str, t: Texts) -> str:
        """Render why there is no page; ``code`` names the text."""
        return self._render("error.html", t, heading=t("title_error"), code=code)

    def _terms_url(self, secret: str, document: Terms | None, t: Texts) -> str:
        if document is None:
            return self._asking.terms_url
        return f"{self._templates.globals['root']}/{secret}/terms?lang={t.code}"

    def _render(self, name: str, t: Texts, **values: Any) -> str:
        return self._templates.get_template(name).render(t=t, **values)


def say_scope(scope: Scope, t: Texts, author: str | None) -> Iterator[tuple[str, str]]:
    """Say every use that is asked for, and what is not, as name and words each."""
    titles = {name: each.title for name, each in known_platforms().items()}
    yield t("channels"), t.phrases.say_channels(scope.channels, titles)
    yield t("paid_ads"), t("paid_ads_yes" if scope.paid_ads else "paid_ads_no")
    yield t("modification"), t(f"modification_{scope.modification}")
    yield t("ai_use"), t(f"ai_use_{scope.ai_use}")
    yield t("sublicence"), t(f"sublicence_{scope.sublicence}")
    yield t("exclusivity"), t("exclusivity_yes" if scope.exclusivity else "exclusivity_no")
    is_world = WORLD in scope.territories
    countries = ", ".join(t.country(each) for each in scope.territories)
    yield t("territories"), t("territories_world") if is_world else countries
    start, end = (t.phrases.say_date(day) for day in (scope.valid_from, scope.valid_until))
    yield t("time"), t("time_value", start=start, end=end)
    name = scope.credit_line or author or "…"
    is_named = scope.attribution is Attribution.REQUIRED
    said = t(f"attribution_{scope.attribution}", **({"name": name} if is_named else {}))
    yield t("attribution"), said
    yield t("remuneration"), t(f"remuneration_{scope.remuneration}")
    if scope.excluded_contexts:
        yield t("contexts"), ", ".join(scope.excluded_contexts)
    yield t("takedown"), t("takedown_value", days=scope.takedown_days)


def say_answer(typed: Mapping[str, str], files: Sequence[str], t: Texts) -> str:
    """Write down what was filled in, in the words that stood beside it."""
    lines = [f"({'x' if typed.get('answer') == each else ' '}) {t(f'answer_{each}')}"
             for each in Said]  # fmt: skip
    lines += [f"[{'x' if typed.get(name) else ' '}] {t(name)}" for name in STATEMENTS]
    if typed.get("credit"):
        lines.append(f"{t('credited_as', name=typed['credit'])}")
    return "\n".join([*lines, *(f"{t('original')}: {file}" for file in files)])


def plain_text(html: str) -> str:
    """Return the words of a page, a line for each piece."""
    body = LexborHTMLParser(html).body
    return "" if body is None else body.text(separator="\n", strip=True)


def link_to(address: str) -> str:
    """Link to an address of a stranger's; what is no web address is only written."""
    try:
        is_web = urlsplit(address).scheme in {"http", "https"}
    except ValueError:
        is_web = False
    if not is_web:
        return Markup("{}").format(address)
    return Markup('<a href="{0}" rel="noreferrer noopener nofollow ugc">{0}</a>').format(address)


def _author(visit: Visit) -> str | None:
    if visit.stored is None or visit.stored.mention.author is None:
        return None
    author = visit.stored.mention.author
    return author.display_name or author.name

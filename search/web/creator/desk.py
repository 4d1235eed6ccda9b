"""
What an author's page may do: look at a request, and record yes, no, never and a withdrawal.

A no of any kind takes effect at once. A yes waits for a person, unless the rules let it through:
nothing but the link shows who said it.
"""

import dataclasses
import datetime as dt
import hashlib
import logging
import threading
from collections.abc import Callable
from typing import Final

from search.config import Config
from search.mention import Author, StoredMention
from search.permissions.asking import asking_of, sent
from search.permissions.events import Event, Evidence, Step
from search.permissions.form_answers import (
    FormAnswer,
    NoFormAnswer,
    confirm,
    keep_answer,
    settle,
    waiting,
)
from search.permissions.keeping import Permissions
from search.permissions.links import Link, NoSuchLink, open_link
from search.permissions.replying.asked import fingerprint
from search.permissions.scope import Scope
from search.permissions.standing import IllegalTransition, Standing
from search.permissions.terms import BadTerms, find_terms
from search.permissions.terms_in_use import archived
from search.stores.base import Store
from search.vocabulary import Hold, Permission
from search.web.creator.visits import Given, Said, Situation, Visit

AUTHOR: Final = "author"
"""Who records what the author did on the page."""

AUTOMATIC: Final = "auto"

OnNever = Callable[[StoredMention, dt.datetime], None]
"""Who hears that the author of a mention must never be contacted again, on any account of ours."""

_DECLINABLE: Final = frozenset({Permission.REQUESTED, Permission.NO_RESPONSE})

log = logging.getLogger(__name__)


class Desk:
    """Requests, answers and withdrawals of one store; threads may share it."""

    def __init__(
        self,
        store: Store,
        config: Config,
        *,
        on_never: OnNever | None = None,
        clock: Callable[[], dt.datetime] | None = None,
    ) -> None:
        self._on_never = on_never
        self._store = store
        self._asking = asking_of(config)
        self._config = config
        self._clock = clock or (lambda: dt.datetime.now(dt.UTC))
        self._permissions = Permissions(store, self._clock)
        self._lock = threading.RLock()

    def visit(self, secret: str) -> Visit:
        """Look at what a link leads to, or raise `NoSuchLink`; nothing changes by it."""
        with self._lock:
            link = open_link(self._store, secret, self._clock(), self._permissions)
            standing = self._permissions.standing(link.mention)
            stored = self._store.fetch([link.mention]).get(link.mention)
            visit = Visit(
                link=link,
                standing=standing,
                stored=stored,
                waiting=waiting(self._store, self._permissions, link.mention, link.token),
                terms=archived(self._store.notes, link.terms_sha256)
                if link.terms_sha256
                else None,
                problems=tuple(self._problems(link, standing, stored)),
            )
        if stored is None and visit.situation is Situation.ASKED:
            raise NoSuchLink
        return visit

    def answer(self, secret: str, given: Given) -> Visit:
        """
        Record what a form says, once; whatever was recorded before stands.

        Raises `NoSuchLink`. A yes that cannot be taken now is kept for a person with the reasons.
        """
        with self._lock:
            visit = self.visit(secret)
            if visit.situation not in {Situation.ASKED, Situation.DECLINED}:
                return visit
            try:
                if visit.standing.permission is Permission.QUEUED:
                    # Whoever answers has got the message, whether or not somebody has noted it.
                    sent(self._store, visit.link.mention, None, AUTHOR, self._clock())
                    visit = self.visit(secret)
                if given.said is Said.YES:
                    self._yes(visit, given)
                else:
                    self._no(visit, never=given.said is Said.NEVER)
            except (IllegalTransition, NoFormAnswer) as error:  # another process was faster
                log.info("an answer came second", extra={"why": str(error)})
            return self.visit(secret)

    def has_yes(self, mention: str) -> bool:
        """Whether a yes to a mention stands or waits, under whichever link."""
        is_granted = self._permissions.standing(mention).permission is Permission.GRANTED
        return is_granted or waiting(self._store, self._permissions, mention) is not None

    def withdraw(self, secret: str, *, never: bool) -> Visit:
        """
        Take a yes back, at once, whether or not it was confirmed; raises `NoSuchLink`.

        ``never`` is heard whatever was said before, so it can be said again where it failed.
        """
        with self._lock:
            visit = self.visit(secret)
            if visit.situation is Situation.GRANTED:
                self._record(visit, Step.REVOKE, self._words("withdrawn"))
                places = len(visit.standing.placements)
                log.warning("withdrawn", extra={"mention": visit.link.mention, "places": places})
            if visit.situation is Situation.WAITING or never:
                self._no(self.visit(secret), never=never)
            return self.visit(secret)

    def _problems(self, link: Link, standing: Standing, stored: StoredMention | None) -> list[str]:
        content = standing.sent[0].content if standing.sent else None
        found = []
        if stored is not None and content not in {None, fingerprint(stored.mention)}:
            found.append("content_changed")
        if self._has_other_terms(link):
            found.append("terms_changed")
        if standing.holds:
            found.append("hold")
        return found

    def _has_other_terms(self, link: Link) -> bool:
        if link.terms_version != self._asking.terms_version:
            return True
        try:
            terms = find_terms(self._config, link.terms_version, link.language)
        except BadTerms:
            return True
        return terms is not None and link.terms_sha256 not in {None, terms.sha256}

    def _yes(self, visit: Visit, given: Given) -> None:
        answer = FormAnswer(
            mention=visit.link.mention,
            token=visit.link.token,
            at=self._clock(),
            scope=_credited(visit.link.scope, given.credit),
            evidence=self._evidence(visit, given),
            way=visit.link.way,
            problems=visit.problems,
        )
        kept = keep_answer(self._store, self._permissions, answer)
        if kept and self._asking.confirm_forms == "auto" and not answer.doubts:
            now = self._clock()
            confirm(
                self._store, self._permissions, answer, self._config, AUTOMATIC, now, AUTOMATIC
            )

    def _no(self, visit: Visit, *, never: bool) -> None:
        try:
            if visit.standing.permission in _DECLINABLE:
                self._record(visit, Step.DECLINE, self._words("never" if never else "no"))
            if never:
                self._never(visit)
        finally:
            settle(self._store, self._permissions, visit.link.mention)

    def _never(self, visit: Visit) -> None:
        """
        Tell of it before the hold, which shows an author that all is done.

        Whatever fails in between, the page asks on, and who says it again is heard again.
        """
        if self._on_never is not None and visit.stored is not None:
            self._on_never(visit.stored, self._clock())
        if not visit.is_silenced:
            self._record(visit, Step.HOLD, self._words("never"), hold=Hold.DO_NOT_CONTACT)

    def _words(self, said: str) -> Evidence:
        now = self._clock()
        return Evidence(text=f"{said}, on the page of the request", received_at=now)

    def _record(
        self, visit: Visit, step: Step, evidence: Evidence, hold: Hold | None = None
    ) -> None:
        event = Event(
            step=step,
            mention=visit.link.mention,
            at=self._clock(),
            by=AUTHOR,
            evidence=evidence,
            hold=hold,
        )
        self._permissions.record(event)

    def _evidence(self, visit: Visit, given: Given) -> Evidence:
        mention = visit.stored.mention if visit.stored else None
        author = (mention.author if mention else None) or Author(name="")
        messages = [each.evidence.sha256 for each in visit.standing.sent]
        return Evidence(
            text=given.text,
            sha256=hashlib.sha256(given.text.encode("utf-8", "surrogatepass")).hexdigest(),
            terms_version=visit.link.terms_version,
            terms_sha256=visit.link.terms_sha256,
            author_id=author.id,
            statements=given.statements,
            handle=author.name or None,
            display_name=author.display_name,
            account_url=author.url,
            privacy_version=self._asking.privacy_url,
            message_sha256=messages[0] if messages else None,
            received_at=self._clock(),
            language=given.language,
            content=fingerprint(mention) if mention else None,
            files=given.files,
        )


def _credited(scope: Scope, credit: str | None) -> Scope:
    return dataclasses.replace(scope, credit_line=credit) if credit else scope

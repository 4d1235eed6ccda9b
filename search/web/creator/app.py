"""
The web application of authors' pages: ``GET`` shows and changes nothing, ``POST`` records.

Programs that check mail and preview chats open every link they see; none of them says yes by it.
"""

import asyncio
import contextlib
import logging
import weakref
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from search.config import Config
from search.errors import SaysoError
from search.permissions.asking import asking_of
from search.permissions.links import NoSuchLink
from search.permissions.wording.tokens import digest_of
from search.stores.base import Store
from search.web.creator.answering import Filled
from search.web.creator.desk import Desk, OnNever
from search.web.creator.forms import (
    LONGEST,
    LONGEST_SMALL,
    MOST_FILES,
    BadForm,
    Form,
    is_small,
    read_form,
)
from search.web.creator.guard import (
    HEADERS,
    Headed,
    Refused,
    Tries,
    UnderWay,
    address_of,
    is_foreign,
)
from search.web.creator.originals import Originals, uploads_folder
from search.web.creator.pages import Pages
from search.web.creator.texts import Texts, choose
from search.web.creator.tidying import tidy
from search.web.creator.visits import Situation, Visit

ROOT: Final = "/r"
"""Where pages are, unless ``[asking] page_url`` says otherwise."""

_STYLE: Final = Path(__file__).with_name("style.css")
_MB: Final = 1_000_000
_UNANSWERED: Final = frozenset({Situation.ASKED, Situation.DECLINED})
_SAID_YES: Final = frozenset({Situation.GRANTED, Situation.WAITING})
_REFUSED_FILES: Final = {
    "wrong_type": 415,
    "too_large": 413,
    "too_many": 413,
    "disk_full": 507,
    "not_kept": 503,
}
"""The status of an answer whose files were not taken, by what was wrong with them."""

log = logging.getLogger(__name__)


def creator_app(store: Store, config: Config, on_never: OnNever | None = None) -> FastAPI:
    """
    Make the application; raises `ConfigError` without an ``[asking]`` table.

    ``on_never`` hears of everybody who is never to be contacted again, beside the hold that the
    mention gets.
    """
    asking = asking_of(config)
    root = urlsplit(asking.page_url).path if asking.page_url else ROOT
    site = Site(store, config, str(root), on_never)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    router = APIRouter(prefix=str(root))
    router.add_api_route("/style.css", _style, methods=["GET", "HEAD"])
    router.add_api_route("/{secret}", site.show, methods=["GET", "HEAD"])
    router.add_api_route("/{secret}", site.answer, methods=["POST"])
    router.add_api_route("/{secret}/terms", site.terms, methods=["GET", "HEAD"])
    router.add_api_route("/{secret}/withdraw", site.ask_to_withdraw, methods=["GET", "HEAD"])
    router.add_api_route("/{secret}/withdraw", site.withdraw, methods=["POST"])
    app.include_router(router)
    app.add_middleware(Headed)
    app.add_exception_handler(Refused, site.refuse)
    app.add_exception_handler(NoSuchLink, site.refuse)
    app.add_exception_handler(SaysoError, site.fail)
    app.add_exception_handler(HTTPException, site.refuse)
    app.add_exception_handler(Exception, site.fail)
    return app


async def _style() -> FileResponse:
    return FileResponse(_STYLE, media_type="text/css")


class Site:
    """The pages of one store."""

    def __init__(self, store: Store, config: Config, root: str, on_never: OnNever | None) -> None:
        self._asking = asking_of(config)
        self._root = root
        self._desk = Desk(store, config, on_never=on_never)
        self._pages = Pages(config, root)
        self._tries = Tries()
        self._under_way = UnderWay()
        self._notes = store.notes
        self._folder = uploads_folder(config)
        self._busy: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        tidy(store, self._folder)

    async def show(self, request: Request, secret: str) -> Response:
        """Show the request, or what was answered; nothing changes by it."""
        visit = await self._visit(request, secret)
        t = _language(request, visit)
        again = visit.situation is Situation.DECLINED and not visit.is_silenced
        if visit.stored and (
            visit.situation is Situation.ASKED or (again and request.query_params.get("again"))
        ):
            asked = self._pages.asked(visit, secret, t)
            return HTMLResponse(self._pages.request(visit, secret, asked, t, typed={}))
        return HTMLResponse(self._pages.receipt(visit, secret, t))

    async def terms(self, request: Request, secret: str) -> Response:
        """Show the terms that a yes accepts."""
        visit = await self._visit(request, secret)
        if visit.terms is None:
            raise NoSuchLink
        return HTMLResponse(self._pages.terms(visit.terms, secret, _language(request, visit)))

    async def ask_to_withdraw(self, request: Request, secret: str) -> Response:
        """Ask whether to withdraw; nothing changes by it."""
        visit = await self._visit(request, secret)
        t = _language(request, visit)
        if visit.situation not in _SAID_YES:
            return HTMLResponse(self._pages.receipt(visit, secret, t))
        return HTMLResponse(self._pages.withdraw(visit, secret, t))

    async def withdraw(self, request: Request, secret: str) -> Response:
        """Take a yes back."""
        await self._visit(request, secret, is_post=True)
        async with self._form(request, secret, is_upload=False, room=0) as form:
            never = bool(form.fields.get("never"))
        async with self._lock(secret):
            visit = await self._visit(request, secret, is_post=True)
            if visit.situation in _SAID_YES or never:
                await run_sync(self._withdraw, secret, visit, never)
        return self._to_receipt(secret, _language(request, visit))

    def _withdraw(self, secret: str, visit: Visit, never: bool) -> None:  # noqa: FBT001 - what was ticked
        try:
            self._desk.withdraw(secret, never=never)
        finally:
            if not self._desk.has_yes(visit.link.mention):
                self._originals(visit).forget()

    async def answer(self, request: Request, secret: str) -> Response:
        """Record an answer, or show the form again with what is missing."""
        visit = await self._visit(request, secret, is_post=True)
        is_upload = not is_small(request.headers.get("content-length"))
        async with (
            self._form(request, secret, is_upload=is_upload, room=self._room(visit)) as form,
            self._lock(secret),
        ):  # not before: who sends slowly would keep others out
            visit = await self._visit(request, secret, is_post=True)
            if form.size > self._room(visit):
                form.refuse("too_large")
            return await self._answer(request, secret, visit, form)

    def _lock(self, secret: str) -> asyncio.Lock:
        """Of two who answer under one link, one is first, with all that its answer keeps."""
        return self._busy.setdefault(digest_of(secret), asyncio.Lock())

    def _room(self, visit: Visit) -> int:
        return max(0, self._asking.upload_mb * _MB - self._originals(visit).used)

    async def _answer(self, request: Request, secret: str, visit: Visit, form: Form) -> Response:
        t = _language(request, visit)
        if visit.situation not in _UNANSWERED or visit.stored is None:
            return self._to_receipt(secret, t)
        asked = self._pages.asked(visit, secret, t)
        filled = Filled(typed=form.fields, asked=asked, problems=visit.problems)
        errors = list(filled.errors(t))
        if filled.is_yes and form.problem is not None:
            mb = self._asking.upload_mb
            errors.append(("original", t(f"error_{form.problem}", mb=mb, files=MOST_FILES)))
        elif errors and form.files:
            errors.append(("original", t("error_choose_again")))
        if errors:
            page = self._pages.request(visit, secret, asked, t, typed=form.fields, errors=errors)
            return HTMLResponse(page, _REFUSED_FILES.get(form.problem or "", 422))
        after = await run_sync(self._record, secret, visit, form, filled, t)
        if after.waiting is not None and after.waiting.problems:
            return HTMLResponse(self._pages.receipt(after, secret, t), 409)
        return self._to_receipt(secret, t)

    def _record(self, secret: str, visit: Visit, form: Form, filled: Filled, t: Texts) -> Visit:
        """Record an answer with its files; neither is there without the other."""
        names = [sha256 for _, sha256 in form.files]
        kept: list[Path] = []
        originals = self._originals(visit)
        if not filled.is_yes:
            after = self._desk.answer(secret, filled.given([], t))
            if after.situation in _UNANSWERED:
                originals.forget()
            return after
        with contextlib.ExitStack() as undo:
            if names:
                originals.expect(names)
                undo.callback(originals.forget, kept)
                form.keep(originals.folder, kept)
            after = self._desk.answer(secret, filled.given(names, t))
            if _names(after, names):
                undo.pop_all()
        return after

    def _originals(self, visit: Visit) -> Originals:
        return Originals(self._notes, self._folder, visit.link.mention)

    async def _visit(self, request: Request, secret: str, *, is_post: bool = False) -> Visit:
        """
        Open a link; of those who try wrong ones too often, no more is told.

        A right one is always looked up, since many people may share the address of one who tries;
        a wrong one costs no more than that look-up by its hash, before and after.
        """
        if is_post and is_foreign(request.headers, self._asking.page_url):
            raise Refused("refused", 403)
        try:
            return await run_sync(self._desk.visit, secret)
        except NoSuchLink:
            address = address_of(request)
            if not self._tries.may_try(address):
                raise Refused("too_many_tries", 429) from None
            self._tries.count(address)
            raise

    @contextlib.asynccontextmanager
    async def _form(
        self, request: Request, secret: str, *, is_upload: bool, room: int
    ) -> AsyncIterator[Form]:
        """Read what was posted; what the block does not keep of it is gone behind it."""
        content_type, body = request.headers.get("content-type"), request.stream()
        seconds = LONGEST if is_upload else LONGEST_SMALL
        try:
            with self._under_way.form(digest_of(secret), address_of(request), is_upload=is_upload):
                form = await read_form(content_type, body, self._folder, room, seconds=seconds)
        except (BadForm, ClientDisconnect, TimeoutError):
            raise Refused("bad_form", 400) from None
        try:
            yield form
        finally:
            form.drop()

    def _to_receipt(self, secret: str, t: Texts) -> Response:
        return RedirectResponse(f"{self._root}/{secret}?lang={t.code}", 303)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Answer what has no page; links that were, are over, or never were look the same."""
        match error:
            case Refused(code=code, status=status):
                pass
            case HTTPException(status_code=405):
                code, status = "not_found", 405
            case _:
                code, status = "not_found", 404
        t = _language(request)
        return HTMLResponse(self._pages.error(code, t), status)

    async def fail(self, request: Request, error: Exception) -> Response:
        """Answer what cannot be done now, and say in the log why."""
        log.error("a page failed", extra={"problem": str(error)})
        # What nobody foresaw is answered outside of the middleware that adds the headers.
        page = self._pages.error("busy", _language(request))
        return HTMLResponse(page, 503, headers=dict(HEADERS))


def _names(visit: Visit, files: list[str]) -> bool:
    """Whether an answer on record names these files."""
    known = [grant.event.evidence.files for grant in visit.standing.grants]
    if visit.waiting is not None:
        known.append(visit.waiting.evidence.files)
    return any(set(files) <= set(each) for each in known)


def _language(request: Request, visit: Visit | None = None) -> Texts:
    """Choose the language: as asked for in the address, that of the message, the browser's."""
    accepted = request.headers.get("accept-language", "")
    wanted = request.query_params.get("lang")
    return choose(wanted, visit.link.language if visit else None, accepted=accepted)

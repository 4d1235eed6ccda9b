"""
The web application of authors' pages: ``GET`` shows and changes nothing, ``POST`` records.

Programs that check mail and preview chats open every link they see; none of them says yes by it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from search.config import Config
from search.errors import StoreError
from search.permissions.asking import asking_of
from search.permissions.links import NoSuchLink
from search.permissions.scope import BadScope
from search.stores.base import Store
from search.web.creator.answering import Filled, check_answer
from search.web.creator.desk import Desk, Situation, Visit
from search.web.creator.documents import document_of
from search.web.creator.forms import BadForm, Form, read_form
from search.web.creator.guard import Headed, Tries, is_foreign
from search.web.creator.originals import prepare, uploads_folder
from search.web.creator.pages import Pages
from search.web.creator.texts import Texts, choose

ROOT: Final = "/r"
"""Where pages are, unless ``[asking] page_url`` says otherwise."""

_STYLE: Final = Path(__file__).with_name("style.css")
_PROBLEMS: Final = {
    "wrong_type": 415,
    "too_large": 413,
    "too_many": 413,
    "disk_full": 507,
    "not_kept": 503,
}
"""The status of an answer whose files were not taken, by what was wrong with them."""

log = logging.getLogger(__name__)

"""A Mastodon-compatible instance: hashtag timelines for everybody, search for who has a token."""

import functools
import re
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from crawlers.demo import answers
from crawlers.demo.accounts import brand_account
from crawlers.demo.answers import Answer, Asked
from crawlers.demo.documents import LANGUAGES, Document
from crawlers.demo.layout import Look, Sheet, frame
from crawlers.demo.pictures import SIDE, picture
from crawlers.demo.posts import Post, write_posts
from search.words import folded_words

NAME = "fediverse"
MOST = 40
"""How many posts one page of a timeline holds at most."""

LOOK = Look(
    name="Hamnen Social",
    colour="#563acc",
    menu={language: [("/", "Hamnen Social")] for language in LANGUAGES},
)
_MARK = re.compile(r"#(\w+)|@(\w+)")


class Fediverse:
    """The instance."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.host = urlsplit(address).netloc

    @functools.cached_property
    def posts(self) -> dict[int, Post]:
        """Every post and boost by its number, newest first."""
        return {post.number: post for post in write_posts()}

    @property
    def documents(self) -> Sequence[Document]:
        """Every post; a boost is not one of its own."""
        return [self._document(post) for post in self.posts.values() if post.boosts is None]

    def answer(self, asked: Asked) -> Answer:
        """Answer what the interface is asked, and what a person may open."""
        if tag := re.fullmatch(r"/api/v1/timelines/tag/([^/]+)", asked.path):
            return self._timeline(asked, unquote(tag[1]).lower())
        if found := re.fullmatch(r"/api/v1/statuses/(\d+)|/@\w+/(\d+)", asked.path):
            return self._single(asked, int(found[1] or found[2]))
        return picture(asked.path) if asked.path.startswith("/media/") else self._rest(asked)

    def _rest(self, asked: Asked) -> Answer:
        match asked.path:
            case "/api/v2/search":
                return self._search(asked)
            case "/api/v2/instance":
                return answers.as_json(self._instance())
            case "/robots.txt":
                return answers.plain("User-agent: *\nDisallow: /media_proxy/\n")
            case _:
                return answers.as_json({"error": "Record not found"}, status=404)

    def _timeline(self, asked: Asked, tag: str) -> Answer:
        listed = [post for post in self.posts.values() if tag in post.tags and post.listed]
        shown = _page(listed, asked)
        headers = [("Link", self._link(asked, shown))] if shown else []
        return answers.as_json([self.status(post) for post in shown], *headers)

    def _link(self, asked: Asked, shown: list[Post]) -> str:
        limit = f"limit={asked.parameters['limit']}&" if "limit" in asked.parameters else ""
        base = f"{self.address}{asked.path}?{limit}"
        return (
            f'<{base}max_id={shown[-1].number}>; rel="next", '
            f'<{base}min_id={shown[0].number}>; rel="prev"'
        )

    def _search(self, asked: Asked) -> Answer:
        if not (asked.authorization or "").startswith("Bearer "):
            error = {"error": "This method requires an authenticated user"}
            return answers.as_json(error, status=401)
        words = set(folded_words(asked.parameters.get("q", "")))
        found = [
            post
            for post in self.posts.values()
            if post.listed and words and words <= set(folded_words(post.text))
        ]
        start = asked.number("offset", 0)
        shown = found[start : start + min(asked.number("limit", 20), MOST)]
        statuses = [self.status(post) for post in shown]
        return answers.as_json({"accounts": [], "statuses": statuses, "hashtags": []})

    def _single(self, asked: Asked, number: int) -> Answer:
        post = self.posts.get(number)
        if post is None:
            return answers.as_json({"error": "Record not found"}, status=404)
        if asked.path.startswith("/api/"):
            return answers.as_json(self.status(post))
        name = post.account.display_name
        sheet = Sheet(
            language=post.account.language,
            title=name,
            main=f'<div class="post"><strong>{escape(name)}</strong>{self._content(post)}</div>',
        )
        return answers.page(frame(LOOK, sheet))

    def _instance(self) -> dict[str, Any]:
        return {
            "domain": self.host,
            "title": LOOK.name,
            "version": "4.5.0",
            "source_url": "https://github.com/mastodon/mastodon",
            "description": "A small harbour for people who like small cups.",
            "languages": list(LANGUAGES),
            "configuration": {"statuses": {"max_characters": 500, "max_media_attachments": 4}},
            "registrations": {"enabled": False, "approval_required": False},
            "rules": [{"id": "1", "text": "Be kind."}],
        }

    def uri(self, post: Post) -> str:
        """Return what identifies a post throughout the fediverse."""
        return f"{post.account.uri(self.address)}/statuses/{post.number}"

    def url(self, post: Post) -> str:
        """Return where a person can open it."""
        return f"{post.account.base(self.address)}/@{post.account.username}/{post.number}"

    def status(self, post: Post) -> dict[str, Any]:
        """Return a post as the interface does."""
        words = post.boosts or post
        edited_at = f"{post.edited_at:%Y-%m-%dT%H:%M:%S.000Z}" if post.edited_at else None
        answered = self.posts[post.answers] if post.answers else None
        brand = brand_account()
        mention = {
            "id": str(brand.number),
            "username": brand.username,
            "url": f"{self.address}/@{brand.username}",
            "acct": brand.acct,
        }
        return {
            "id": str(post.number),
            "created_at": f"{post.published_at:%Y-%m-%dT%H:%M:%S.000Z}",
            "in_reply_to_id": str(answered.number) if answered else None,
            "in_reply_to_account_id": str(answered.account.number) if answered else None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": post.declared,
            "uri": self.uri(post) + ("/activity" if post.boosts else ""),
            "url": self.url(post),
            "replies_count": post.number // 1000 % 4,
            "reblogs_count": post.number // 1000 % 7,
            "favourites_count": post.number // 1000 % 23,
            "edited_at": edited_at,
            "content": self._content(words),
            "reblog": self.status(post.boosts) if post.boosts else None,
            "account": post.account.shown(self.address),
            "media_attachments": [self._media(words)] if words.picture else [],
            "mentions": [mention] if words.is_for_brand else [],
            "tags": [{"name": tag, "url": self._tag_url(tag)} for tag in post.tags],
            "emojis": [],
            "quote": None,
            "card": None,
            "poll": None,
        }

    def _tag_url(self, tag: str) -> str:
        return f"{self.address}/tags/{quote(tag)}"

    def _content(self, post: Post) -> str:
        return f"<p>{_MARK.sub(self._marked, escape(post.text, quote=False))}</p>"

    def _marked(self, found: re.Match[str]) -> str:
        tag, name = found.groups()
        if tag:
            url = self._tag_url(tag)
            return f'<a href="{url}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        url = f"{self.address}/@{name}"
        return (
            f'<span class="h-card" translate="no"><a href="{url}" class="u-url mention">'
            f"@<span>{name}</span></a></span>"
        )

    def _media(self, post: Post) -> dict[str, Any]:
        size = {"width": SIDE, "height": SIDE, "size": f"{SIDE}x{SIDE}", "aspect": 1.0}
        return {
            "id": str(post.number + 1),
            "type": "image",
            "url": f"{self.address}/media/{post.number}.png",
            "preview_url": f"{self.address}/media/{post.number}.png",
            "remote_url": None,
            "preview_remote_url": None,
            "text_url": None,
            "meta": {"original": size, "small": size},
            "description": post.picture,
            "blurhash": None,
        }

    def _document(self, post: Post) -> Document:
        return Document(
            site=NAME,
            source="mastodon",
            source_id=self.uri(post),
            url=self.url(post),
            text=post.text,
            language=post.account.language,
            author=post.account.acct,
            hashtags=post.tags,
            handles=("stormcoffee",) if post.is_for_brand else (),
            tone=post.tone,
            about_brand=post.tone is not None,
            refused=post.account.refused if post.tone else None,
        )


def _page(listed: list[Post], asked: Asked) -> list[Post]:
    """Cut one page out of a timeline; ``min_id`` asks for the oldest of what is newer."""
    given = asked.parameters
    limit = max(1, min(asked.number("limit", 20), MOST))
    highest = asked.number("max_id", 1 << 80)
    lowest = asked.number("since_id", 0)
    shown = [post for post in listed if lowest < post.number < highest]
    if "min_id" in given:
        newer = [post for post in shown if post.number > asked.number("min_id", 0)]
        return newer[-limit:]
    return shown[:limit]

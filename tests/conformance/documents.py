"""Invented mentions, each there for one difficulty; a query's answer is a set of their names."""
# ruff: noqa: RUF001 - letters that look alike are the point

import datetime as dt
import unicodedata
from typing import Any

from search.mention import (
    Author,
    Engagement,
    Feeling,
    Kind,
    Licence,
    Media,
    MediaKind,
    Mention,
    Rating,
    Sentiment,
    Subject,
)

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    """Read an instant in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def stars(value: float) -> Rating:
    """Make a rating on the usual scale."""
    return Rating(stars=value, value=value)


def feeling(value: float, label: Feeling) -> Sentiment:
    """Make a sentiment as the stage would."""
    return Sentiment(label=label, value=value, method="vader")


TEXTS: dict[str, str] = {
    # phrases and words
    "plain": "Coffee at Espresso House this morning",
    "reversed": "The house where I drink espresso",
    "hyphen": "espresso-house, all lower case",
    "registered": "Espresso House® is everywhere",
    "joined": "EspressoHouse in one word",
    "linebreak": "espresso\n\nhouse over two paragraphs",
    "genitive": "Espresso House's best cup",
    "plural": "espresso houses everywhere",
    "apart1": "espresso in the house",
    "apart2": "espresso machine and a warm house",
    "repeated": "espresso espresso house",
    "far": "house " + "filler " * 30 + "espresso",
    "shout": "ESPRESSO HOUSE!!!",
    "empty": "",
    "punctuation": "… !!! ???",
    # Swedish, Dutch and their marks
    "sv_fika": "Jag älskar lördagsfika på kaféet i Malmö",
    "sv_ascii": "Fika i Malmo pa lordag",
    "sv_nfd": unicodedata.normalize("NFD", "Smörgås i Malmö är bäst"),
    "sv_upper": "SMÖRGÅS PÅ ÅLAND",
    "nl_een": "Eén kopje koffie in 's-Hertogenbosch, coördinatie en reünie",
    "nl_ij": "De ĳsjes in IJmuiden zijn lekker",  # with the ligature
    "de_strasse": "Kaffee in der Hauptstraße",
    "de_strasse_upper": "HAUPTSTRASSE 5",
    "da_smor": "Smørrebrød på Strøget, Ærø",
    "pl_lodz": "Kawa w Łodzi",
    "tr_izmir": "İzmir'de kahve, ılık",
    "fr_cafe": "Un café crème à l'hôtel, œuvre",
    # other scripts
    "ja_coffee": "東京でコーヒーを飲む",
    "ja_half": "ｺｰﾋｰ と ﾊﾞﾅﾅ",
    "zh_coffee": "北京的咖啡店很好",
    "ko_coffee": "한국 커피 최고",
    "ko_nfd": unicodedata.normalize("NFD", "커피 좋아"),
    "th_coffee": "กาแฟดีมาก",
    "ru_coffee": "Кофе в Йошкар-Оле, ёлка",
    "el_coffee": "ΚΑΦΈΣ και καφές",
    "he_coffee": "קפה טוב",
    "hi_coffee": "हिन्दी में कॉफ़ी",
    "fullwidth": "ＥＳＰＲＥＳＳＯ ＨＯＵＳＥ",
    "math": "𝐄𝐬𝐩𝐫𝐞𝐬𝐬𝐨 𝐇𝐨𝐮𝐬𝐞",
    # invisible characters and emoji
    "soft_hyphen": "es\u00adpres\u00adso house",
    "zwnj": "espr\u200cesso hou\u200dse",
    "nbsp": "espresso\u00a0house",
    "emoji": "Best coffee ☕️😀 ever",
    "emoji_tone": "thumbs 👍🏽 up 👩🏽‍🚀",
    "emoji_plain": "thumbs 👍 up 👩‍🚀",
    "flag": "Hello 🇸🇪 and 🇳🇱",
    "keycap": "Number 1️⃣ choice, m² and ½ cup",
    # punctuation inside names
    "hm": "Bought it at H&M today",
    "hm_spaced": "h & m are letters",
    "hm_lower": "the h&m store",
    "hm_hyphen": "H-M is not it",
    "hm_ampersand_twice": "H&&M is odd",
    "toys": 'Toys"R"Us reopened',
    "toys_plain": "toys r us without quotes",
    "cpp": "I write C++ all day",
    "cpp_more": "C+++ is no language",
    "c_only": "vitamin c and C# and (C)",
    "yahoo": "Yahoo! answers",
    "yahoo_plain": "yahoo answers",
    "att": "AT&T coverage at t mobile",
    "dotnet": ".NET 10 and net profit",
    "apostrophe": "McDonald's or McDonald’s",
    "underscore": "snake_case and snake case",
    "number": "Room 101, 1,000 times, 3.14",
    "raw_wrapped": "Espresso\n   House wrapped",
    "raw_nfd": unicodedata.normalize("NFD", "Café Crème"),
    # stems
    "en_running": "She is running two shops",
    "en_runs": "He runs a shop",
    "sv_running": "Hon köper kaffekoppar",
    "nl_running": "Zij koopt koppen koffie",
    "und_running": "running",
}

LANGUAGES = {
    "plain": "en",
    "sv_fika": "sv",
    "sv_ascii": "sv",
    "sv_nfd": "sv",
    "sv_upper": "sv",
    "nl_een": "nl",
    "nl_ij": "nl",
    "de_strasse": "de",
    "en_running": "en",
    "en_runs": "en",
    "sv_running": "sv",
    "nl_running": "nl",
    "und_running": "und",
    "ja_coffee": "ja",
}

FIELDS: dict[str, dict[str, Any]] = {
    "tagged": {
        "text": "no brand in words #EspressoHouse",
        "hashtags": ("espressohouse", "fika"),
        "handles": ("anna",),
        "published_at": at("2026-11-22T11:00"),
    },
    "tag_diacritics": {"text": "#lördag", "hashtags": ("lördag",), "handles": ("bo@b.example",)},
    "handle_host": {
        "text": "hi @anna@masto.example",
        "handles": ("anna@masto.example",),
        "author": Author(name="Anna_K", id="42", followers=100, automated=False),
        "published_at": at("2026-11-15T12:00"),
    },
    "handle_longer": {"text": "hi @annabel", "handles": ("annabel",)},
    "post_likes": {
        "text": "much liked",
        "source": "mastodon",
        "engagement": Engagement(likes=5, replies=0, reposts=2),
        "author": Author(name="bot", automated=True),
        "published_at": at("2026-01-01T00:00"),
        "sentiment": feeling(0.8, Feeling.POSITIVE),
        "brands": ("Espresso House", "Fika & Co"),
    },
    "post_unliked": {
        "text": "not liked",
        "source": "mastodon",
        "engagement": Engagement(likes=0),
        "published_at": at("2026-01-31T23:59:59.999999"),
        "sentiment": feeling(-0.6, Feeling.NEGATIVE),
        "brands": ("fika & co",),
    },
    "article": {
        "text": "body without the name",
        "title": "Espresso House opens",
        "kind": Kind.ARTICLE,
        "source": "website",
        "site": "news.example",
        "url": "https://News.example/Å?a=1&b=2",
        "declared_language": "en-GB",
        "published_at": at("2026-02-01T00:00"),
        "licence": Licence(id="CC-BY-4.0", raw="by", found_in="link"),
    },
    "title_and_text": {"text": "house of cards", "title": "espresso", "kind": Kind.ARTICLE},
    "review5": {
        "text": "Great grinder",
        "kind": Kind.REVIEW,
        "rating": stars(5),
        "subject": Subject(
            name="Espresso House Grinder", id="0123", brand="Acme", rating_count=12
        ),
        "sentiment": Sentiment(label=Feeling.POSITIVE, value=1, method="stars"),
        "language": "en",
        "published_at": at("2025-12-31T23:59:59"),
    },
    "review_half": {
        "text": "So so",
        "kind": Kind.REVIEW,
        "rating": Rating.on_scale(3.5, worst=0, best=10),
        "subject": Subject(name="Kaffekvarn Ö"),
        "sentiment": feeling(0, Feeling.NEUTRAL),
        "language": "sv",
    },
    "review_unrated": {"text": "No stars given", "kind": Kind.REVIEW},
    "photo": {
        "text": "picture of a cup",
        "media": (
            Media(url="https://img.example/1.jpg", kind=MediaKind.IMAGE),
            Media(
                url="https://img.example/2.mp4",
                kind=MediaKind.VIDEO,
                licence=Licence(id="CC0-1.0", raw="zero", found_in="field"),
            ),
        ),
        "reply_to": "post_likes",
        "edited_at": at("2026-11-20T08:30"),
        "published_at": at("2026-11-20T08:00"),
    },
}


def _mention(name: str, **values: Any) -> Mention:
    given = {"source": "import", "url": f"https://x.example/{name}", **values}
    return Mention(source_id=name, **given)


DOCUMENTS: dict[str, Mention] = {
    **{
        name: _mention(name, text=text, language=LANGUAGES.get(name))
        for name, text in TEXTS.items()
    },
    **{name: _mention(name, **values) for name, values in FIELDS.items()},
}

"""How the shop prints its products: JSON-LD, microdata, or nothing until a script ran."""

import dataclasses
import datetime as dt
import enum
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from crawlers.demo.articles import slug
from crawlers.demo.documents import LANGUAGES
from crawlers.demo.layout import Link, Look, Sheet, frame, language_menu, list_page
from search.mention import Rating

PER_PAGE = 6
"""How many reviews one page of a product shows."""

LOOK = Look(
    name="Quay & Cabin",
    colour="#2f5d3a",
    menu=language_menu(),
)


class Notation(enum.Enum):
    """How a product page says its reviews to programs."""

    LINKED = "JSON-LD"
    MICRODATA = "microdata"
    SCRIPTED = "a script writes them"


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """How a product's ratings are written."""

    written: Mapping[int, str]
    """What is written for so many stars."""

    worst: str | None = None
    best: str | None = None

    def normalised(self, stars: int | None) -> float | None:
        """Return the stars that a reader of the written value must arrive at."""
        if stars is None:
            return None
        worst, best = float(self.worst or 1), float(self.best or 5)
        return Rating.on_scale(number(self.written[stars]), worst=worst, best=best).stars


def number(written: str) -> float:
    """Read a value as the shop writes it."""
    return float(written.replace(",", ".").replace("%", ""))


SCALES = {
    "five": Scale({5: "5", 4: "4", 3: "3", 2: "2", 1: "1"}),
    "ten": Scale({5: "10", 4: "8", 3: "5", 2: "3", 1: "1"}, "1", "10"),
    "percent": Scale({5: "96%", 4: "80%", 3: "52%", 2: "25%", 1: "5%"}, "0", "100"),
    "comma": Scale({5: "4,8", 4: "4,0", 3: "3,1", 2: "1,9", 1: "1,0"}, "1", "5"),
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """One customer's words."""

    title: str
    body: str
    author: str
    stars: int | None
    published_at: dt.datetime
    tone: str | None
    """How it speaks of the brand; ``None`` when it does not."""

    number: str = ""
    """The shop's own, given when it is put on a product's page."""

    @property
    def anchor(self) -> str:
        """The part of a page's address that points to it."""
        return f"review-{self.number}"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """One product and what is said of it."""

    language: str
    name: str
    number: str
    maker: str | None
    reviews: tuple[Review, ...]
    notation: Notation
    scale: str
    has_anchors: bool
    """Whether its reviews have identifiers."""

    @property
    def path(self) -> str:
        """Where its page stands."""
        return f"/{self.language}/product/{slug(self.name)}"


def api_path(product: Product) -> str:
    """Return where the script asks for reviews."""
    return f"/api/reviews/{slug(product.name)}.json"


def product_page(product: Product, address: str, number_of_page: int) -> str:
    """Print one page of a product."""
    start = (number_of_page - 1) * PER_PAGE
    shown = product.reviews[start : start + PER_PAGE]
    head = f'<link rel="canonical" href="{address}{product.path}">\n'
    pager = ""
    if start + PER_PAGE < len(product.reviews) and product.notation is not Notation.SCRIPTED:
        following = f"{product.path}?page={number_of_page + 1}"
        head += f'<link rel="next" href="{following}">\n'
        pager = f'<p><a rel="next" href="{following}">→ {number_of_page + 1}</a></p>'
    match product.notation:
        case Notation.LINKED:
            text = json.dumps(linked(product, address, shown), ensure_ascii=False)
            head += f'<script type="application/ld+json">{text}</script>\n'
            body = _plain_reviews(product, shown)
        case Notation.MICRODATA:
            body = _microdata(product, address, shown)
        case Notation.SCRIPTED:
            body = _SCRIPT.replace("ADDRESS", api_path(product))
    title = product.name
    main = (
        f"<h1>{escape(title)}</h1>\n"
        f'<img src="/pictures/{product.number}.png" alt="{escape(title)}" width="240">\n'
        f'<p>Art. {product.number} <button formaction="/cart">+</button></p>\n{body}\n{pager}'
    )
    sheet = Sheet(language=product.language, title=title, main=main, head=head)
    return frame(LOOK, sheet)


def linked(product: Product, address: str, reviews: Sequence[Review]) -> dict[str, Any]:
    """Describe a product and some of its reviews as JSON-LD."""
    scale = SCALES[product.scale]
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "sku": product.number,
        "url": address + product.path,
        **({"brand": {"@type": "Brand", "name": product.maker}} if product.maker else {}),
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": _average(product),
            "reviewCount": len(product.reviews),
            **_limits(scale),
        },
        "review": [_linked_review(product, address, review) for review in reviews],
    }


def _linked_review(product: Product, address: str, review: Review) -> dict[str, Any]:
    scale = SCALES[product.scale]
    described: dict[str, Any] = {
        "@type": "Review",
        "name": review.title,
        "reviewBody": review.body,
        "datePublished": f"{review.published_at:%Y-%m-%d}",
        "author": {"@type": "Person", "name": review.author},
        "inLanguage": product.language,
    }
    if product.has_anchors:
        described["@id"] = f"{address}{product.path}#{review.anchor}"
    if review.stars is not None:
        described["reviewRating"] = {
            "@type": "Rating",
            "ratingValue": scale.written[review.stars],
            **_limits(scale),
        }
    return described


def _limits(scale: Scale) -> dict[str, str]:
    known = {"worstRating": scale.worst, "bestRating": scale.best}
    return {name: value for name, value in known.items() if value is not None}


def _average(product: Product) -> float:
    scale = SCALES[product.scale]
    values = [number(scale.written[one.stars]) for one in product.reviews if one.stars]
    return round(sum(values) / len(values), 1)


def _plain_reviews(product: Product, reviews: Sequence[Review]) -> str:
    return "\n".join(
        f'<div class="review" id="{review.anchor}"><h3>{escape(review.title)}</h3>'
        f'<p class="byline">{escape(review.author)} · {review.published_at:%Y-%m-%d} · '
        f"{_written(product, review)}</p><p>{escape(review.body)}</p></div>"
        for review in reviews
    )


def _written(product: Product, review: Review) -> str:
    return SCALES[product.scale].written[review.stars] if review.stars else "?"


def _microdata(product: Product, address: str, reviews: Sequence[Review]) -> str:
    scale = SCALES[product.scale]
    limits = "".join(
        f'<meta itemprop="{name}" content="{value}">' for name, value in _limits(scale).items()
    )
    maker = f'<meta itemprop="brand" content="{product.maker}">' if product.maker else ""
    return (
        '<div itemscope itemtype="https://schema.org/Product">\n'
        f'<meta itemprop="name" content="{escape(product.name)}">{maker}\n'
        f'<meta itemprop="sku" content="{product.number}">\n'
        f'<link itemprop="url" href="{address}{product.path}">\n'
        '<p itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating">'
        f'<span itemprop="ratingValue">{_average(product)}</span> '
        f'(<span itemprop="reviewCount">{len(product.reviews)}</span>){limits}</p>\n'
        + "\n".join(_marked_up(product, address, review, limits) for review in reviews)
        + "\n</div>"
    )


def _marked_up(product: Product, address: str, review: Review, limits: str) -> str:
    own = f' itemid="{address}{product.path}#{review.anchor}"' if product.has_anchors else ""
    rating = ""
    if review.stars is not None:
        rating = (
            '<span itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating">'
            f'<span itemprop="ratingValue">{_written(product, review)}</span>{limits}</span>'
        )
    return (
        f'<div class="review" id="{review.anchor}" itemprop="review" itemscope'
        f' itemtype="https://schema.org/Review"{own}>'
        f'<h3 itemprop="name">{escape(review.title)}</h3>'
        '<p class="byline"><span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{escape(review.author)}</span></span> · '
        f'<time itemprop="datePublished" datetime="{review.published_at:%Y-%m-%d}">'
        f"{review.published_at:%Y-%m-%d}</time> {rating}</p>"
        f'<p itemprop="reviewBody">{escape(review.body)}</p></div>'
    )


def bargains_page(language: str, number_of_page: int, links: Sequence[Link]) -> str:
    """Print one page of the list without end: the same products, and always a next page."""
    following = f"/{language}/bargains?page={number_of_page + 1}"
    text = list_page(LOOK, language, "%", [*links, (following, f"→ {number_of_page + 1}")])
    return text.replace("</head>", f'<link rel="next" href="{following}">\n</head>')


def front_page() -> str:
    """Print the page that leads to the three languages."""
    links = [(f"/{language}/", language.upper()) for language in LANGUAGES]
    return list_page(LOOK, "en", LOOK.name, links)


_SCRIPT = """<div id="reviews"><p>…</p></div>
<script>
fetch("ADDRESS").then((answer) => answer.json()).then((product) => {
  const linked = document.createElement("script");
  linked.type = "application/ld+json";
  linked.textContent = JSON.stringify(product);
  document.head.append(linked);
  const list = document.getElementById("reviews");
  list.replaceChildren(...product.review.map((review) => {
    const box = document.createElement("div");
    box.className = "review";
    const title = document.createElement("h3");
    title.textContent = review.name;
    const body = document.createElement("p");
    body.textContent = review.reviewBody;
    box.append(title, body);
    return box;
  }));
});
</script>"""

"""A shop in three languages whose product pages carry reviews in every notation."""

import dataclasses
import functools
from collections.abc import Iterator, Sequence

from crawlers.demo import answers, shop_pages
from crawlers.demo.answers import Answer, Asked
from crawlers.demo.articles import slug
from crawlers.demo.documents import LANGUAGES, Document
from crawlers.demo.layout import Link, list_page, notice_page
from crawlers.demo.pictures import picture
from crawlers.demo.shop_pages import LOOK, PER_PAGE, SCALES, Notation, Product, Review
from crawlers.demo.writing import Writer

NAME = "shop"
BARGAINS = 4
"""How many products the list without end shows, on every page the same."""

_BRANDED = {
    "en": ("House Blend", "Dark Roast", "Decaf", "Filter No. 4", "Espresso Beans", "Advent Box"),
    "sv": ("Husets blandning", "Mörkrost", "Koffeinfritt", "Brygg nr 4", "Bönor", "Adventslåda"),
    "nl": ("Huismelange", "Donker", "Cafeïnevrij", "Filter nr. 4", "Espressobonen", "Adventsdoos"),
}
_BRAND = {"en": "Storm Coffee", "sv": "Storm Kaffe", "nl": "Storm Koffie"}
_OTHER = {
    "en": (
        "Harbour Blend espresso",
        "Storm lantern",
        "Storm umbrella XL",
        "Storm kettle",
        "Hand grinder",
        "Enamel mug",
        "Wool blanket",
        "Teapot",
        "Raincoat",
        "Barometer",
        "Doormat",
        "Candles",
        "Tide clock",
        "Sea map",
    ),
    "sv": (
        "Hamnblandningen espresso",
        "Lykta Storm",
        "Paraply Storm XL",
        "Storm kittel",
        "Handkvarn",
        "Emaljmugg",
        "Yllefilt",
        "Tekanna",
        "Regnrock",
        "Barometer",
        "Dörrmatta",
        "Ljus",
        "Tidvattenur",
        "Sjökort",
    ),
    "nl": (
        "Havenmelange espresso",
        "Lantaarn Storm",
        "Paraplu Storm XL",
        "Storm ketel",
        "Handmolen",
        "Emaille mok",
        "Wollen deken",
        "Theepot",
        "Regenjas",
        "Barometer",
        "Deurmat",
        "Kaarsen",
        "Getijdenklok",
        "Zeekaart",
    ),
}
_COUNTS = (14, 6, 6, 5, 5, 4)
"""How many reviews the brand's products have; the first needs three pages."""

_MIX = ("positive", "negative", "positive", "neutral", "positive", "negative")
_STARS = {"positive": (5, 4), "neutral": (3,), "negative": (1, 2)}
_SCALED = {1: "ten", 2: "percent", 3: "comma"}
_WITHOUT_STARS = ("01", 2)
"""The product and the review on it that has none, in every language."""

_SCRIPTED = "Storm Coffee Cold Brew Kit"


class Shop:
    """The shop."""

    def __init__(self, address: str) -> None:
        self.address = address

    @functools.cached_property
    def products(self) -> dict[str, Product]:
        """Every product by its path."""
        made = [product for language in LANGUAGES for product in _stock(language)]
        return {product.path: product for product in made}

    @property
    def documents(self) -> Sequence[Document]:
        """Every review."""
        return [
            self._document(product, review)
            for product in self.products.values()
            for review in product.reviews
        ]

    def answer(self, asked: Asked) -> Answer:
        """Answer with a product, a list, the scripted reviews or a picture."""
        if asked.path in self.products:
            return self._product(self.products[asked.path], asked.number("page", 1))
        if asked.path.startswith("/api/reviews/"):
            return self._scripted(asked.path)
        if asked.path.startswith("/pictures/"):
            return picture(asked.path)
        if asked.path == "/robots.txt":
            return answers.plain("User-agent: *\nDisallow: /cart\nDisallow: /letter\n")
        return self._list(asked)

    def _product(self, product: Product, number: int) -> Answer:
        if not 1 <= number <= max(1, -(-len(product.reviews) // PER_PAGE)):
            return answers.missing()
        return answers.page(shop_pages.product_page(product, self.address, number))

    def _scripted(self, path: str) -> Answer:
        for product in self.products.values():
            if product.notation is Notation.SCRIPTED and path == shop_pages.api_path(product):
                return answers.as_json(shop_pages.linked(product, self.address, product.reviews))
        return answers.missing()

    def _list(self, asked: Asked) -> Answer:
        _, language, *rest = [*asked.path.split("/"), ""]
        if asked.path == "/":
            return answers.page(shop_pages.front_page())
        if language in LANGUAGES and rest[0] == "":
            links = [*self._links(language), (f"/{language}/bargains", "%")]
            return answers.page(list_page(LOOK, language, LOOK.name, links))
        if language in LANGUAGES and rest[0] == "bargains":
            number, links = asked.number("page", 1), self._links(language)[-BARGAINS:]
            return answers.page(shop_pages.bargains_page(language, number, links))
        return notice_page(LOOK, asked.path)

    def _links(self, language: str) -> list[Link]:
        return [(one.path, one.name) for one in self.products.values() if one.language == language]

    def _document(self, product: Product, review: Review) -> Document:
        url = self.address + product.path
        return Document(
            site=NAME,
            source="reviews",
            source_id=f"{url}#{review.anchor}" if product.has_anchors else None,
            url=url,
            text=review.body,
            title=review.title,
            subject=product.name,
            language=product.language,
            author=review.author,
            tone=review.tone,
            stars=SCALES[product.scale].normalised(review.stars),
            about_brand=review.tone is not None,
            needs_browser=product.notation is Notation.SCRIPTED,
        )


def _stock(language: str) -> Iterator[Product]:
    """Fill the shelves of one language: the brand's products, the others, the scripted page."""
    writer = Writer(language, "shop")
    for n, (name, count) in enumerate(zip(_BRANDED[language], _COUNTS, strict=True)):
        tones = [_MIX[(n + m) % len(_MIX)] for m in range(count)]
        reviews = [_review(writer, tone, about_brand=True) for tone in tones]
        yield _product(language, f"{_BRAND[language]} {name}", n, reviews)
    for n, name in enumerate(_OTHER[language]):
        reviews = [_review(writer, tone, about_brand=False) for tone in _MIX[:5]]
        if n == 0:
            reviews += [_comparison(writer, tone) for tone in ("positive", "negative") * 2]
        yield _product(language, name, n + len(_BRANDED[language]), reviews)
    if language == "en":
        reviews = [_review(writer, tone, about_brand=True) for tone in _MIX]
        yield _product(language, _SCRIPTED, -1, reviews)


def _product(language: str, name: str, n: int, reviews: list[Review]) -> Product:
    number = f"{LANGUAGES.index(language)}{n % 100:02d}"
    return Product(
        language=language,
        name=name,
        number=number,
        maker=_BRAND[language] if name.startswith(_BRAND[language]) else None,
        reviews=tuple(_numbered(reviews, number)),
        notation=Notation.SCRIPTED if n < 0 else (Notation.LINKED, Notation.MICRODATA)[n % 2],
        scale=_SCALED.get(n, "five"),
        has_anchors=n % 4 < 2,
    )


def _numbered(reviews: list[Review], product: str) -> Iterator[Review]:
    """Give reviews their numbers, and namesakes too: nobody reviews one product twice."""
    known: dict[str, int] = {}
    for m, review in enumerate(reviews):
        times = known[review.author] = known.get(review.author, 0) + 1
        yield dataclasses.replace(
            review,
            number=f"{product}{m:02d}",
            author=f"{review.author} {times}" if times > 1 else review.author,
            stars=None if (product[1:], m) == _WITHOUT_STARS else review.stars,
        )


def _review(writer: Writer, tone: str, *, about_brand: bool) -> Review:
    kind = "review" if about_brand else "other_review"
    body = writer.new(lambda: " ".join(map(writer.fill, writer.several(2, f"{kind}.{tone}.body"))))
    return Review(
        title=writer.deal(f"{kind}.{tone}.title"),
        body=body,
        author=writer.person(),
        stars=writer.dice.choice(_STARS[tone]),
        published_at=writer.moments(1)[0],
        tone=tone if about_brand else None,
    )


def _comparison(writer: Writer, tone: str) -> Review:
    """Write about another coffee, and the brand with it."""
    paths = (f"review.{tone}.body", f"comparison.{tone}")
    return Review(
        title=writer.deal(f"review.{tone}.title"),
        body=writer.sentences(*paths),
        author=writer.person(),
        stars=writer.dice.choice(_STARS[tone]),
        published_at=writer.moments(1)[0],
        tone=tone,
    )


SCRIPTED_PATH = f"/en/product/{slug(_SCRIPTED)}"
"""The page whose reviews exist only after its script ran."""

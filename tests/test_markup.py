"""What is left of a page without what is beside its text, and what tells it from others."""

from crawlers.platforms.markup import own_text, parse_page


def test_a_page_s_own_text_is_its_title_and_what_is_not_beside_the_text() -> None:
    page = (
        "<title>Kettle</title><nav>menu</nav><header>lead</header><main>Esp<b>resso</b></main>"
        "<aside>related</aside><button>share</button><footer>imprint</footer><script>x()</script>"
    )
    assert own_text(page.encode()) == "Kettle\nlead Esp resso\nleadEspresso"


def test_navigation_tells_one_page_from_another() -> None:
    """Else the links of an archive whose months stand in a ``<nav>`` were followed once."""
    pages = [f"<nav><a href=/{month}>{month}</a></nav><p>Archive</p>" for month in ("May", "June")]

    may, june = (parse_page(page, "https://a.example/").essence() for page in pages)

    assert may != june

"""What is left of a page without scripts, and without what is beside its text."""

import pytest

from crawlers.platforms.markup import own_text, parse_page, without_scripts

PAGES = {
    b"<p>a</p><script>b</script><p>c</p><style>d</style>e": b"<p>a</p></script><p>c</p></style>e",
    b"a<SCRIPT src=x></SCRIPT>b<STYLE>c</STYLE>d": b"a</SCRIPT>b</STYLE>d",
    b"a<!-- <script> -->b<script>c</script>d": b"a<!-- <script> -->b</script>d",
    b"a<script>never closed": b"a<script>never closed",
    b"a</script>b": b"a</script>b",
    b"a<style-guide>b</style-guide>c": b"a<style-guide>b</style-guide>c",
    b"a<script\n>b</script >c": b"a</script >c",
    b"": b"",
}


@pytest.mark.parametrize("page", PAGES)
def test_scripts_and_styles_are_left_out_and_nothing_a_reader_sees(page: bytes) -> None:
    assert without_scripts(page) == PAGES[page]


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

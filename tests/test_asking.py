"""What a source asks an interface that knows only plain search."""

import pytest

from crawlers.asking import hashtags, search_terms
from search.parsing import parse


@pytest.mark.parametrize(
    ("query", "terms", "tags"),
    [
        ("storm", ["storm"], ["storm"]),
        ('"Espresso House"', ['"espresso house"'], ["espressohouse"]),
        ("#EspressoHouse", ["#espressohouse"], ["espressohouse"]),
        ('"kaffe bönor"', ['"kaffe bonor"'], ["kaffebonor"]),
        ("@storm@cafe.example", ["@storm@cafe.example"], []),
        ("stormkaf*", ["stormkaf"], ["stormkaf"]),
        ('"coffee storm"~3', ["coffee storm"], ["coffeestorm"]),
        ('raw:"H&M"', ['"h m"'], ["hm"]),
        ("2026", ["2026"], []),
        ("storm OR #fika", ["#fika", "storm"], ["fika", "storm"]),
        ("lang:sv AND storm", ["storm"], ["storm"]),
        ("author:ada AND storm", ["storm"], ["storm"]),
        ("storm NOT weather", ["storm"], ["storm"]),
        ("*", None, None),
        ("NOT storm", None, None),
        ("likes:>5", None, None),
        ("storm OR lang:sv", None, None),
    ],
)
def test_asks_for_what_a_query_cannot_do_without(
    query: str, terms: list[str] | None, tags: list[str] | None
) -> None:
    tree = parse(query)

    assert terms == search_terms(tree)
    assert tags == hashtags(tree)


def test_a_handle_is_asked_for_by_its_name() -> None:
    assert search_terms(parse("@storm")) == ["@storm"]

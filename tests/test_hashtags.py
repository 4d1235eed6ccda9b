"""Hashtags and handles in running text."""
# ruff: noqa: RUF001 - other scripts are the point

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.hashtags import LONGEST_TAG, find_handles, find_hashtags, tag_hashtags
from search.mention import Mention


def mention(text: str, **fields: object) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("I love #Coffee and #tea.", ["Coffee", "tea"]),
        (
            "#åäö, #smörgås! #çay #Ελλάδα #кофе #コーヒー #커피",
            ["åäö", "smörgås", "çay", "Ελλάδα", "кофе", "コーヒー", "커피"],
        ),
        ("#हिन्दी", ["हिन्दी"]),
        ("#می\u200cخواهم", ["می\u200cخواهم"]),
        ("#col·lecció", ["col·lecció"]),
        ("#2024recap #1 #2024 #_ #__", ["2024recap"]),
        ('(#one)[#two]"#three"', ["one", "two", "three"]),
        ("#one#two", ["one"]),
        ("＃全角", ["全角"]),
        ("C# is a&#39;b and a/#b and x#y and ##double", []),
        ("https://a.example/page#part and www.a.example/#part", []),
        ("https://a.example/?q=(#part) #real", ["real"]),
        ("# alone, #️⃣ a keycap, #", []),
        ("#under_score-dash", ["under_score"]),
        ("line\n#next", ["next"]),
        ("#" + "x" * LONGEST_TAG, ["x" * LONGEST_TAG]),
        ("#" + "x" * (LONGEST_TAG + 1), []),
    ],
)
def test_finds_hashtags(text: str, tags: list[str]) -> None:
    assert list(find_hashtags(text)) == tags


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("thanks @Ann and @bo_2!", ["Ann", "bo_2"]),
        ("@ann@social.example says", ["ann@social.example"]),
        ("@alice.bsky.example. And @b-c.", ["alice.bsky.example", "b-c"]),
        ("mail ann@shop.example or x.@y", []),
        ("https://social.example/@ann and www.a.example/@bo", []),
        ("@ 5 and @5 and @_", []),
        ("(@ann) cc:@bo", ["ann", "bo"]),
        ("@@ann", []),
        ("＠全角", ["全角"]),
        ("@" + "x" * (LONGEST_TAG + 1), []),
    ],
)
def test_finds_handles(text: str, names: list[str]) -> None:
    assert list(find_handles(text)) == names


def test_merges_what_the_source_lists_with_what_the_text_says() -> None:
    found = mention("#Kaffe med @Bo #fika #KAFFE", hashtags=("#Morgon", "kaffe"), handles=("@Cy",))

    tagged = tag_hashtags(found, Context())

    assert tagged.hashtags == ("morgon", "kaffe", "fika")
    assert tagged.handles == ("cy", "bo")


def test_reads_the_title_first() -> None:
    assert tag_hashtags(mention("#b", title="#a"), Context()).hashtags == ("a", "b")


def test_composed_and_decomposed_letters_are_the_same_tag() -> None:
    assert tag_hashtags(mention("#café #cafe\u0301"), Context()).hashtags == ("café",)


def test_a_short_handle_is_the_full_one_that_the_source_lists() -> None:
    found = mention("hi @ann and @bo", handles=("ann@social.example",))

    assert tag_hashtags(found, Context()).handles == ("ann@social.example", "bo")


def test_a_mention_without_any_is_handed_on_as_it_is() -> None:
    plain = mention("nothing here")

    assert tag_hashtags(plain, Context()) is plain


@settings(deadline=None)
@given(st.text("#@＃＠aB1é. /:·\u200c\u0301&\n", max_size=40))
def test_finds_only_what_stands_in_the_text(text: str) -> None:
    for tag in find_hashtags(text):
        assert f"#{tag}" in text.replace("＃", "#")
    for name in find_handles(text):
        assert f"@{name}" in text.replace("＠", "@")

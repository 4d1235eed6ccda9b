"""What of a text tells its copies, and whether a text is one."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.demo.posts import write_posts
from pipelines.copies.judging import is_answer, is_copy
from search.likeness import KEYS, READ_WORDS, Likeness, own_text
from tests.copies.edits import COPIES, OTHERS, articles, bases
from tests.stores.inventing import make_mention

LONG = "The kettle boils fast and pours slowly but its handle gets far too hot"
PIECES = (
    "Storm", "coffee", "opens", "in", "Lund", "3", "May", '"', "“", "”", "»", "«", "\n", "\n\n",
    ">", "RT @a:", "RT", "@bo", "https://a.example", "&amp;", "☕", "咖", "啡", "ß", ".", "\x00",
)  # fmt: skip
SENTENCES = st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)
TEXTS = st.one_of(SENTENCES, st.text(max_size=300))


def judged(one: str, other: str) -> bool:
    return is_copy(Likeness(one), Likeness(other))


def is_found(one: str, other: str) -> bool:
    """Whether a look-up brings the two together, and they are then taken for copies."""
    return not set(Likeness(one).keys).isdisjoint(Likeness(other).keys) and judged(one, other)


LEAST = {
    "5 % of words changed": (0.0, 0.7),
    "10 % of words changed": (0.0, 0.3),
    "20 % of words changed": (0.0, 0.0),
}
"""The share of copies of a kind that must be found, of short and of long texts; of others, all."""


@pytest.mark.parametrize("kind", COPIES)
def test_copies_of_each_kind_are_found(kind: str) -> None:
    for texts, least in zip((bases(), articles()), LEAST.get(kind, (1.0, 1.0)), strict=True):
        pairs = [(each.text, copy) for each in texts if (copy := COPIES[kind](each)) is not None]

        assert sum(is_found(*pair) for pair in pairs) / len(pairs) >= least


@pytest.mark.parametrize("kind", OTHERS)
def test_what_only_looks_like_a_copy_is_none(kind: str) -> None:
    assert [] == [pair for pair in OTHERS[kind]() if judged(*pair)]


def test_posts_put_together_from_the_same_sentences_are_no_copies() -> None:
    texts = {post.text for post in write_posts() if post.boosts is None}
    made = [Likeness(text) for text in texts]
    by_key: dict[int, list[Likeness]] = {}
    for each in made:
        for key in each.keys:
            by_key.setdefault(key, []).append(each)

    alike = [several for several in by_key.values() if len(several) > 1]

    assert len(alike) > 100, "the posts share sentences, or else this shows nothing"
    assert not any(is_copy(one, other) for one, *rest in alike for other in rest)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_which_of_two_texts_was_first_makes_no_difference(one: str, other: str) -> None:
    assert judged(one, other) == judged(other, one)


@settings(deadline=None)
@given(TEXTS)
def test_the_same_text_is_a_copy_if_it_is_long_enough(text: str) -> None:
    one = Likeness(text)

    assert one.is_long_enough == is_copy(one, Likeness(text))
    assert one.is_long_enough == bool(one.keys)
    assert one.keys == Likeness(text).keys
    assert all(0 <= key < 2**48 for key in one.keys)


@settings(deadline=None)
@given(SENTENCES)
def test_case_and_white_space_make_no_difference(text: str) -> None:
    assert Likeness(text).keys == Likeness(text.replace(" ", "  \t")).keys


def test_keys_are_those_that_stores_hold() -> None:
    """Another number here means that `search.likeness._VERSION` must count up."""
    assert "1/2" == KEYS
    assert (242209256603430, 110271407897521, 41753993811605) == Likeness(LONG).keys[:3]


def test_keys_are_the_same_in_every_process() -> None:
    code = f"from search.likeness import Likeness; print(Likeness({LONG!r}).keys)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert str(Likeness(LONG).keys) == done.stdout.strip()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> quoted\nmine", "mine"),
        ("RT @anna: theirs", "theirs"),
        ("mine RT @anna: theirs", "mine"),
        ('mine "one two three four five six seven eight" mine', "mine mine"),
        ('mine "only three words" mine', 'mine "only three words" mine'),
        ('"a" one two three four five six seven eight "b"',
         '"a" one two three four five six seven eight "b"'),
        ("”ett två tre fyra fem sex sju åtta” mitt", "mitt"),
        ("„eins zwei drei vier fünf sechs sieben acht“ mein", "mein"),
        ("mine https://a.example/b?utm_source=c @bo", "mine"),
        ("Ben &amp; Jerry", "Ben & Jerry"),
    ],
)  # fmt: skip
def test_what_an_author_repeats_is_not_his_own(text: str, own: str) -> None:
    assert own == " ".join(own_text(text).split())


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("one two three four five six seven", False),
        ("one two three four five six seven eight", True),
        ("这个产品非常好用", False),
        ("这个产品非常好用 我们全家人都喜欢它", True),
        ("☕ " * 20, False),
        ("https://a.example/one/two " * 20, False),
    ],
)
def test_a_short_text_says_nothing(text: str, *, enough: bool) -> None:
    assert enough == Likeness(text).is_long_enough


def test_other_agencies_and_bylines_do_not_contradict() -> None:
    body = articles()[2].text

    assert judged(f"SALTMERE (Wire) {body} Photo: Ann Lee", f"LONDON (Press) {body} Photo: Bo Ek")


@pytest.mark.parametrize(
    ("other", "expected"),
    [("Lund on 3 May", True), ("Lund on 4 May", False), ("Kelby on 3 May", False)],
)
def test_a_form_with_other_facts_is_another_text(other: str, *, expected: bool) -> None:
    form = "We are glad to say that our new restaurant opens in {} with soup for all of you"

    assert expected == judged(form.format("Lund on 3 May"), form.format(other))


def test_an_answer_is_no_copy_of_what_it_answers() -> None:
    first = make_mention(1)
    answers = [make_mention(2, reply_to=first.source_id), make_mention(2, reply_to=first.url)]
    elsewhere = make_mention(2, source="blog", reply_to=first.source_id)

    assert [True, True] == [is_answer(first, each) for each in answers]
    assert [True, True] == [is_answer(each, first) for each in answers]
    assert not is_answer(first, elsewhere)
    assert not is_answer(first, make_mention(2))


@pytest.mark.parametrize(
    "text",
    ["“" * 500_000, '"a ' * 200_000, "»" * 500_000, ">\n" * 250_000, "RT @a " * 80_000,
     "a. B " * 100_000, "@" * 500_000, "& " * 250_000, "x" * 500_000, "1 2 " * 100_000],
)  # fmt: skip
def test_endless_texts_are_read_quickly(text: str) -> None:
    started = time.monotonic()
    one, other = Likeness(text), Likeness(text[1:])

    assert one.keys is not None
    assert is_copy(one, other) in {True, False}
    assert len(one.words) <= READ_WORDS
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("word", "expected"),
    [("kettle", True), ("ketlte", True), ("kettel", True), ("toaster", False), ("1", False)],
)
def test_one_word_in_place_of_another_is_a_correction_if_they_look_alike(
    word: str, *, expected: bool
) -> None:
    text = "My only complaint about the {} is its handle which gets far too hot"

    assert expected == judged(text.format("kettle"), text.format(word))
    assert expected == judged(text.format(word), text.format("kettle"))


def test_a_passage_of_a_much_longer_text_is_no_copy_of_it() -> None:
    whole = articles()[0].text
    passage = whole.split("\n\n")[0]

    assert len(passage.split()) < 0.4 * len(whole.split())
    assert not judged(passage, whole)
    assert not judged(whole, passage)

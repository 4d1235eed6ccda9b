"""Linear models: what they see of a text, that rounding costs nothing, and what is refused."""

import base64
import hashlib
import json
import random
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.feelings.features import BUCKETS, features
from pipelines.feelings.fitting import Example, Recipe, fit, held_out
from pipelines.feelings.learned import shipped, shipped_names
from pipelines.feelings.linear import BadModel, LinearModel
from pipelines.sentiment import from_text
from search.mention import Feeling, Kind
from tests.learning.inventing import BAD, GOOD, OTHER, texts

RECIPE = Recipe("sv", "review", (3, 5))


def examples(count: int, seed: int = 1) -> list[Example]:
    return [Example(text, label) for text, label in texts(count, seed)]


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return fit(RECIPE, examples(400), {"made": "for a test"})


def test_a_model_knows_texts_that_it_has_not_seen(model: LinearModel) -> None:
    told = [max(p.items(), key=lambda pair: pair[1])[0]
            for p in (model.probabilities(text) for text, _ in texts(100, seed=2))]  # fmt: skip

    right = sum(a == label for a, (_, label) in zip(told, texts(100, seed=2), strict=True))
    assert right >= 98


def test_the_same_texts_give_the_same_model(model: LinearModel) -> None:
    assert model.to_plain() == fit(RECIPE, examples(400), {"made": "for a test"}).to_plain()


def test_a_model_comes_back_as_it_was_written(model: LinearModel) -> None:
    read = LinearModel.from_plain(json.loads(json.dumps(model.to_plain())))

    assert model.probabilities("kaffet var beskt") == read.probabilities("kaffet var beskt")
    assert model.weights == read.weights


def test_three_labels_are_told_apart_and_sum_up_to_one() -> None:
    neutral = [Example(f"öppet klockan {n} måndag tisdag", "neutral") for n in range(100)]
    model = fit(RECIPE, [*examples(200), *neutral])

    shares = model.probabilities("öppet klockan 400 tisdag")

    assert ("negative", "neutral", "positive") == model.labels
    assert sum(shares.values()) == pytest.approx(1)
    assert "neutral" == max(shares, key=shares.__getitem__)


def test_what_is_held_out_was_not_learnt_from() -> None:
    """Labels that mean nothing cannot be told, unless a model has seen the very texts."""
    meaningless = [
        Example(text, "positive" if n % 4 < 2 else "negative")
        for n, (text, _) in enumerate(texts(400))
    ]

    told = held_out(RECIPE, meaningless)

    right = sum(
        max(shares, key=shares.__getitem__) == example.label
        for shares, example in zip(told, meaningless, strict=True)
    )
    assert 120 < right < 280


def test_a_rare_label_weighs_as_much_as_a_common_one() -> None:
    """One text in ten is negative, and half of all texts have a word of either sort."""
    chance = random.Random(3)  # noqa: S311 - the same texts every time
    some = []
    for n in range(600):
        own, other = (BAD, GOOD) if n % 10 == 0 else (GOOD, BAD)
        telling = [*chance.sample(own, 1), *chance.sample(chance.choice([own, other]), 1)]
        text = " ".join(chance.sample([*chance.sample(OTHER, 4), *telling], 6))
        some.append(Example(f"{text} {n}", "negative" if own is BAD else "positive"))

    told = held_out(Recipe("sv", "review", None), some)

    rare = [shares for shares, each in zip(told, some, strict=True) if each.label == "negative"]
    assert sum(shares["negative"] > 0.5 for shares in rare) > len(rare) / 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"features": 99}, "cut by rules 99"),
        ({"weights": "*"}, "weights"),
        ({"weights": base64.b85encode(b"no zlib").decode()}, "weights"),
        ({"weights": base64.b85encode(zlib.compress(b"short")).decode()}, "are needed"),
        ({"weights": base64.b85encode(zlib.compress(bytes(BUCKETS))).decode()}, "sha256"),
        ({"bias": [1.0, 2.0]}, "rows of weights"),
        ({"labels": "positive"}, "labels"),
        ({"more": 1}, "more"),
        ({"scales": ["wide"]}, "scales"),
    ],
)
def test_what_is_no_model_is_refused_with_a_reason(
    model: LinearModel, change: dict[str, object], problem: str
) -> None:
    with pytest.raises(BadModel, match=problem):
        LinearModel.from_plain({**model.to_plain(), **change})


def test_a_packed_bomb_is_not_unpacked(model: LinearModel) -> None:
    bomb = base64.b85encode(zlib.compress(bytes(200_000_000), 9)).decode()
    started = time.process_time()

    with pytest.raises(BadModel, match="are needed"):
        LinearModel.from_plain({**model.to_plain(), "weights": bomb})

    assert time.process_time() - started < 1


@given(st.text(max_size=500))
@settings(max_examples=60)
def test_any_text_is_read_the_same_way_every_time(text: str) -> None:
    for parts in (None, (3, 5)):
        seen = features(text, "sv", parts)

        assert seen == features(text, "sv", parts)
        assert all(0 <= bucket < BUCKETS for bucket in seen.buckets)
        assert len(set(seen.buckets)) == len(seen.buckets)


def test_features_of_a_text_never_change() -> None:
    """A model is worth nothing when texts are cut or hashed in another way than it learnt."""
    seen = features("Jag gillar inte kaffet, men bullen är god!", "sv", (3, 4))

    digest = hashlib.sha256(",".join(map(str, seen.buckets)).encode()).hexdigest()
    assert (79, "8feb") == (len(seen.buckets), digest[:4])


def test_negated_words_are_others_up_to_the_end_of_the_clause() -> None:
    turned = set(features("not good", "en", None).buckets)
    ended = set(features("not. good", "en", None).buckets)
    plain = set(features("a good", "en", None).buckets) | set(features("not", "en", None).buckets)

    assert 2 == len(turned - plain)  # the pair of words, and the negated word
    assert 1 == len(turned & ended - plain | turned - ended - plain) - 1


@pytest.mark.parametrize("text", ["x" * 200_000, "ab " * 60_000, "not " * 40_000, "🙂" * 50_000])
def test_long_texts_are_read_in_time(text: str) -> None:
    started = time.process_time()

    features(text, "en", (3, 5))

    assert time.process_time() - started < 4


def test_the_shipped_models_are_small_and_say_what_they_are_made_from() -> None:
    assert ("en-review", "nb-review") == shipped_names()
    for name in shipped_names():
        judge = shipped(name)
        assert judge is not None
        assert f"model-{name}/{judge.model.manifest['version']}" == judge.name
        assert {"sets", "rows", "seed", "macro_f1", "measured_on"} <= set(judge.model.manifest)
        assert len(json.dumps(judge.model.to_plain())) < 200_000


def test_the_shipped_models_hold_their_bars_on_texts_they_had_not_seen() -> None:
    scores = {name: shipped(name).model.manifest["macro_f1"] for name in shipped_names()}  # type: ignore[union-attr]  # they are there

    assert scores["en-review"] >= 0.87
    assert scores["nb-review"] >= 0.58


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The battery died after two weeks and support never answered.", Feeling.NEGATIVE),
        ("Works exactly as described, I would buy it again.", Feeling.POSITIVE),
        ("Do not waste your money on this.", Feeling.NEGATIVE),
        ("Easily the best headset I have owned.", Feeling.POSITIVE),
    ],
)
def test_a_review_without_stars_is_judged_by_the_model(text: str, expected: Feeling) -> None:
    found = from_text(text, "en", kind=Kind.REVIEW)

    assert found is not None
    assert (expected, "model-en-review/1") == (found.label, found.method)


def test_a_review_model_judges_no_post() -> None:
    found = from_text("Easily the best headset I have owned.", "en", kind=Kind.POST)

    assert found is not None
    assert found.method.startswith("words-en/")


def test_a_model_that_is_unsure_gives_no_label() -> None:
    found = from_text("The box has a lid and a table.", "en", kind=Kind.REVIEW)

    assert found is not None
    assert abs(found.value) < 0.2
    assert found.label is None

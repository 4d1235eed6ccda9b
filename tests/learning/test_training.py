"""Learning from the user's own: what is learnt from, what is refused, and which version judges."""

import csv
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.context import Context
from pipelines.feelings.learned import Learned, NoSuchModel, read_versions, use
from pipelines.lessons import Lesson, from_csv, from_store
from pipelines.retagging import retag
from pipelines.stages import enrich
from pipelines.training import FEWEST, Trained, train
from search.mention import Feeling, Kind, Purpose
from search.query import Everything
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from tests.labelled import labelled
from tests.learning.inventing import reviews, texts, unrated
from tests.one_store import store
from tests.stores.conftest import store as both

__all__ = ["both", "store"]

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
CONTEXT = Context(keep_unmatched=True)
LANGUAGES = ("sv", "en", "nl")


def lessons(count: int, *, kind: str = "review", seed: int = 1) -> Iterator[Lesson]:
    for text, label in texts(count, seed):
        yield Lesson("sv", kind, text + f" {hash((text, seed)) % 9999}", label, is_corrected=False)


def learn(store: Store, count: int = 400, **how: object) -> Trained:
    (result,) = train(lessons(count, **how), store.notes, NOW)  # type: ignore[arg-type]  # a short form
    return result


def test_stars_teach_what_words_without_stars_mean(store: Store) -> None:
    store.put(reviews(400))

    (result,) = train(from_store(store), store.notes, NOW)
    told = enrich(unrated("frukosten var kladdigt och svidyrt"), CONTEXT.with_models_of(store))

    assert ("sv-review", 1, True) == (result.name, result.version, result.is_used)
    assert result.macro_f1 is not None
    assert result.macro_f1_without is not None
    assert result.macro_f1 > 0.95 > result.macro_f1_without
    assert told.sentiment is not None
    assert (Feeling.NEGATIVE, "trained-sv-review/1") == (
        told.sentiment.label,
        told.sentiment.method,
    )


def test_a_model_of_reviews_judges_no_post(store: Store) -> None:
    learn(store)

    told = enrich(
        unrated("frukosten var kladdigt och svidyrt", kind=Kind.POST),
        CONTEXT.with_models_of(store),
    )

    assert told.sentiment is not None
    assert told.sentiment.method.startswith("words-sv/")


def test_too_few_texts_are_refused_with_their_numbers(store: Store) -> None:
    (result,) = train(lessons(2 * FEWEST - 2), store.notes, NOW)

    assert result.version is None
    assert f"at least {FEWEST} texts" in str(result.refused)
    assert {"positive": FEWEST - 1, "negative": FEWEST - 1} == result.counts
    assert {} == read_versions(store.notes)


def test_texts_of_one_sort_only_are_refused(store: Store) -> None:
    good = (each for each in lessons(1_000) if each.label == "positive")

    (result,) = train(good, store.notes, NOW)

    assert result.version is None


def test_a_model_that_is_no_better_is_kept_but_not_used(store: Store) -> None:
    """Words that the lists know, and labels that mean nothing where they say nothing."""
    said = [("underbart gott", "positive"), ("hemskt dåligt", "negative")]
    told = [
        Lesson("sv", "review", f"{text} {n}", label, is_corrected=False)
        for n in range(110)
        for text, label in said
    ]

    (result,) = train(told, store.notes, NOW)

    assert (1.0, 1) == (result.macro_f1_without, result.version)
    assert not result.is_used
    assert Learned.kept_in(store.notes).find("sv", "review") is None


def test_a_model_of_the_users_own_comes_before_the_shipped_one(store: Store) -> None:
    given = [
        Lesson("en", "review", f"{text} {n}", label, is_corrected=False)
        for n, (text, label) in enumerate(texts(240))
    ]

    (result,) = train(given, store.notes, NOW)

    judge = Learned.kept_in(store.notes).find("en", "review")
    assert judge is not None
    assert ("en-review", "trained-en-review/1") == (result.name, judge.name)


def test_only_what_a_person_said_is_a_correction(store: Store) -> None:
    store.put([enrich(unrated("Det var underbart gott."), CONTEXT)])
    store.put([enrich(reviews(1)[0], CONTEXT)])  # its sentiment is that of its stars

    assert [False] == [lesson.is_corrected for lesson in from_store(store)]


def test_versions_are_kept_and_any_of_them_can_judge(both: Store) -> None:
    store = both
    learn(store)
    learn(store, seed=2)
    names = []

    for version in (1, None, 2):
        use(store.notes, "sv-review", version)
        judge = Learned.kept_in(store.notes).find("sv", "review")
        names.append(judge.name if judge else None)

    assert ["trained-sv-review/1", None, "trained-sv-review/2"] == names
    assert [1, 2] == [
        each["version"] for each in read_versions(store.notes)["sv-review"]["versions"]
    ]


@pytest.mark.parametrize("wanted", [("sv-review", 9), ("sv-reviews", 1), ("", 1)])
def test_a_version_that_is_not_there_is_named_with_those_that_are(
    store: Store, wanted: tuple[str, int]
) -> None:
    learn(store)

    with pytest.raises(NoSuchModel, match="its versions: "):
        use(store.notes, *wanted)


def test_two_who_train_at_once_lose_nothing(store: Store) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda seed: learn(store, 220, seed=seed), (1, 2)))

    assert {1, 2} == {each.version for each in both}
    assert {1, 2} == {
        each["version"] for each in read_versions(store.notes)["sv-review"]["versions"]
    }


def test_a_model_that_cannot_be_read_is_said_and_the_shipped_one_judges(store: Store) -> None:
    learn(store)
    note = store.notes.read("models/sv-review/1")
    assert note is not None
    store.notes.write("models/sv-review/1", {**note.value, "features": 99}, note.version)

    learned = Learned.kept_in(store.notes)

    assert learned.find("sv", "review") is None
    assert "sv-review/1 cannot be used: its texts are cut by rules 99" in learned.notes[0]


def test_the_same_text_is_learnt_from_once(store: Store) -> None:
    same = [Lesson("sv", "review", "samma text", "positive", is_corrected=False)] * 500

    (result,) = train(same, store.notes, NOW)

    assert {"positive": 1} == result.counts


def test_what_was_said_before_is_remembered_by_a_retag(store: Store) -> None:
    mention = unrated("frukosten var kladdigt och svidyrt")
    store.put([enrich(mention, CONTEXT)])
    before = store.get(mention.id).mention.sentiment
    learn(store)

    retag(store, Everything(), CONTEXT.with_models_of(store))
    after = store.get(mention.id).mention.sentiment
    counts = retag(store, Everything(), CONTEXT.with_models_of(store))

    assert before is not None
    assert after is not None
    assert "trained-sv-review/1" == after.method
    assert (f"{before.label} {before.value:g} {before.method}",) == after.earlier
    assert 1 == counts["unchanged"]


def test_an_intent_is_learnt_where_terms_say_nothing(store: Store, tmp_path: Path) -> None:
    table = tmp_path / "intent.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "intent", "language"])
        for text, label in texts(400):
            writer.writerow([text, "praise" if label == "positive" else "opinion", "sv"])

    (result,) = train(from_csv(table, LANGUAGES), store.notes, NOW)
    told = enrich(unrated("lokalen var hemtrevligt och rappt", kind=Kind.POST),
                  CONTEXT.with_models_of(store))  # fmt: skip

    assert ("sv-intent", 1) == (result.name, result.version)
    assert told.intent is not None
    assert (Purpose.PRAISE, "trained-sv-intent/1") == (told.intent.label, told.intent.method)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("name", "language", "count", "bar"),
    [("swe_reviews", "sv", 2_000, 0.91), ("nl_bol_books", "nl", 625, 0.87)],
)
def test_stars_of_real_reviews_give_what_the_docs_say(
    tmp_path: Path, name: str, language: str, count: int, bar: float
) -> None:
    """Five folds: 1,600 Swedish stars and 500 Dutch ones to learn from; see docs/training.md."""
    labels = {"neg": "negative", "neu": "neutral", "pos": "positive"}
    rows = labelled(name)[:count]
    given = [Lesson(language, "review", row["text"], labels[row["label"]], False) for row in rows]  # noqa: FBT003

    with EmbeddedStore(tmp_path / "mentions.db") as store:
        (result,) = train(given, store.notes, NOW)

    assert result.polar is not None
    assert result.polar_without is not None
    assert result.polar >= bar > result.polar_without + 0.05

"""A real onnxruntime on a tiny model: batches, caps of time and memory, and faults."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnxruntime.capi.onnxruntime_pybind11_state import Fail

from pipelines.transformers.folder import read_folder
from pipelines.transformers.model import Model, Unrated
from pipelines.transformers.session import Session
from search.mention import Feeling
from search.tags import Opinion
from search.transformer_settings import Transformer
from tests.transformers.tiny_model import make_model


def load(folder: Path, **keys: object) -> Model:
    table = Transformer.model_validate({"path": str(folder), "languages": ["en"], **keys})
    return Model(table, read_folder(table, folder))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load(make_model(tmp_path_factory.mktemp("models") / "tiny"), batch_size=3)


def labels(model: Model, *texts: str) -> list[Feeling | Unrated]:
    rated = model.rate(texts)
    return [one.label if isinstance(one, Opinion) else one for one in rated]


def test_opinions_come_in_the_order_of_the_texts(tiny: Model) -> None:
    found = labels(tiny, "bad " * 9, "good", "fine fine", "bad", "a good cup of tea", "good good")

    assert ["negative", "positive", "neutral", "negative", "positive", "positive"] == found


def test_an_opinion_names_its_model_and_its_value(tiny: Model) -> None:
    """The softmax of logits 0, 0 and 4 is .0177, .0177 and .9647."""
    (said,) = tiny.rate(["good"])

    assert Opinion(label=Feeling.POSITIVE, value=0.947, method=tiny.method) == said


def test_padding_changes_nothing(tiny: Model) -> None:
    texts = ["good", "bad day", "fine " * 200]

    assert tiny.rate(texts) == [tiny.rate([text])[0] for text in texts]


@pytest.mark.parametrize(
    "inputs",
    [
        ("input_ids", "attention_mask"),
        ("input_ids", "attention_mask", "token_type_ids"),
        ("token_type_ids", "attention_mask", "input_ids"),
    ],
)
def test_a_model_is_given_what_it_asks_for(tmp_path: Path, inputs: tuple[str, ...]) -> None:
    assert ["positive"] == labels(load(make_model(tmp_path, inputs=inputs)), "good")


def test_a_text_without_a_token_gets_no_opinion(tiny: Model) -> None:
    assert ["positive", Unrated.EMPTY, Unrated.EMPTY] == labels(tiny, "good", "", " \n")


def test_nothing_is_asked_about_nothing(tiny: Model) -> None:
    assert tiny.rate([]) == []


def test_a_long_text_is_cut(tmp_path: Path) -> None:
    model = load(make_model(tmp_path), max_tokens=8)

    assert ["positive"] == labels(model, "good " * 8 + "bad " * 100_000)


def test_a_text_that_onnxruntime_breaks_on_costs_no_other_its_opinion(tiny: Model) -> None:
    found = labels(tiny, "good", "boom", "bad", "fine", "good good boom", "bad bad")

    assert ["positive", "failed", "negative", "neutral", "failed", "negative"] == found


def test_outputs_that_are_no_numbers_are_a_fault(tiny: Model) -> None:
    assert ["failed", "positive"] == labels(tiny, "endless", "good")


def test_when_no_time_is_left_nothing_is_rated(tmp_path: Path) -> None:
    model = load(make_model(tmp_path), seconds_per_batch=1e-9)

    assert [Unrated.OUT_OF_TIME] * 2 == labels(model, "good", "bad")


def test_a_run_under_way_ends_when_its_time_is_up(tmp_path: Path) -> None:
    model = load(make_model(tmp_path, slow=60), seconds_per_batch=0.1)
    whole = time_of(load(make_model(tmp_path, slow=60)), "good")

    found: list[Feeling | Unrated] = []
    started = time.monotonic()
    found += labels(model, "good")
    seconds = time.monotonic() - started

    assert [Unrated.OUT_OF_TIME] == found
    assert 0.1 <= seconds < whole * 0.7


def test_short_texts_are_rated_before_the_time_is_up(tmp_path: Path) -> None:
    folder = make_model(tmp_path, slow=20)
    once = time_of(load(folder, batch_size=1), "good")
    model = load(folder, batch_size=1, seconds_per_batch=once * 2.5)

    found = labels(model, *["bad " * 9] * 9, "good")

    assert "positive" == found[-1]
    assert Unrated.OUT_OF_TIME == found[-2]


def time_of(model: Model, text: str) -> float:
    started = time.monotonic()
    model.rate([text])
    return time.monotonic() - started


def test_a_batch_too_large_for_the_memory_is_halved(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    session = Session(folder / "model.onnx", threads=1, memory_mb=50, outputs=3)
    whole = np.full((256, 8192), 2)
    model = load(folder, memory_mb=50, max_tokens=8192, batch_size=256)

    with pytest.raises(Fail, match=r"Available memory of .* is smaller than requested"):
        session.run(whole, whole)
    assert ["positive"] * 256 == labels(model, *["good " * 8192] * 256)


@settings(deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_any_texts_get_an_answer_each(tiny: Model, texts: list[str]) -> None:
    rated = tiny.rate(texts)

    assert len(texts) == len(rated)
    assert all(-1 <= one.value <= 1 for one in rated if isinstance(one, Opinion))

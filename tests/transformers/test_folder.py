"""Directories that are no model, and what each error says is wrong with them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.transformers.folder import read_folder
from pipelines.transformers.models import Models, check_folders
from search.config import validate
from search.errors import ConfigError
from search.transformer_settings import Transformer
from tests.transformers.tiny_model import make_model


def open_model(folder: Path, **keys: object) -> Models | None:
    table = {"path": str(folder), "languages": ["en"], **keys}
    return Models.open(validate({"transformers": [table]}, "sayso.toml"))


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def holding(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


def asking_for(*inputs: str) -> Callable[[Path], object]:
    return lambda folder: make_model(folder, inputs=inputs)


ALL_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def calling_them(*labels: str) -> Callable[[Path], object]:
    return lambda folder: make_model(folder, labels=labels)


def fixed_to_one_text(folder: Path) -> None:
    model = onnx.load(folder / "model.onnx")
    for given_value in model.graph.input:
        given_value.type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(model, folder / "model.onnx")


def without_a_text(folder: Path) -> None:
    """Make it a model that is given something, but no tokens."""
    model = onnx.load(make_model(folder, inputs=ALL_INPUTS) / "model.onnx")
    model.graph.node[0].input[1] = "token_type_ids"
    del model.graph.input[0]
    onnx.save(model, folder / "model.onnx")


def of_numbers(folder: Path) -> None:
    model = onnx.load(folder / "model.onnx")
    model.graph.input[1].type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    onnx.save(model, folder / "model.onnx")


def for_tokens(folder: Path) -> None:
    """Make it what a model for named entities is: one row of numbers for each token."""
    model = onnx.load(folder / "model.onnx")
    model.graph.output[0].name = "found"
    model.graph.output[0].type.tensor_type.shape.dim.add().dim_value = 3
    onnx.save(model, folder / "model.onnx")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (without("model.onnx"), "has no file model.onnx; docs/transformers.md"),
        (without("tokenizer.json"), "has no file tokenizer.json"),
        (without("config.json"), "has no file config.json"),
        (holding("model.onnx", "no model"), "onnxruntime cannot load .*model.onnx: "),
        (holding("model.onnx", ""), "onnxruntime cannot load"),
        (holding("tokenizer.json", "{}"), "tokenizer.json is no tokenizer: "),
        (holding("config.json", "{"), "config.json is no JSON: "),
        (holding("config.json", "[" * 100_000), "config.json is no JSON: "),
        (holding("config.json", "[]"), "config.json is no JSON object"),
        (holding("config.json", "{}"), r"does not name its labels \(id2label\); set labels"),
        (holding("config.json", '{"id2label": {"1": "negative"}}'), "does not name its labels"),
        (holding("config.json", '{"id2label": {"0": 7, "1": "positive"}}'), "does not name its"),
        (calling_them("LABEL_0", "LABEL_1"), "'LABEL_0, LABEL_1' are none of these: negative, "),
        (calling_them("LABEL_0", "LABEL_1"), "its card says what they mean: set labels"),
        (calling_them("joy", "anger"), "config.json: the labels 'joy, anger' are none of these"),
        (asking_for("input_ids", "attention_mask", "pixels"), "asks for pixels; allowed: input"),
        (without_a_text, "does not ask for input_ids"),
        (
            of_numbers,
            r"attention_mask is tensor\(float\); allowed: tensor\(int64\), tensor\(int32\)",
        ),
        (fixed_to_one_text, "fails on texts of 3 and 256 tokens together: "),
        (for_tokens, r"output found has the shape .* one row a text with 3 numbers"),
    ],
)
def test_a_bad_directory_is_refused_at_the_start(
    tmp_path: Path, spoil: Callable[[Path], object], words: str
) -> None:
    folder = make_model(tmp_path / "tiny")
    spoil(folder)

    with pytest.raises(ConfigError, match=words):
        open_model(folder)


@pytest.mark.parametrize(
    ("config", "keys", "words"),
    [
        ({"problem_type": "multi_label_classification"}, {}, "labels exclude each other"),
        ({"max_position_embeddings": 64}, {"max_tokens": 65}, "max_tokens = 65: .* at most 64"),
        ({}, {"labels": ["negative", "positive"]}, "has the shape .* with 2 numbers"),
        ({}, {"labels": ["bad", "good"]}, "labels: the labels 'bad, good' are none of these"),
        ({}, {"file": "model_quantized.onnx"}, "has no file model_quantized.onnx"),
    ],
)
def test_a_model_that_does_not_go_with_its_settings_is_refused(
    tmp_path: Path, config: dict[str, object], keys: dict[str, object], words: str
) -> None:
    folder = make_model(tmp_path / "tiny", config=config)

    with pytest.raises(ConfigError, match=words):
        open_model(folder, **keys)


def test_a_model_larger_than_its_cap_is_not_even_loaded(tmp_path: Path) -> None:
    rows = 51 * 2**20 // 12
    folder = make_model(tmp_path / "large", weights=np.zeros((rows, 3), np.float32))

    with pytest.raises(ConfigError, match=r"takes 51 MB, more than memory_mb = 50"):
        open_model(folder, memory_mb=50)
    assert open_model(folder, memory_mb=300) is not None


def test_labels_may_be_said_where_the_model_does_not(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "tiny", labels=("LABEL_0", "LABEL_1", "LABEL_2"))

    models = open_model(folder, labels=["negative", "neutral", "positive"])

    assert models is not None
    assert ("negative", "neutral", "positive") == models.entries[0].model.folder.labels


def test_a_quantised_file_may_lie_in_a_folder_of_its_own(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "tiny", file="onnx/model_quantized.onnx")

    assert open_model(folder, file="onnx/model_quantized.onnx") is not None


def test_the_method_names_the_directory_and_all_that_decides(tmp_path: Path) -> None:
    def method(folder: Path, **keys: object) -> str:
        table = Transformer.model_validate({"path": "x", "languages": ["en"], **keys})
        return read_folder(table, folder).method

    first = make_model(tmp_path / "a" / "my model")
    same = make_model(tmp_path / "b" / "my model")
    other = make_model(tmp_path / "c" / "my model", weights=np.ones((6, 3), np.float32))
    methods = [method(each) for each in (first, same, other)]

    assert methods[0].startswith("transformer-my-model/")
    assert [True, False] == [methods[0] == each for each in methods[1:]]
    assert method(first, max_tokens=100) != methods[0]
    assert method(first, batch_size=7, use="all") == methods[0]


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlanguage: sv\nlicense: cc-by-4.0\n---\nlicense: mit", "cc-by-4.0"),
        ('---\nlicense: "apache-2.0"\n---', "apache-2.0"),
        ("---\nlanguage: sv\n---\nlicense: mit", None),
        ("license: mit", None),
        ("---\n" * 100_000, None),
        ("", None),
    ],
)
def test_the_licence_is_what_the_model_card_says(
    tmp_path: Path, card: str, licence: str | None
) -> None:
    folder = make_model(tmp_path / "tiny")
    (folder / "README.md").write_text(card)

    table = Transformer(path="x", languages=("en",))

    assert licence == read_folder(table, folder).licence


def test_a_directory_can_be_looked_at_without_loading_it(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "tiny")
    (folder / "model.onnx").write_text("not looked into")
    config = validate({"transformers": [{"path": str(folder), "languages": ["en"]}]}, "t")

    assert [folder] == [found.folder for found in check_folders(config)]
    (folder / "config.json").unlink()
    with pytest.raises(ConfigError, match="has no file"):
        check_folders(config)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({}, optional={
    "id2label": ANY_JSON | st.dictionaries(st.integers(0, 3).map(str), ANY_JSON),
    "problem_type": ANY_JSON,
    "max_position_embeddings": ANY_JSON,
    "pad_token_id": ANY_JSON,
}))  # fmt: skip
def test_any_config_is_read_or_refused(tmp_path: Path, said: dict[str, object]) -> None:
    folder = tmp_path / "tiny"
    if not folder.exists():
        make_model(folder)
    (folder / "config.json").write_text(json.dumps(said))
    table = Transformer(path="x", languages=("en",))

    try:
        problem = "" if read_folder(table, folder).labels else "no labels"
    except ConfigError as error:
        problem = str(error)
    assert problem == "" or str(folder) in problem

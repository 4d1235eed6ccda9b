"""A tiny model that is really run: it knows a few words, and one that it breaks on."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

LABELS = ("negative", "neutral", "positive")
WORDS = ("[UNK]", "[PAD]", "good", "bad", "fine", "north", "south", "endless", "boom")
UNKNOWN, GOOD, BAD, FINE, NORTH, SOUTH, ENDLESS = 0, 2, 3, 4, 5, 6, 7
BEYOND = 8
"""The token of *boom*: the embedding has no row for it, and onnxruntime refuses to look."""

SIDE = 1024

CERTAIN = 4.0
"""Logit of the label that a text's words speak for, before the mean over its tokens."""


def make_model(  # noqa: PLR0913 - keyword-only: each is one thing that may be wrong with a model
    folder: Path,
    *,
    labels: Sequence[str] = LABELS,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    file: str = "model.onnx",
    config: Mapping[str, object] | None = None,
    weights: NDArray[np.float32] | None = None,
    slow: int = 0,
) -> Path:
    """Write a directory as Optimum exports one; each step of ``slow`` takes some 20 ms."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    table = _table(len(labels)) if weights is None else weights
    onnx.save(_model(table, inputs, slow), folder / file)
    _tokenizer().save(str(folder / "tokenizer.json"))
    named = {"id2label": {str(place): label for place, label in enumerate(labels)}}
    said = {**named, "pad_token_id": 1, **(config or {})}
    (folder / "config.json").write_text(json.dumps(said))
    return folder


def _table(labels: int) -> NDArray[np.float32]:
    """
    Return logits by token: *good* speaks for the last label, *bad* for the first.

    So do *north* and *south*, which are words without a feeling to everybody else.
    """
    table = np.zeros((BEYOND, labels), np.float32)
    table[[GOOD, NORTH], -1] = table[[BAD, SOUTH], 0] = table[FINE, labels // 2] = CERTAIN
    table[UNKNOWN, labels // 2] = 0.5
    table[ENDLESS] = np.inf
    return table


def _tokenizer() -> Tokenizer:
    words = {word: place for place, word in enumerate(WORDS)}
    tokenizer = Tokenizer(WordLevel(words, unk_token=WORDS[UNKNOWN]))
    tokenizer.pre_tokenizer = Whitespace()
    return tokenizer


def _model(table: NDArray[np.float32], inputs: Sequence[str], slow: int) -> onnx.ModelProto:
    """Look each token up, and take the mean over those that are no padding."""
    kept = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
        numpy_helper.from_array(np.array([1], np.int64), "tokens"),
    ]
    if slow:
        kept.append(numpy_helper.from_array(np.full((SIDE, SIDE), 1 / SIDE, np.float32), "square"))
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["found"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["found", "wide"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "tokens"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["mask", "tokens"], ["length"], keepdims=1),
        helper.make_node("Div", ["sum", "length"], ["mean"]),
        *_dawdle(slow),
    ]
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "length"])
        for name in inputs
    ]
    gives = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", table.shape[1]])]
    graph = helper.make_graph(nodes, "tiny", given, gives, kept)
    return _whole(graph)


def _dawdle(slow: int) -> list[onnx.NodeProto]:
    """Multiply large matrices that hang on the input but change nothing."""
    if not slow:
        return [helper.make_node("Identity", ["mean"], ["logits"])]
    start = [
        helper.make_node("ReduceSum", ["mask"], ["all"], keepdims=0),
        helper.make_node("Sub", ["all", "all"], ["nothing"]),
        helper.make_node("Mul", ["square", "nothing"], ["m0"]),
    ]
    steps = [helper.make_node("MatMul", [f"m{n}", "square"], [f"m{n + 1}"]) for n in range(slow)]
    end = [
        helper.make_node("ReduceSum", [f"m{slow}"], ["still_nothing"], keepdims=0),
        helper.make_node("Add", ["mean", "still_nothing"], ["logits"]),
    ]
    return [*start, *steps, *end]


def _whole(graph: onnx.GraphProto) -> onnx.ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

"""
How many texts a second a transformer rates: many at once, and one at a time.

Two models are made here: the tests' tiny one, which shows what Sayso itself takes, and one with
the shape of MiniLM (6 layers of 384, 12 heads, random weights), as fp32 and quantised to int8. Its
answers mean nothing; its time and memory are those of a real one.

    python -m benchmarks.transformer [texts]     # by default 400
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pipelines.transformers.models import Models
from search.config import validate
from tests.transformers.tiny_model import LABELS, WORDS, make_model

LAYERS, WIDTH, HEADS, INNER, VOCABULARY, POSITIONS = 6, 384, 12, 1536, 30_000, 512
TURNS = 3
SHORTEST, LONGEST = 5, 60
"""Words of a text, which are tokens here: from a short post to a review."""


def main() -> None:
    """Make the models, measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    texts = invented(count)
    with tempfile.TemporaryDirectory() as folder:
        tiny = make_model(Path(folder) / "tiny")
        large = make_large(Path(folder) / "minilm")
        for path, file in ((tiny, "model.onnx"), (large, "model.onnx"), (large, "int8.onnx")):
            measure(path, file, texts)


def measure(folder: Path, file: str, texts: Sequence[str]) -> None:
    """Print a line: texts a second, batched and not, and what the model takes."""
    started = time.perf_counter()
    batched = load(folder, file, 32)
    loading = time.perf_counter() - started
    rates = [rate(batched, texts), rate(load(folder, file, 1), texts)]
    print(
        f"{folder.name} {file:12}{batched.folder.megabytes:7.1f} MB, loaded in {loading:.2f} s, "
        f"{batched.memory_mb:4.0f} MB: batched {rates[0]}/s, one at a time {rates[1]}/s"
    )


def load(folder: Path, file: str, batch_size: int) -> Any:
    """Load a model on one core, as `sayso.toml` would say."""
    table = {"path": str(folder), "file": file, "languages": ["en"], "batch_size": batch_size}
    models = Models.open(validate({"transformers": [table]}, "benchmark"))
    assert models is not None
    return models.entries[0].model


def rate(model: Any, texts: Sequence[str]) -> str:
    """Return the median and the range of some turns, in texts a second."""
    figures = []
    for _ in range(TURNS):
        started = time.perf_counter()
        model.rate(texts)
        figures.append(len(texts) / (time.perf_counter() - started))
    return f"{statistics.median(figures):,.0f} ({min(figures):,.0f}-{max(figures):,.0f})"


def invented(count: int) -> list[str]:
    """Invent texts, the same ones every time; each is different."""
    chance = random.Random(20261128)  # noqa: S311 - the same texts every time
    words = [word for word in WORDS if word.isalpha() and word not in {"boom", "endless"}]
    return [
        " ".join([str(number), *chance.choices(words, k=chance.randint(SHORTEST, LONGEST) - 1)])
        for number in range(count)
    ]


def make_large(folder: Path) -> Path:
    """Write a model with the shape of MiniLM and random weights, and an int8 one beside it."""
    from onnxruntime.quantization import quantize_dynamic  # noqa: PLC0415 - it is slow to import

    make_model(folder)
    graph = _Graph()
    onnx.save(graph.model(), folder / "model.onnx")
    quantize_dynamic(folder / "model.onnx", folder / "int8.onnx")
    return folder


class _Graph:
    """An encoder, written node by node."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(20261128)
        self._weights: list[onnx.TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []

    def model(self) -> onnx.ModelProto:
        """Put the whole together: embeddings, layers, and what the first token says."""
        hidden = self._embeddings()
        for _ in range(LAYERS):
            hidden = self._layer(hidden)
        first = self._do("Gather", hidden, self._integers(0), axis=1)
        logits = self._linear(first, WIDTH, len(LABELS))
        self._nodes.append(helper.make_node("Identity", [logits], ["logits"]))
        given = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "length"])
            for name in ("input_ids", "attention_mask")
        ]
        gives = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", len(LABELS)])
        graph = helper.make_graph(self._nodes, "encoder", given, [gives], self._weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

    def _embeddings(self) -> str:
        words = self._do("Gather", self._matrix(VOCABULARY, WIDTH), "input_ids")
        shape = self._do("Shape", "input_ids")
        length = self._do("Gather", shape, self._integers(1))
        numbers = self._do(
            "Range", self._integer(0), self._do("Squeeze", length), self._integer(1)
        )
        places = self._do("Gather", self._matrix(POSITIONS, WIDTH), numbers)
        mask = self._do("Cast", "attention_mask", to=TensorProto.FLOAT)
        wide = self._do("Unsqueeze", mask, self._integers(1, 2))
        ignored = self._do("Sub", self._number(1), wide)
        self._mask = self._do("Mul", ignored, self._number(-10_000))
        return self._normal(self._do("Add", words, places))

    def _layer(self, hidden: str) -> str:
        queries, keys, values = (self._heads(hidden, *order) for order in (_ROWS, _COLUMNS, _ROWS))
        near = self._do("MatMul", queries, keys)
        scaled = self._do("Mul", near, self._number((WIDTH / HEADS) ** -0.5))
        shares = self._do("Softmax", self._do("Add", scaled, self._mask), axis=-1)
        mixed = self._do("Transpose", self._do("MatMul", shares, values), perm=[0, 2, 1, 3])
        joined = self._do("Reshape", mixed, self._integers(0, 0, WIDTH))
        hidden = self._normal(self._do("Add", hidden, self._linear(joined, WIDTH, WIDTH)))
        inner = self._gelu(self._linear(hidden, WIDTH, INNER))
        return self._normal(self._do("Add", hidden, self._linear(inner, INNER, WIDTH)))

    def _heads(self, hidden: str, *order: int) -> str:
        split = self._integers(0, 0, HEADS, WIDTH // HEADS)
        several = self._do("Reshape", self._linear(hidden, WIDTH, WIDTH), split)
        return self._do("Transpose", several, perm=list(order))

    def _gelu(self, hidden: str) -> str:
        error = self._do("Erf", self._do("Mul", hidden, self._number(2**-0.5)))
        both = self._do("Mul", hidden, self._do("Add", error, self._number(1)))
        return self._do("Mul", both, self._number(0.5))

    def _linear(self, hidden: str, rows: int, columns: int) -> str:
        return self._do("Add", self._do("MatMul", hidden, self._matrix(rows, columns)),
                        self._keep(np.zeros(columns, np.float32)))  # fmt: skip

    def _normal(self, hidden: str) -> str:
        scale, bias = (self._keep(np.full(WIDTH, number, np.float32)) for number in (1, 0))
        return self._do("LayerNormalization", hidden, scale, bias)

    def _do(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], name=f"do_{name}", **attributes))
        return name

    def _keep(self, values: Any) -> str:
        name = f"w{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values, name))
        return name

    def _matrix(self, rows: int, columns: int) -> str:
        return self._keep(self._random.normal(0, 0.02, (rows, columns)).astype(np.float32))

    def _integers(self, *values: int) -> str:
        return self._keep(np.array(values, np.int64) if values != (0,) else np.array(0, np.int64))

    def _integer(self, value: int) -> str:
        return self._keep(np.array(value, np.int64))

    def _number(self, value: float) -> str:
        return self._keep(np.array(value, np.float32))


_ROWS, _COLUMNS = (0, 2, 1, 3), (0, 2, 3, 1)
"""Orders of (text, token, head, number) in which matrices multiply."""


if __name__ == "__main__":
    main()

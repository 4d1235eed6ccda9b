"""
onnxruntime, held to what the settings allow: one CPU provider, so many cores, so much memory.

Memory is capped by an arena of the session's own: what a run asks beyond it fails, and fails only
that run. Weights count; what a tokenizer takes does not, so the whole is measured once loaded.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from search.errors import ConfigError

FAULTS: Final[tuple[type[Exception], ...]] = (
    *(state.EPFail, state.EngineError, state.Fail, state.InvalidArgument, state.InvalidGraph),
    *(state.InvalidProtobuf, state.NoModel, state.NoSuchFile, state.NotImplemented),
    *(state.RuntimeException, RuntimeError, ValueError),
)
"""What onnxruntime raises: its own have no common parent; a wrong feed is a `ValueError`."""

INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
"""What a model may ask for; some want no types of tokens."""

_INTEGERS: Final = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_QUIET: Final = 4
"""Its own log is not ours: only what is fatal."""


class Session:
    """One model, ready to be run."""

    def __init__(self, model: Path, *, threads: int, memory_mb: int, outputs: int) -> None:
        _cap_memory(memory_mb)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _QUIET
        options.add_session_config_entry("session.use_env_allocators", "1")
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except FAULTS as error:
            raise ConfigError(
                f"transformers: onnxruntime cannot load {model}: {first_line(error)}"
            ) from error
        self._types = _inputs(self._session, model)
        self._output = _output(self._session, model, outputs)

    def run(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], options: Any = None
    ) -> NDArray[Any]:
        """Return a row of outputs for each row of tokens; one of `FAULTS` when it cannot."""
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        feed = {name: given[name].astype(kind) for name, kind in self._types.items()}
        (outputs,) = self._session.run([self._output], feed, options)
        if outputs.ndim != 2 or len(outputs) != len(ids):
            raise ValueError(f"outputs of the shape {outputs.shape} for {len(ids)} texts")
        if not np.isfinite(outputs).all():
            raise ValueError("outputs that are no numbers")
        found: NDArray[Any] = outputs
        return found


def run_options() -> Any:
    """Make the handle with which another thread ends a run: ``terminate = True``."""
    options = onnxruntime.RunOptions()
    options.log_severity_level = _QUIET
    return options


def _cap_memory(megabytes: int) -> None:
    """Make the arena of the next session; those made before keep theirs."""
    cap = {
        "max_mem": megabytes * 2**20,
        "arena_extend_strategy": 1,  # take no more than is asked for
        "initial_chunk_size_bytes": -1,
        "max_dead_bytes_per_chunk": -1,
    }
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, onnxruntime.OrtArenaCfg(cap))


def first_line(error: Exception) -> str:
    """Shorten what onnxruntime says: it speaks of nodes, shapes and sizes, never of words."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:300]


def _inputs(session: onnxruntime.InferenceSession, model: Path) -> Mapping[str, Any]:
    """Return the type of each input, or refuse what cannot be given."""
    asked = {each.name: each.type for each in session.get_inputs()}
    if unknown := [name for name in asked if name not in INPUTS]:
        raise ConfigError(
            f"transformers: {model} asks for {', '.join(unknown)}; allowed: {', '.join(INPUTS)}"
        )
    if "input_ids" not in asked:
        raise ConfigError(f"transformers: {model} does not ask for input_ids, which are the text")
    for name, kind in asked.items():
        if kind not in _INTEGERS:
            raise ConfigError(
                f"transformers: {model}: {name} is {kind}; allowed: {', '.join(_INTEGERS)}"
            )
    return {name: _INTEGERS[kind] for name, kind in asked.items()}


def _output(session: onnxruntime.InferenceSession, model: Path, labels: int) -> str:
    """Return the name of the output that holds one number for each label."""
    outputs = {each.name: each.shape for each in session.get_outputs()}
    name = "logits" if "logits" in outputs else next(iter(outputs))
    shape: Sequence[Any] = outputs[name]
    if len(shape) != 2 or (isinstance(shape[1], int) and shape[1] != labels):
        raise ConfigError(
            f"transformers: {model}: the output {name} has the shape {list(shape)}; allowed: one "
            f"row a text with {labels} numbers, one for each label (a text-classification model)"
        )
    return name

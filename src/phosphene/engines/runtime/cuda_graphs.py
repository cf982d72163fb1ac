"""CUDA graphs of a model: its kernels are recorded once, and launched by one call per frame.

An evaluation of SD 1.5 launches 1,700 kernels, and Python launches them more slowly than a large
GPU runs them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch.utils._pytree import tree_flatten, tree_unflatten

_log = logging.getLogger(__name__)
WARM_UP = 2  # calls before a recording, in which libraries choose kernels and allocate memory
Work = Callable[[], torch.Tensor]
Function = Callable[..., torch.Tensor]


class Recording(NamedTuple):
    """A recording: `replay` runs its kernels again, which write to `result`."""

    replay: Callable[[], None]
    result: torch.Tensor


class CudaRecorder:
    """Records work as CUDA graphs that share one pool of memory.

    Other threads, such as that of the encoder, may use the GPU during a recording.
    """

    def __init__(self) -> None:
        self._pool = torch.cuda.graph_pool_handle()
        # One for all recordings: a pool only gives memory to the stream that it was allocated for.
        self._aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    def __call__(self, work: Work) -> Recording:
        """Record some work, which must not synchronise with the GPU or copy to or from the host."""
        current, aside = torch.cuda.current_stream(), self._aside
        aside.wait_stream(current)
        try:
            with torch.cuda.stream(aside):
                for _ in range(WARM_UP):
                    work()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(
                graph, pool=self._pool, stream=aside, capture_error_mode="thread_local"
            ):
                result = work()
        finally:  # a failed recording leaves its own stream as the current one
            torch.cuda.set_stream(current)
        current.wait_stream(aside)
        return Recording(graph.replay, result)


class Graphs:
    """The functions of a model as graphs, one for each structure and shape of their arguments.

    A graph replays the first call in the memory of its tensors, so those of later calls are copied
    there. Each combination of Python numbers has its own graph. If a function cannot be recorded,
    all are called directly. Graphs are only freed together: with one of them, PyTorch frees the
    workspace of cuBLAS of all that were recorded on its stream.

    Parameters
    ----------
    record : callable
        Records some work, such as a `CudaRecorder`.
    """

    def __init__(self, record: Callable[[Work], Recording]) -> None:
        self.record: Callable[[Work], Recording] | None = record
        self._calls: list[_Recorded] = []

    def of(self, function: Function) -> Function:
        """The function as graphs. Later calls do not overwrite its results."""
        self._calls.append(_Recorded(function, self))
        return self._calls[-1]

    def drop(self) -> None:
        """Free the memory of the graphs, and call the functions directly from now on."""
        self.record = None
        self.clear()

    def clear(self) -> None:
        """Free the memory of the graphs; functions are recorded again when they are called."""
        for call in self._calls:
            call.graphs.clear()


class _Recorded:
    def __init__(self, function: Function, owner: Graphs) -> None:
        self._function, self._owner = function, owner
        self.graphs: dict[Any, tuple[list[torch.Tensor], Recording]] = {}

    def __call__(self, *arguments: Any, **named: Any) -> torch.Tensor:
        if (record := self._owner.record) is None:
            return self._function(*arguments, **named)
        values, structure = tree_flatten((arguments, named))
        tensors = [value for value in values if isinstance(value, torch.Tensor)]
        key = (
            structure,
            tuple(
                (value.shape, value.dtype) if isinstance(value, torch.Tensor) else value
                for value in values
            ),
        )
        if key not in self.graphs:
            buffers = [tensor.clone() for tensor in tensors]
            remaining = iter(buffers)
            fixed_values = [
                next(remaining) if isinstance(value, torch.Tensor) else value for value in values
            ]
            fixed_arguments, fixed_named = tree_unflatten(fixed_values, structure)
            try:
                recording = record(lambda: self._function(*fixed_arguments, **fixed_named))
            except torch.OutOfMemoryError:
                self._owner.clear()
                raise
            except RuntimeError as error:
                _log.warning("Continuing without CUDA graphs, which is slower: %s", error)
                self._owner.drop()
                return self._function(*arguments, **named)
            self.graphs[key] = buffers, recording
        buffers, recording = self.graphs[key]
        for buffer, tensor in zip(buffers, tensors, strict=True):
            buffer.copy_(tensor)
        recording.replay()
        return recording.result.clone()

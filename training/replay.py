"""Records a training step as a CUDA graph, which replaces thousands of kernel launches by one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

Function = Callable[..., tuple[Tensor, ...]]


class Recording(NamedTuple):
    """inputs, outputs: the tensors that the graph reads and writes."""

    graph: torch.cuda.CUDAGraph
    inputs: list[Tensor]
    outputs: tuple[Tensor, ...]


class Replay:
    """Calls function(*tensors), replaying a recording per input shape; on a CPU, just calls it.

    The first call for a shape is a warm-up, the second one records. Outputs are valid until the
    next call. The function may modify tensors in place, but must not synchronise with the GPU.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.warmed_up: set[tuple[torch.Size, ...]] = set()
        self.recordings: dict[tuple[torch.Size, ...], Recording] = {}

    def __call__(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        shapes = tuple(tensor.shape for tensor in inputs)
        if inputs[0].device.type != "cuda" or shapes not in self.warmed_up:
            self.warmed_up.add(shapes)
            return self.function(*inputs)
        if shapes not in self.recordings:
            self.recordings[shapes] = record(self.function, inputs)
        graph, buffers, outputs = self.recordings[shapes]
        for dtype in {tensor.dtype for tensor in buffers}:  # one launch for each dtype
            pairs = [
                (to, tensor)
                for to, tensor in zip(buffers, inputs, strict=True)
                if to.dtype == dtype
            ]
            torch._foreach_copy_(*map(list, zip(*pairs, strict=True)))
        graph.replay()
        return outputs


def record(function: Function, inputs: Sequence[Tensor]) -> Recording:
    """Capture the launches, without executing them."""
    buffers, graph = [tensor.clone() for tensor in inputs], torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        outputs = function(*buffers)
    return Recording(graph, buffers, outputs)

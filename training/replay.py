"""Records the kernels of a training step as a CUDA graph.

A step has thousands of small kernel launches, and the GPU waits for each. As a graph they are a
single launch.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

Work = Callable[..., tuple[Tensor, ...]]


class Recording(NamedTuple):
    """given: where the inputs are read. made: where the outputs are written."""

    graph: torch.cuda.CUDAGraph
    given: list[Tensor]
    made: tuple[Tensor, ...]


class Replay:
    """work(*tensors), recorded for each shape of its inputs; off a GPU the work itself.

    The first call of a shape is plain, so that libraries settle, the second one records. What it
    gives back holds until the next call. The work may change tensors of its own, but must not wait
    for the GPU.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.met: set[tuple[torch.Size, ...]] = set()
        self.recordings: dict[tuple[torch.Size, ...], Recording] = {}

    def __call__(self, *given: Tensor) -> tuple[Tensor, ...]:
        shapes = tuple(one.shape for one in given)
        if given[0].device.type != "cuda" or shapes not in self.met:
            self.met.add(shapes)
            return self.work(*given)
        if shapes not in self.recordings:
            self.recordings[shapes] = record(self.work, given)
        graph, held, made = self.recordings[shapes]
        for dtype in {one.dtype for one in held}:  # those of one kind are copied by one launch
            both = [(to, one) for to, one in zip(held, given, strict=True) if to.dtype == dtype]
            torch._foreach_copy_(*map(list, zip(*both, strict=True)))
        graph.replay()
        return made


def record(work: Work, given: Sequence[Tensor]) -> Recording:
    """The work's launches, none of which is carried out."""
    held, graph = [one.clone() for one in given], torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        made = work(*held)
    return Recording(graph, held, made)

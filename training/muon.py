"""Muon: momentum whose matrices are made orthogonal, so that every direction learns at one pace.

Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024), at the scale of
AdamW's updates (Liu et al., "Muon is scalable for LLM training", 2025). torch.optim.Muon works in
bfloat16, which a CPU without matrix units only emulates, and takes no convolutions.
"""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

MOMENTUM = 0.95
# Newton and Schulz's iteration: its coefficients, and how often
COEFFICIENTS, ITERATIONS = (3.4445, -4.7750, 2.0315), 5


def orthogonal(matrix: Tensor) -> Tensor:
    """About the nearest matrix whose singular values are all 1: they come to lie in 0.7 to 1.2."""
    a, b, c = COEFFICIENTS
    x = matrix / matrix.norm().clamp_min(1e-12)
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x if wide else x.T


class Muon(torch.optim.Optimizer):
    """For weights of two or more dimensions; a convolution is a matrix with a row for each output.

    spread(work, weights) does the work for every weight, as `map` does, perhaps in threads.
    """

    def __init__(self, weights: Iterable[Tensor], lr: float, spread: Callable = map) -> None:
        super().__init__([{"params": list(weights), "share": 1.0}], {"lr": lr})
        self.spread = spread

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            # `no_grad` holds for this thread alone, so the weights are told by their data
            list(self.spread(lambda weight, lr=group["lr"]: self.move(weight, lr), group["params"]))

    def move(self, weight: Tensor, lr: float) -> None:
        state = self.state[weight]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(weight)
        momentum = state["momentum"].mul_(MOMENTUM).add_(weight.grad)
        ahead = (weight.grad + MOMENTUM * momentum).reshape(len(weight), -1)
        change = orthogonal(ahead).reshape(weight.shape)
        weight.data.add_(change, alpha=-lr * 0.2 * math.sqrt(max(ahead.shape)))

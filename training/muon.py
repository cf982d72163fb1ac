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


def orthogonal(matrices: Tensor) -> Tensor:
    """About the nearest ones whose singular values are all 1: they come to lie in 0.7 to 1.2.

    matrices: (..., rows, columns).
    """
    a, b, c = COEFFICIENTS
    x = matrices / matrices.norm(dim=(-2, -1), keepdim=True).clamp_min(1e-12)
    wide = x.shape[-2] <= x.shape[-1]
    x = x if wide else x.mT
    for _ in range(ITERATIONS):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x if wide else x.mT


class Muon(torch.optim.Optimizer):
    """For weights of two or more dimensions; a convolution is a matrix with a row for each output.

    Weights of one shape move together. spread(work, stacks) does the work for every stack of them,
    as `map` does, perhaps in threads.
    """

    def __init__(self, weights: Iterable[Tensor], lr: float, spread: Callable = map) -> None:
        super().__init__([{"params": list(weights), "share": 1.0}], {"lr": lr})
        self.spread = spread

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            stacks: dict[torch.Size, list[Tensor]] = {}
            for weight in group["params"]:
                stacks.setdefault(weight.shape, []).append(weight)
            list(self.spread(lambda stack, lr=group["lr"]: self.move(stack, lr), stacks.values()))

    def move(self, stack: list[Tensor], lr: float | Tensor) -> None:
        for weight in stack:
            if "momentum" not in self.state[weight]:
                self.state[weight]["momentum"] = torch.zeros_like(weight)
        gradients = [weight.grad for weight in stack]
        momenta = [self.state[weight]["momentum"] for weight in stack]
        torch._foreach_mul_(momenta, MOMENTUM)
        torch._foreach_add_(momenta, gradients)
        ahead = torch.stack(gradients) + MOMENTUM * torch.stack(momenta)
        matrices = ahead.flatten(2)
        # a GPU's tiles take bfloat16, which is exact enough for a direction
        exact = matrices if matrices.device.type == "cpu" else matrices.bfloat16()
        change = orthogonal(exact).to(ahead.dtype).reshape(ahead.shape)
        # `no_grad` holds for this thread alone, so the weights are told by their data
        change *= lr * 0.2 * math.sqrt(max(matrices.shape[1:]))
        torch._foreach_sub_([weight.data for weight in stack], list(change.unbind()))

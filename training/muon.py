"""Muon: momentum with orthogonalised updates, so that every direction learns at the same rate.

Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024), at the scale of
AdamW's updates (Liu et al., "Muon is scalable for LLM training", 2025). torch.optim.Muon works in
bfloat16, which a CPU without matrix units only emulates, and takes no convolutions.
"""

import math
from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor

MOMENTUM = 0.95
# the Newton-Schulz iteration
COEFFICIENTS, ITERATIONS = (3.4445, -4.7750, 2.0315), 5


def orthogonal(matrices: Tensor) -> Tensor:
    """Approximately the nearest orthogonal matrices: singular values between 0.7 and 1.2.

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
    """For weights of two or more dimensions; a convolution is a matrix with one row per output.

    Weights of the same shape are updated as one stack. `parallel_map` has the signature of `map`.
    """

    def __init__(self, weights: Iterable[Tensor], lr: float, parallel_map: Callable = map) -> None:
        super().__init__([{"params": list(weights), "share": 1.0}], {"lr": lr})
        self.parallel_map = parallel_map

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            stacks: dict[torch.Size, list[Tensor]] = {}
            for weight in group["params"]:
                stacks.setdefault(weight.shape, []).append(weight)
            update = partial(self.update, lr=group["lr"])
            list(self.parallel_map(update, stacks.values()))

    def update(self, stack: list[Tensor], lr: float | Tensor) -> None:
        for weight in stack:
            if "momentum" not in self.state[weight]:
                self.state[weight]["momentum"] = torch.zeros_like(weight)
        gradients = [weight.grad for weight in stack]
        momenta = [self.state[weight]["momentum"] for weight in stack]
        torch._foreach_mul_(momenta, MOMENTUM)
        torch._foreach_add_(momenta, gradients)
        ahead = torch.stack(gradients) + MOMENTUM * torch.stack(momenta)
        matrices = ahead.flatten(2)
        # on a GPU, bfloat16 is faster, and precise enough for a direction
        exact = matrices if matrices.device.type == "cpu" else matrices.bfloat16()
        change = orthogonal(exact).to(ahead.dtype).reshape(ahead.shape)
        # `no_grad` only holds for the calling thread, hence `.data`
        change *= lr * 0.2 * math.sqrt(max(matrices.shape[1:]))
        torch._foreach_sub_([weight.data for weight in stack], list(change.unbind()))

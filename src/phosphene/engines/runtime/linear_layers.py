"""Folds consecutive linear layers into one convolution.

Upsampling and the convolution after it are one linear map. In a stage of a tiny autoencoder without
blocks, several convolutions follow each other without an activation between them.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import groupby
from typing import Any, NamedTuple, TypeGuard, cast

import torch
import torch.nn.functional as F
from torch import nn

Linear = nn.Conv2d | nn.Upsample


def fold_autoencoder(vae: Any) -> None:
    """Fold the linear layers of an AutoencoderTiny in place. Other autoencoders are unchanged."""
    if type(vae).__name__ == "AutoencoderTiny":
        for half in (vae.encoder, vae.decoder):
            half.layers = fold(half.layers)


def fold(layers: nn.Sequential) -> nn.Sequential:
    """Replace each run of linear layers by one convolution, if that takes fewer multiplications.

    Parameters
    ----------
    layers : Sequential
        For pictures. A convolution is linear if its padding is zeros and keeps the size, apart
        from the stride; upsampling if it is to the nearest neighbour, by an integer.

    Returns
    -------
    Sequential
        The same function up to rounding, also at the borders of a picture.
    """
    folded: list[nn.Module] = []
    for linear, group in groupby(layers, _is_linear):
        run = list(group)
        folded += _folded(cast(list[Linear], run)) if linear else run
    return nn.Sequential(*folded)


def _folded(run: list[Linear]) -> list[nn.Module]:
    reach = _reach(run)
    if reach.cost < reach.cost_of_run:
        return [FoldedLayers(nn.Sequential(*run), reach)]
    match run:
        case [nn.Upsample() as layer, nn.Conv2d(kernel_size=(3, 3), stride=(1, 1)) as convolution]:
            return [_transposed(convolution, _factor(layer))]
    return [*run]


@torch.no_grad()
def _transposed(convolution: nn.Conv2d, factor: int) -> nn.ConvTranspose2d:
    """Nearest-neighbour upsampling and a convolution as one transposed convolution.

    With 3 x 3 pixels and a factor of 2, it takes 4 of 9 multiplications.
    """
    size = convolution.kernel_size[0]
    result = nn.ConvTranspose2d(
        convolution.in_channels, convolution.out_channels, size + factor - 1, factor, size // 2,
        bias=convolution.bias is not None,
    ).to(convolution.weight).requires_grad_(False)  # fmt: skip
    kernel = F.pad(convolution.weight.double().flip(2, 3), (factor - 1,) * 4)
    sums = F.avg_pool2d(kernel, factor, 1) * factor**2
    result.weight.copy_(sums.transpose(0, 1))
    if convolution.bias is not None and result.bias is not None:
        result.bias.copy_(convolution.bias)
    return result


class Reach(NamedTuple):
    """The pixels that a cell depends on.

    A cell is a square of `step` x `step` pixels before a run of layers, and of `factor` x `factor`
    pixels after it.
    """

    step: int
    factor: int
    low: int  # the first pixel, relative to the first one of the cell itself
    high: int  # the last pixel
    before: int  # outermost cells, at the top and left, that depend on padding between the layers
    after: int  # the same at the bottom and right
    cost: int  # multiplications per cell, if the run is folded
    cost_of_run: int  # ... layer by layer

    @property
    def size(self) -> int:
        return self.high - self.low + 1

    @property
    def margins(self) -> tuple[int, int, int, int]:
        """The zeros around a picture: left, right, top, bottom."""
        return (-self.low, self.high + 1 - self.step) * 2

    def pixels(self, first: int, last: int) -> slice:
        """Pixels of the padded picture that the cells from `first` to `last` depend on."""
        return slice(self.step * first, self.step * last + self.size)


class FoldedLayers(nn.Module):
    """A run of linear layers as one convolution, with kernels of its own for the outermost cells.

    Parameters
    ----------
    run : Sequential
        Used unfolded for pictures of a few cells, and where the size is not a multiple of a cell.
    reach : Reach
    """

    weight: torch.Tensor  # (rows of cells, columns of cells, outputs, inputs, size, size)
    bias: torch.Tensor  # (rows of cells, columns of cells, outputs)

    def __init__(self, run: nn.Sequential, reach: Reach) -> None:
        super().__init__()
        self.run = run
        self.reach = reach
        weight, bias = _kernels(run, reach)
        self.register_buffer("weight", weight, persistent=False)
        self.register_buffer("bias", bias, persistent=False)

    def extra_repr(self) -> str:
        return str(self.reach)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        reach = self.reach
        (height, rest), (width, other) = (
            divmod(int(size), reach.step)  # a number even while the layers are traced
            for size in x.shape[-2:]
        )
        if rest or other or min(height, width) <= reach.before + reach.after:
            return cast(torch.Tensor, self.run(x))
        x = F.pad(x, reach.margins)
        rows = []
        for i, (top, bottom) in enumerate(self._spans(height)):
            strip = x[..., reach.pixels(top, bottom), :]
            row = [
                F.conv2d(
                    strip[..., reach.pixels(left, right)],
                    self.weight[i, j],
                    self.bias[i, j],
                    reach.step,
                )
                for j, (left, right) in enumerate(self._spans(width))
            ]
            rows.append(torch.cat(row, -1))
        return F.pixel_shuffle(torch.cat(rows, -2), reach.factor)

    def _spans(self, cells: int) -> list[tuple[int, int]]:
        """The first and the last of the cells that share a kernel, along one side of a picture."""
        before, after = self.reach.before, self.reach.after
        first = [(i, i) for i in range(before)]
        last = [(i, i) for i in range(cells - after, cells)]
        return [*first, (before, cells - after - 1), *last]


def _is_linear(layer: nn.Module) -> TypeGuard[Linear]:
    if isinstance(layer, nn.Upsample):
        factor = layer.scale_factor
        return layer.mode == "nearest" and isinstance(factor, int | float) and factor % 1 == 0
    if not isinstance(layer, nn.Conv2d):
        return False
    size, stride = layer.kernel_size[0], layer.stride[0]
    return size % 2 == 1 and (
        layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.groups,
        layer.padding_mode,
    ) == ((size, size), (stride, stride), (size // 2, size // 2), (1, 1), 1, "zeros")  # fmt: skip


def _factor(layer: Linear) -> int:
    return int(cast(float, layer.scale_factor)) if isinstance(layer, nn.Upsample) else 1


def _reach(run: list[Linear]) -> Reach:
    """Follow a cell from the end of a run to its beginning."""
    convolutions = [layer for layer in run if isinstance(layer, nn.Conv2d)]
    factor = 1
    for layer in run:
        factor *= _factor(layer)
    scale = factor  # pixels per cell
    low, high = 0, factor - 1
    before = after = cost = 0
    for layer in reversed(run):
        if isinstance(layer, nn.Conv2d):
            cost += layer.weight.numel() * scale**2
            stride, padding = layer.stride[0], layer.kernel_size[0] // 2
            scale, low, high = scale * stride, low * stride - padding, high * stride + padding
            if layer is not convolutions[0]:  # the first one pads the picture itself
                before, after = max(before, -(low // scale)), max(after, high // scale)
        else:
            scale, low, high = (value // _factor(layer) for value in (scale, low, high))
    folded = 0
    if convolutions:
        inputs, outputs = convolutions[0].in_channels, convolutions[-1].out_channels
        folded = (high - low + 1) ** 2 * inputs * outputs * factor**2
    return Reach(scale, factor, low, high, before, after, folded, cost)


@torch.no_grad()
def _kernels(run: nn.Sequential, reach: Reach) -> tuple[torch.Tensor, torch.Tensor]:
    """The run's responses to impulses and to zeros, for its middle and for each outermost cell."""
    index, first = next((i, part) for i, part in enumerate(run) if isinstance(part, nn.Conv2d))
    parts = [*deepcopy(run).to(torch.float64)]
    # The layers after the first convolution are faster if they are folded themselves.
    exact = nn.Sequential(*parts[: index + 1], *fold(nn.Sequential(*parts[index + 1 :])))
    radius = max(-(reach.low // reach.step), reach.high // reach.step)
    cells = 2 * radius + 1
    shape = first.in_channels, cells * reach.step, cells * reach.step
    zeros = torch.zeros(1, *shape, dtype=torch.float64)
    impulses = torch.eye(zeros.numel(), dtype=torch.float64).reshape(-1, *shape)
    bias = F.pixel_unshuffle(exact(zeros), reach.factor)
    responses = F.pixel_unshuffle(exact(impulses), reach.factor) - bias
    # (outputs, rows, columns, inputs, pixels, pixels)
    kernels = responses.reshape(*shape, *bias.shape[1:]).permute(3, 4, 5, 0, 1, 2)
    kernels = F.pad(kernels, reach.margins)
    chosen = [*range(reach.before), radius, *range(cells - reach.after, cells)]
    weight = [
        torch.stack([kernels[:, i, j, :, reach.pixels(i, i), reach.pixels(j, j)] for j in chosen])
        for i in chosen
    ]
    bias = bias[0][:, chosen][..., chosen].permute(1, 2, 0)
    return torch.stack(weight).to(first.weight), bias.to(first.weight)

"""The beat network, for training: three convolutions over pitch, then dilated ones over time.

After Böck and Davies, "Deconstruct, Analyse, Reconstruct", ISMIR 2020.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from phosphene.song.beats.network import PADDING, STRIDES

WIDE = (16, 32, 48)  # channels of the convolutions over pitch
OVER_PITCH = ((3, 5), (3, 3), (3, 9))  # frames, bands: 81 bands become 27, 9, 1
DILATIONS = tuple(2**i for i in range(9))  # a receptive field of 20 s to either side
KERNEL = 5


class Block(nn.Module):
    """A dilated convolution over time with a skip connection."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        reach = dilation * (KERNEL // 2)
        self.conv = nn.Conv1d(channels, channels, KERNEL, padding=reach, dilation=dilation)
        self.norm = nn.BatchNorm1d(channels)
        self.mix = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(nn.functional.relu(self.norm(self.conv(x))))


class BeatNetwork(nn.Module):
    """Bands, shape (n, n_frames, 81), to logits of beat and downbeat, shape (n, n_frames, 2)."""

    def __init__(self) -> None:
        super().__init__()
        layers = zip((1, *WIDE), WIDE, OVER_PITCH, STRIDES, PADDING, strict=False)
        self.conv = nn.ModuleList(
            [nn.Conv2d(a, b, size, (1, step), (1, pad)) for a, b, size, step, pad in layers]
        )
        self.norm = nn.ModuleList([nn.BatchNorm2d(n) for n in WIDE])
        self.blocks = nn.ModuleList([Block(WIDE[-1], d) for d in DILATIONS])
        self.out = nn.Conv1d(WIDE[-1], 2, 1)

    def forward(self, bands: Tensor) -> Tensor:
        x = bands[:, None]
        for conv, norm in zip(self.conv, self.norm, strict=True):
            x = nn.functional.relu(norm(conv(x)))
        x = x[..., 0]
        for block in self.blocks:
            x = block(x)
        return self.out(nn.functional.relu(x)).transpose(1, 2)


def folded(model: BeatNetwork) -> dict[str, Tensor]:
    """The weights for `phosphene.song.beats.network`, with the norms folded into convolutions."""
    weights: dict[str, Tensor] = {}

    def fold(name: str, conv: nn.Module, norm: nn.Module) -> None:
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        shape = (-1, *[1] * (conv.weight.ndim - 1))
        weights[f"{name}.weight"] = conv.weight * scale.view(shape)
        weights[f"{name}.bias"] = (conv.bias - norm.running_mean) * scale + norm.bias

    for i, (conv, norm) in enumerate(zip(model.conv, model.norm, strict=True)):
        fold(f"pitch.{i}", conv, norm)
    for i, block in enumerate(model.blocks):
        fold(f"time.{i}", block.conv, block.norm)
        weights[f"mix.{i}.weight"] = block.mix.weight[..., 0]
        weights[f"mix.{i}.bias"] = block.mix.bias
    weights["out.weight"], weights["out.bias"] = model.out.weight[..., 0], model.out.bias
    return {name: tensor.detach().half().contiguous() for name, tensor in weights.items()}

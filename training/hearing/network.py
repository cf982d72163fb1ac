"""The beat network, for training: three convolutions over pitch, then dilated ones over time.

After Böck and Davies, "Deconstruct, Analyse, Reconstruct", ISMIR 2020, but smaller.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

WIDE = (16, 24, 32)  # channels of the convolutions over pitch
DILATIONS = tuple(2**i for i in range(10))
KERNEL = 5


class Block(nn.Module):
    """One dilated convolution over time, added to what it was given."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        reach = dilation * (KERNEL // 2)
        self.conv = nn.Conv1d(channels, channels, KERNEL, padding=reach, dilation=dilation)
        self.norm = nn.BatchNorm1d(channels)
        self.drop = nn.Dropout1d(0.1)
        self.mix = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(self.drop(nn.functional.elu(self.norm(self.conv(x)))))


class BeatNetwork(nn.Module):
    """Bands, shape (n, n_frames, 81), to logits of beat and downbeat, shape (n, n_frames, 2)."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDE
        self.conv = nn.ModuleList(
            [nn.Conv2d(1, a, 3, padding=1), nn.Conv2d(a, b, 3, padding=1),
             nn.Conv2d(b, c, (3, 9), padding=(1, 0))]
        )  # fmt: skip
        self.norm = nn.ModuleList([nn.BatchNorm2d(n) for n in WIDE])
        self.blocks = nn.ModuleList([Block(c, d) for d in DILATIONS])
        self.out = nn.Conv1d(c, 2, 1)

    def forward(self, bands: Tensor) -> Tensor:
        x = bands[:, None]
        for i, (conv, norm) in enumerate(zip(self.conv, self.norm, strict=True)):
            x = nn.functional.elu(norm(conv(x)))
            if i < 2:
                x = nn.functional.max_pool2d(x, (1, 3))
        x = x[..., 0]
        for block in self.blocks:
            x = block(x)
        return self.out(nn.functional.elu(x)).transpose(1, 2)


def folded(model: BeatNetwork) -> dict[str, Tensor]:
    """The weights as `phosphene.song.network` reads them, the norms folded into convolutions."""
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
    return {name: tensor.detach().float().contiguous() for name, tensor in weights.items()}

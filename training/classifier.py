"""A small convolutional classifier of worlds and palettes, and its training loop.

The judge (`judge.py`) classifies pictures, the reader (`reader.py`) noisy latents. Both are trained
on drawings only.
"""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.look import Look
from training.palettes import COLOURS
from training.scenes import SCENES

WIDTHS = (64, 96, 160)
BATCH, PEAK = 32, 1.5e-3
# every eighth chunk of drawings is held out
HELD_OUT = 8
# label of a picture with two worlds, or without exactly one named colour
NONE = -1


class Block(nn.Module):
    """A residual block (He et al., "Deep residual learning", 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.body(x))


class Classifier(nn.Module):
    """`first` maps the input to (n, WIDTHS[0], h, w); the rest to logits of worlds and palettes."""

    def __init__(self, first: nn.Module) -> None:
        super().__init__()
        stages: list[nn.Module] = [first]
        for into, out in pairwise(WIDTHS):
            stages += [Block(into), nn.Conv2d(into, out, 3, stride=2, padding=1)]
        self.body = nn.Sequential(*stages, Block(WIDTHS[-1]), Block(WIDTHS[-1]))
        self.world = nn.Linear(2 * WIDTHS[-1], len(SCENES))
        self.palette = nn.Linear(2 * WIDTHS[-1], len(COLOURS))
        self.to(memory_format=torch.channels_last)

    def levels(self, x: Tensor) -> list[Tensor]:
        """Features (n, width, h, w) for each of WIDTHS; each level has half the resolution."""
        dtype = self.world.weight.dtype
        levels = [x.to(dtype, memory_format=torch.channels_last)]
        for layer in self.body:
            levels.append(layer(levels[-1]))
        return [levels[2], levels[4], levels[-1]]

    def logits(self, last: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of worlds and palettes from the last level."""
        levels = pooled(last)
        return self.world(levels).float(), self.palette(levels).float()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.logits(self.levels(x)[-1])


def pooled(last: Tensor) -> Tensor:
    """Mean and maximum over all positions, (n, 2 * width)."""
    return torch.cat([last.mean(dim=(2, 3)), last.amax(dim=(2, 3))], dim=1)


def labels(looks: Sequence[Look]) -> Tensor:
    """(n, 2): indices of world and palette, NONE where there is not exactly one."""
    worlds, colours = list(SCENES), list(COLOURS)
    return torch.tensor(
        [
            [
                NONE if look.second else worlds.index(look.world),
                colours.index(look.colours[0]) if len(look.colours) == 1 else NONE,
            ]
            for look in looks
        ]
    ).reshape(-1, 2)


BatchOf = Callable[[int], tuple[Tensor, Tensor]]
"""batch_of(step): inputs, and their labels (n, 2)."""


def fit(model: Classifier, batch_of: BatchOf, minutes: float, path: Path) -> None:
    """Train for some minutes, with the learning rate decaying to zero, and save."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.05)
    start, step, mean = time.time(), 0, 0.0
    while (share := (time.time() - start) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = PEAK * min(1, (step + 1) / 100) * (1 - share)
        inputs, targets = batch_of(step)
        world, palette = model(inputs)
        loss = F.cross_entropy(world, targets[:, 0], ignore_index=NONE, label_smoothing=0.05)
        loss = loss + F.cross_entropy(palette, targets[:, 1], ignore_index=NONE)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        mean += (loss.item() - mean) / min(step, 200)
        if step % 200 == 0:
            print(f"{path.stem} {step} {time.time() - start:.0f} s loss {mean:.3f}", flush=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, path)


def load(model: Classifier, path: Path) -> Classifier:
    """Load trained weights, for inference only."""
    model.load_state_dict(load_file(path))
    return model.eval().requires_grad_(False)


@torch.no_grad()
def accuracy(model: Classifier, inputs: Tensor, targets: Tensor) -> tuple[float, float]:
    """(worlds, palettes): the share of correct predictions among labelled inputs."""
    logits = [model(part) for part in inputs.split(64)]
    predicted = torch.stack(
        [torch.cat(kind).argmax(1) for kind in zip(*logits, strict=True)], dim=1
    )
    correct = (predicted == targets).float()
    shares = [correct[targets[:, i] != NONE, i].mean() for i in range(2)]
    return float(shares[0]), float(shares[1])

"""A small convolutional classifier of worlds and palettes, and how it is taught.

Of pictures it is the judge (`judge.py`), of noisy latents the reader (`reader.py`). Both learn from
drawings alone.
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
# every eighth chunk of drawings is kept for measuring
HELD_OUT = 8
# the label of what has two worlds, or no colour of its own
NONE = -1


class Block(nn.Module):
    """Two convolutions beside a straight way (He et al., "Deep residual learning", 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, given: Tensor) -> Tensor:
        return F.relu(given + self.body(given))


class Classifier(nn.Module):
    """What `first` makes of its input, (n, WIDTHS[0], h, w), to logits of worlds and palettes."""

    def __init__(self, first: nn.Module) -> None:
        super().__init__()
        stages: list[nn.Module] = [first]
        for into, out in pairwise(WIDTHS):
            stages += [Block(into), nn.Conv2d(into, out, 3, stride=2, padding=1)]
        self.body = nn.Sequential(*stages, Block(WIDTHS[-1]), Block(WIDTHS[-1]))
        self.world = nn.Linear(2 * WIDTHS[-1], len(SCENES))
        self.palette = nn.Linear(2 * WIDTHS[-1], len(COLOURS))
        self.to(memory_format=torch.channels_last)

    def levels(self, given: Tensor) -> list[Tensor]:
        """What it finds, (n, width, h, w), for each of WIDTHS; each level is half as large."""
        dtype = self.world.weight.dtype
        found = [given.to(dtype, memory_format=torch.channels_last)]
        for layer in self.body:
            found.append(layer(found[-1]))
        return [found[2], found[4], found[-1]]

    def named(self, last: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of worlds and palettes from the last level."""
        found = pooled(last)
        return self.world(found).float(), self.palette(found).float()

    def forward(self, given: Tensor) -> tuple[Tensor, Tensor]:
        return self.named(self.levels(given)[-1])


def pooled(last: Tensor) -> Tensor:
    """(n, 2 * width): what is there on average, and what is there at all."""
    return torch.cat([last.mean(dim=(2, 3)), last.amax(dim=(2, 3))], dim=1)


def labels(looks: Sequence[Look]) -> Tensor:
    """(n, 2): the numbers of world and palette, NONE where there is not one alone."""
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


Lesson = Callable[[int], tuple[Tensor, Tensor]]
"""lesson(step): inputs, and their labels (n, 2)."""


def teach(model: Classifier, lesson: Lesson, minutes: float, path: Path) -> None:
    """Trained for so long, the rate falling to nothing, and written to the path."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.05)
    start, step, mean = time.time(), 0, 0.0
    while (share := (time.time() - start) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = PEAK * min(1, (step + 1) / 100) * (1 - share)
        given, told = lesson(step)
        world, palette = model(given)
        loss = F.cross_entropy(world, told[:, 0], ignore_index=NONE, label_smoothing=0.05)
        loss = loss + F.cross_entropy(palette, told[:, 1], ignore_index=NONE)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        mean += (loss.item() - mean) / min(step, 200)
        if step % 200 == 0:
            print(f"{path.stem} {step} {time.time() - start:.0f} s loss {mean:.3f}", flush=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, path)


def load(model: Classifier, path: Path) -> Classifier:
    """Its trained weights; it learns no more."""
    model.load_state_dict(load_file(path))
    return model.eval().requires_grad_(False)


@torch.no_grad()
def accuracy(model: Classifier, given: Tensor, told: Tensor) -> tuple[float, float]:
    """Shares of (worlds, palettes) named rightly, of those that have a label (n, 2)."""
    found = [model(part) for part in given.split(64)]
    named = torch.stack([torch.cat(kind).argmax(1) for kind in zip(*found, strict=True)], dim=1)
    right = (named == told).float()
    shares = [right[told[:, i] != NONE, i].mean() for i in range(2)]
    return float(shares[0]), float(shares[1])

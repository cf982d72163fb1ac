"""Teach the model to follow the camera: to keep what it is given, in any framing. Resumable.

python -m training.follow --minutes 60

The polished model finds one framing of each world, and at little noise it adds grain of its own
with every step: a film of it stands still and flickers while the camera moves. Each batch has three
kinds of samples:

- little noise: pictures in every framing, clean or worn, which should come back clean;
- in between: the model as it was, of a picture, should be met by the student of the same picture
  and noise shifted by whole latent pixels, shifted as much;
- much noise: the model as it was.

It runs after `framed`, from the bundled model.
"""

import argparse
import random
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import drifted
from training.distil import picture, students_run
from training.pace import DEVICE, PACE
from training.places import CACHE, RUNS
from training.run import Run
from training.schedule import new_scheduler
from training.session import session
from training.unet import Worlds

TARGET = RUNS / "follow.safetensors"
RATE, WARM_UP, FALL = 0.4, 20, 0.4
# of a batch: little noise, in between; the rest is much noise
KEPT, SHIFTED = 0.5, 0.25
# the times of each, and those over which keeping gives way to the model as it was
KEEP, BETWEEN, MUCH, YIELD = (5, 450), (250, 700), (400, 1000), (180, 420)
# the noise by which errors at little of it are weighed, at the least
LEAST = 0.3
REACH = 12  # latent pixels of a shift at most


class Rows(NamedTuple):
    """clean: (n, 8, h, w) aims; given, noise: what the noisy input is made of; times: (n,);
    words: (n, LENGTH); shift: (2,) of the in-between ones, in latent pixels.
    """

    clean: Tensor
    given: Tensor
    noise: Tensor
    times: Tensor
    words: Tensor
    shift: Tensor


def counts() -> tuple[int, int]:
    """Where the kept ones of a batch end, and the shifted ones."""
    kept = round(KEPT * PACE.batch)
    return kept, kept + round(SHIFTED * PACE.batch)


class Shelf:
    """All framed pictures there are; new chunks are taken up by `look_again`."""

    def __init__(self) -> None:
        self.chunks: set[str] = set()
        self.shelves: list[tuple[Tensor, ...]] = []

    def look_again(self, most: int = 0) -> None:
        """Take up `most` of the new chunks, or all of them."""
        found = sorted(path for path in CACHE.glob("framed-????.npz"))
        for path in [path for path in found if path.name not in self.chunks][: most or None]:
            self.chunks.add(path.name)
            with np.load(path) as held:
                kinds = [torch.from_numpy(held[kind]) for kind in ("clean", "worn", "words")]
            self.shelves.append(tuple(kinds))

    def batch(self, number: int) -> Rows:
        """Batch `number`."""
        rng, dice = random.Random(number), torch.Generator().manual_seed(number)
        kept, shifted = counts()
        picks = []
        for _ in range(PACE.batch):
            part = rng.choice(self.shelves)
            i = rng.randrange(len(part[0]))
            picks.append([kind[i] for kind in part])
        clean, worn = (torch.stack([p[k] for p in picks]).float() for k in (0, 1))
        words = torch.stack([p[2] for p in picks]).long()
        given = clean.clone()
        half = kept // 2
        given[:half] = drifted(worn[:half], dice)
        given[half:kept:2] = worn[half:kept:2]
        times = torch.cat([
            torch.randint(*span, (n,), generator=dice)
            for span, n in ((KEEP, kept), (BETWEEN, shifted - kept), (MUCH, PACE.batch - shifted))
        ])  # fmt: skip
        if number % 2:
            times[-1] = 999
        noise = torch.randn(clean.shape, generator=dice)
        shift = torch.randint(-REACH, REACH + 1, (2,), generator=dice)
        return Rows(clean, given, noise, times, words, shift)


def shifted_picture(pictures: Tensor, shift: Tensor) -> Tensor:
    """(n, c, h, w) by whole pixels; mirrored at the border as the camera does."""
    pad = int(shift.abs().max()) + 1
    padded = F.pad(pictures, (pad,) * 4, mode="reflect")
    height, width = pictures.shape[2:]
    down, across = pad - int(shift[0]), pad - int(shift[1])
    return padded[:, :, down : down + height, across : across + width]


def students_loss(before: Worlds, alphas: Tensor, model: Worlds, *batch: Tensor) -> tuple[Tensor]:
    rows, (kept, shifted) = Rows(*batch), counts()
    alpha = alphas[rows.times].view(-1, 1, 1, 1)
    signal, haze = alpha.sqrt(), (1 - alpha).sqrt()
    noisy = signal * rows.given + haze * rows.noise
    with torch.no_grad():
        as_before = picture(noisy, before(noisy, rows.times, rows.words), alpha)
    given, noise = rows.given.clone(), rows.noise.clone()
    given[kept:shifted] = shifted_picture(given[kept:shifted], rows.shift)
    noise[kept:shifted] = noise[kept:shifted].roll(tuple(rows.shift.tolist()), (2, 3))
    seen = signal * given + haze * noise
    made = picture(seen, model(seen, rows.times, rows.words), alpha)
    keep = ((YIELD[1] - rows.times) / (YIELD[1] - YIELD[0])).clamp(0, 1).view(-1, 1, 1, 1)
    aim = as_before.clone()
    aim[:kept] = torch.lerp(as_before, rows.clean, keep)[:kept]
    aim[kept:shifted] = shifted_picture(as_before[kept:shifted], rows.shift)
    weight = torch.ones_like(made[:, :1])
    weight[kept:shifted] = inside(weight[kept:shifted], rows.shift)
    error = (made - aim).square() * weight / haze.clamp_min(LEAST).square()
    return (error.mean(),)


def inside(weight: Tensor, shift: Tensor) -> Tensor:
    """1 where a shifted picture shows what the unshifted one did, 0 where it is mirrored."""
    shown = torch.ones_like(weight)
    for axis, step in ((2, int(shift[0])), (3, int(shift[1]))):
        if step:
            edge = slice(0, step) if step > 0 else slice(step, None)
            shown.index_fill_(axis, torch.arange(weight.shape[axis])[edge], 0.0)
    return shown


def follow(minutes: float) -> None:
    """Until the minutes are spent; over the last of them the rate falls."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    before = Worlds().requires_grad_(False).eval().to(DEVICE)
    student = Worlds().to(DEVICE)
    student.text.requires_grad_(False)
    alphas, shelf = new_scheduler().alphas_cumprod.to(DEVICE), Shelf()
    run: Run = students_run(student, partial(students_loss, before, alphas), TARGET)
    run.resume()
    for gone in session([run], shelf, minutes):
        rate = RATE * PACE.peak * min(1, (1 - gone) / FALL, (run.steps + 1) / WARM_UP)
        run.advance(shelf.batch, rate)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.follow", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    follow(parser.parse_args().minutes)

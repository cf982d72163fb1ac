"""Train the beat network on excerpts of the practice songs, and export it for NumPy."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from training.hearing.network import BeatNetwork, folded
from training.hearing.places import CACHE, RUNS, WEIGHTS

FRAMES, BATCH = 1500, 4  # excerpts of 30 s
THREADS = 1
RATE = 3e-3
WATCHED = 2  # chunks, the first ones, that are only looked at, never trained on
CHECKPOINT = RUNS / "beats.safetensors"


class Shelf:
    """The songs in memory, and excerpts of them at random."""

    def __init__(self, chunks: slice) -> None:
        self.chunks, self.seen = chunks, set[Path]()
        self.bands: list[np.ndarray] = []
        self.marks: list[np.ndarray] = []
        self.look()

    def look(self) -> None:
        """Take in the songs that have been made since."""
        for path in sorted(CACHE.glob("songs-*[0-9].npz"))[self.chunks]:
            if path in self.seen:
                continue
            self.seen.add(path)
            held = np.load(path)
            bands, marks, ends = held["bands"], held["marks"], held["ends"]
            for begin, end in itertools.pairwise(ends):
                self.bands.append(bands[begin:end])
                self.marks.append(marks[begin:end])

    def excerpt(self, rng: np.random.Generator, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Bands and marks of `FRAMES` frames of a song; louder, quieter, brighter or darker."""
        bands, marks = self.bands[index], self.marks[index]
        start = int(rng.integers(-100, max(len(bands) - FRAMES + 100, 1)))
        rows = np.clip(np.arange(start, start + FRAMES), 0, len(bands) - 1)
        outside = (np.arange(start, start + FRAMES) < 0) | (
            np.arange(start, start + FRAMES) >= len(bands)
        )
        x, y = bands[rows].astype(np.float32), marks[rows].astype(np.float32)
        x[outside], y[outside] = 0, 0
        gain = rng.normal(0, 0.4) + np.interp(
            np.arange(x.shape[1]), [0, 27, 54, 80], rng.normal(0, 0.35, 4)
        )
        power = np.expm1(x) * np.exp(gain).astype(np.float32)
        if rng.random() < 0.3:  # a floor of noise
            power += np.float32(np.exp(rng.uniform(-2, 2)))
        if rng.random() < 0.25:  # as transposed by some bands
            power = np.roll(power, int(rng.integers(-4, 5)), axis=1)
        if rng.random() < 0.02:
            return np.zeros_like(x), np.zeros_like(y)  # silence
        return np.log1p(power), y

    def batch(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """A batch of excerpts."""
        pairs = [self.excerpt(rng, int(i)) for i in rng.integers(0, len(self.bands), BATCH)]
        return tuple(torch.from_numpy(np.stack(side)) for side in zip(*pairs, strict=True))


def loss_of(model: BeatNetwork, x: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy of beats and downbeats; these are rarer, and weigh more."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(x)
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), y, reduction="none")
    return each.mean(dim=(0, 1)) @ torch.tensor([1.0, 3.0])


def train(minutes: float) -> None:
    """Train for some minutes from where it stopped; the rate falls to nothing over them."""
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    shelf, watched = Shelf(slice(WATCHED, None)), Shelf(slice(WATCHED))
    model, facts = BeatNetwork(), {"steps": 0}
    average = BeatNetwork()
    if CHECKPOINT.exists():
        state = load_file(CHECKPOINT)
        model.load_state_dict({k[4:]: v for k, v in state.items() if k.startswith("raw.")})
        average.load_state_dict({k[4:]: v for k, v in state.items() if k.startswith("ema.")})
        facts = json.loads(CHECKPOINT.with_suffix(".json").read_text())
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    rng, shown, warm = np.random.default_rng(facts["steps"]), [], 0
    begun = told = time.monotonic()
    while (share := (time.monotonic() - begun) / 60 / minutes) < 1:
        warm = min(warm + 1, 30)
        for group in optimiser.param_groups:
            group["lr"] = RATE * warm / 30 * (0.5 + 0.5 * np.cos(np.pi * share))
        loss = loss_of(model, *shelf.batch(rng))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        keep = min(0.995, 1 - 1 / (facts["steps"] / 4 + 1))
        with torch.no_grad():
            for mean, now in zip(
                average.state_dict().values(), model.state_dict().values(), strict=True
            ):
                mean.lerp_(now, 1 - keep) if mean.is_floating_point() else mean.copy_(now)
        shown.append(loss.item())
        facts["steps"] += 1
        if time.monotonic() - told > 60:
            told = time.monotonic()
            shelf.look()
            print(
                f"{facts['steps']} steps, {len(shelf.bands)} songs, {share:.0%} of the time, "
                f"loss {np.mean(shown):.4f}, watched {_watch(average, watched):.4f}",
                flush=True,
            )
            shown = []
            _save(model, average, facts)
            export()
    _save(model, average, facts)


@torch.no_grad()
def _watch(model: BeatNetwork, shelf: Shelf) -> float:
    model.eval()
    rng = np.random.default_rng(0)
    return float(np.mean([float(loss_of(model, *shelf.batch(rng))) for _ in range(10)]))


def _save(model: BeatNetwork, average: BeatNetwork, facts: dict) -> None:
    state = {f"raw.{k}": v.clone().contiguous() for k, v in model.state_dict().items()}
    state |= {f"ema.{k}": v.clone().contiguous() for k, v in average.state_dict().items()}
    part = CHECKPOINT.with_suffix(".part")
    CHECKPOINT.parent.mkdir(parents=True, exist_ok=True)
    save_file(state, part)
    part.rename(CHECKPOINT)
    CHECKPOINT.with_suffix(".json").write_text(json.dumps(facts))


def export() -> None:
    """Write the averaged network where Phosphene reads it."""
    model = BeatNetwork()
    state = load_file(CHECKPOINT)
    model.load_state_dict({k[4:]: v for k, v in state.items() if k.startswith("ema.")})
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    facts = json.loads(CHECKPOINT.with_suffix(".json").read_text())
    part = WEIGHTS.with_suffix(".part")
    save_file(folded(model.eval()), part, metadata={"steps": str(facts["steps"])})
    part.rename(WEIGHTS)

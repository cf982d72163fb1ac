"""Train the beat network on excerpts of the practice songs, and export it for NumPy."""

from __future__ import annotations

import json
import time

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from training.hearing.excerpts import Excerpts
from training.hearing.network import BeatNetwork, folded
from training.hearing.paths import RUNS, WEIGHTS
from training.hearing.unfold import unfold
from training.muon import Muon

THREADS = 1
RATE = 2e-3
HALF = torch.cpu._is_amx_tile_supported()  # bfloat16 is six times slower on other CPUs
VALIDATION = 2  # the first chunks, which are not trained on
CHECKPOINT = RUNS / "beats.safetensors"


def loss_of(model: BeatNetwork, x: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy of beats and downbeats; downbeats are rarer and weigh more."""
    with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
        logits = model(x)
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), y, reduction="none")
    return each.mean(dim=(0, 1)) @ torch.tensor([1.0, 3.0])


def train(minutes: float) -> None:
    """Train for some minutes, from the checkpoint or the bundled weights.

    The learning rate decays to zero.
    """
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    excerpts, validation = Excerpts(slice(VALIDATION, None)), Excerpts(slice(VALIDATION))
    model, average, facts = BeatNetwork(), BeatNetwork(), {"steps": 0}
    # when resuming, keep the statistics of the norms: batches of four are too small for them
    model.train(not CHECKPOINT.exists() and not WEIGHTS.exists())
    if CHECKPOINT.exists():
        state = load_file(CHECKPOINT)
        model.load_state_dict({k[4:]: v for k, v in state.items() if k.startswith("raw.")})
        average.load_state_dict({k[4:]: v for k, v in state.items() if k.startswith("ema.")})
        facts = json.loads(CHECKPOINT.with_suffix(".json").read_text())
    elif WEIGHTS.exists():
        some = excerpts.batch(np.random.default_rng(0))[0]
        for one in (model, average):
            unfold(WEIGHTS, one, some)
        facts = {"steps": int(safe_open(WEIGHTS, "pt").metadata()["steps"])}
    matrices = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim == 1]
    optimisers = Muon(matrices, RATE), torch.optim.AdamW(others, RATE, weight_decay=0.01)
    rng, losses, warm = np.random.default_rng(facts["steps"]), [], 0
    start = reported = time.monotonic()
    while (share := (time.monotonic() - start) / 60 / minutes) < 1:
        warm = min(warm + 1, 30)
        loss = loss_of(model, *excerpts.batch(rng))
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = RATE * warm / 30 * (0.5 + 0.5 * np.cos(np.pi * share))
            optimiser.step()
        keep = min(0.995, 1 - 1 / (facts["steps"] / 4 + 1))
        with torch.no_grad():
            for mean, now in zip(
                average.state_dict().values(), model.state_dict().values(), strict=True
            ):
                mean.lerp_(now, 1 - keep) if mean.is_floating_point() else mean.copy_(now)
        losses.append(loss.item())
        facts["steps"] += 1
        if time.monotonic() - reported > 60:
            reported = time.monotonic()
            excerpts.load_new()
            print(
                f"{facts['steps']} steps, {len(excerpts.bands)} songs, {share:.0%} of the time, "
                f"loss {np.mean(losses):.4f}, validation {_validate(average, validation):.4f}",
                flush=True,
            )
            losses = []
            _save(model, average, facts)
            export()
    _save(model, average, facts)


@torch.no_grad()
def _validate(model: BeatNetwork, excerpts: Excerpts) -> float:
    model.eval()
    rng = np.random.default_rng(0)
    return float(np.mean([float(loss_of(model, *excerpts.batch(rng))) for _ in range(25)]))


def _save(model: BeatNetwork, average: BeatNetwork, facts: dict) -> None:
    state = {f"raw.{k}": v.clone().contiguous() for k, v in model.state_dict().items()}
    state |= {f"ema.{k}": v.clone().contiguous() for k, v in average.state_dict().items()}
    part = CHECKPOINT.with_suffix(".part")
    CHECKPOINT.parent.mkdir(parents=True, exist_ok=True)
    save_file(state, part)
    part.rename(CHECKPOINT)
    CHECKPOINT.with_suffix(".json").write_text(json.dumps(facts))


def export() -> None:
    """Write the averaged network to Phosphene's models."""
    model = BeatNetwork()
    state = load_file(CHECKPOINT)
    model.load_state_dict({k[4:]: v for k, v in state.items() if k.startswith("ema.")})
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    facts = json.loads(CHECKPOINT.with_suffix(".json").read_text())
    part = WEIGHTS.with_suffix(".part")
    save_file(folded(model.eval()), part, metadata={"steps": str(facts["steps"])})
    part.rename(WEIGHTS)

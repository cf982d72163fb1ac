"""Frames per second of Phosphene, the reference loop, the bundled model, and a compiled UNet."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionImg2ImgPipeline

from benchmarks.cuda.frames import WARM, engine_of, rate, rendered, score_of
from benchmarks.cuda.models import CPU, Scale, pipeline, with_tiny_vae
from benchmarks.reference_loop import reference_loop
from phosphene.engines.presets import WORLDS
from phosphene.painting.engine import Engine
from phosphene.score.score import Score

STEPS, GUIDANCE, STRENGTH = 20, 7.5, 0.55  # of the reference loop


class Models:
    """The models to measure; each is built once and shared by the checks."""

    def __init__(self, scale: Scale) -> None:
        self.scale, self.device = scale, scale.device
        self.score = score_of(scale.size, scale.frames + WARM)
        self.rate = float("nan")

    @cached_property
    def pipe(self) -> Any:
        """The pipeline of the reference loop."""
        return pipeline(self.scale)

    @cached_property
    def turbo(self) -> Any:
        """The same pipeline with the tiny VAE."""
        return with_tiny_vae(self.pipe, self.scale)

    @cached_property
    def engine(self) -> Engine:
        return engine_of(self.turbo, "sd-turbo", self.score, self.device)


def ours(models: Models) -> None:
    """Phosphene's loop."""
    engine = models.engine  # made before the peak is counted
    torch.cuda.reset_peak_memory_stats()
    models.rate = rate(models.score, engine)
    alone = rate(models.score, engine, overlap=False)
    print(f"{models.rate:.2f} frames/s, {1000 / models.rate:.2f} ms per frame; without overlap "
          f"{alone:.2f} and {1000 / alone:.2f}; peak {peak():.0f} MiB")  # fmt: skip


def article(models: Models) -> None:
    """The reference loop."""
    with tempfile.TemporaryDirectory() as folder:
        given = STEPS, GUIDANCE, Path(folder)
        reference_loop(models.pipe, score_of(models.scale.size, 1, STRENGTH), *given)
        torch.cuda.reset_peak_memory_stats()
        spent = reference_loop(models.pipe, score_of(models.scale.size, 3, STRENGTH), *given)
    frame = sum(spent.values()) / 3000
    print(f"{frame:.3f} s per frame ({dict(spent)} ms in 3); Phosphene is faster by "
          f"{frame * models.rate:.1f} x; peak {peak():.0f} MiB")  # fmt: skip


def worlds(models: Models) -> None:
    """The bundled model."""
    for_speed = score_of(models.scale.size, models.scale.frames * 5 // 3 + WARM)
    found = rate(for_speed, _worlds(models, for_speed, models.device))
    print(f"{found:.2f} frames/s at {models.scale.size} px")
    score = score_of(models.scale.size // 2, 3)
    here, there = (
        [frame.astype(float) for frame in rendered(score, _worlds(models, score, device))]
        for device in (models.device, CPU)
    )
    apart = [float(np.abs(a - b).mean()) for a, b in zip(here, there, strict=True)]
    print(f"frames 0 to 2 at {score.width} px against float32 on the CPU: differ by {apart} of 255")


def _worlds(models: Models, score: Score, device: torch.device) -> Engine:
    dtype = models.scale.dtype if device == models.device else torch.float32
    pipe = StableDiffusionImg2ImgPipeline.from_pretrained(WORLDS, dtype=dtype)
    return engine_of(pipe, "worlds", score, device)


def compiled(models: Models) -> None:
    """Phosphene's loop with the UNet compiled."""
    engine = engine_of(models.turbo, "sd-turbo", models.score, models.device, compile=True)
    print(f"{rate(models.score, engine):.2f} frames/s")


def peak() -> float:
    """Peak memory of the GPU in MiB."""
    return torch.cuda.max_memory_allocated() / 2**20

"""CUDA graphs: their speed and memory, and whether the frames are the same."""

from __future__ import annotations

import json
import tempfile
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch.profiler import profile

from benchmarks.cuda.frames import WARM, engine_of, rate, rendered, score_of, warmed
from benchmarks.cuda.speed import Models
from benchmarks.cuda.trace import kernel_milliseconds
from phosphene.painting.engine import Engine
from phosphene.score.score import Score

COMPARED = 6  # frames
LONG = 2000  # frames


def graphs(models: Models) -> None:
    """Phosphene's loop with CUDA graphs and without."""
    plain = engine_of(models.turbo, "sd-turbo", models.score, models.device, graphs=False)
    engines = {"with graphs": models.engine, "without": plain}
    spent = {name: 1000 / rate(models.score, engine) for name, engine in engines.items()}
    for name, frame in spent.items():
        print(f"{name}: {1000 / frame:.2f} frames/s")
    short = score_of(models.scale.size, COMPARED)
    pairs = zip(rendered(short, models.engine), rendered(short, plain), strict=True)
    same = sum(np.array_equal(one, other) for one, other in pairs)
    print(f"{same} of {COMPARED} frames are bit-identical", flush=True)
    for name, frame in spent.items():  # last, because the profiler slows down what follows it
        kernels = _kernels(models.score, engines[name])
        print(f"{name}: kernels {kernels:.2f} of {frame:.2f} ms ({kernels / frame:.2f})")


def memory(models: Models) -> None:
    """Memory of the GPU with four graphs, and over many frames."""
    torch.cuda.empty_cache()
    before = torch.cuda.memory_reserved()
    for recorded in (False, True):
        engine = engine_of(
            models.turbo,
            "sd-turbo",
            models.score,
            models.device,
            recorded,
            steps=4,
            guidance_scale=3.0,
        )
        for guidance in (1.0, 0.1):  # two evaluations in one batch, and one
            score = score_of(models.scale.size, 2, guidance=guidance)
            list(rendered(score, engine))
        reserved = (torch.cuda.memory_reserved() - before) / 2**20
        print(f"{'four graphs' if recorded else 'no graphs'}: {reserved:.0f} MiB more")
    count = LONG if models.device.type == "cuda" else models.scale.frames + WARM
    frames = warmed(rendered(score_of(models.scale.size, count), models.engine))
    used = [torch.cuda.memory_allocated() / 2**20 for _ in frames]
    print(f"{len(used)} frames: {used[0]:.1f} MiB at the start, {used[-1]:.1f} MiB at the end")


def _kernels(score: Score, engine: Engine) -> float:
    """Milliseconds of the kernels of a frame."""
    frames = warmed(rendered(score, engine))
    with profile() as seen:
        count = len(list(islice(frames, COMPARED)))
        torch.cuda.synchronize()
    with tempfile.TemporaryDirectory() as folder:
        seen.export_chrome_trace(f"{folder}/trace.json")
        trace = json.loads(Path(folder, "trace.json").read_text())["traceEvents"]
    return kernel_milliseconds(trace) / max(1, count)

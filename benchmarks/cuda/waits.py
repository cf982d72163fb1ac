"""Synchronisation points between host and device, and the operations of a frame."""

from __future__ import annotations

import json
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice, product
from pathlib import Path

import torch
from torch.profiler import profile

from benchmarks.cuda.frames import WARM, rendered, warmed
from benchmarks.cuda.speed import Models
from benchmarks.cuda.trace import summary
from benchmarks.table import milliseconds
from phosphene.painting.anchors import Anchor, SceneAnchors, hold
from phosphene.painting.loop import paint
from phosphene.painting.motion.step import step_matrix
from phosphene.painting.motion.warp import warp
from phosphene.painting.pictures import to_levels
from phosphene.testing.engines import soft_picture

PROFILED = 5  # frames
UPLOADS = (1, 4, 64, 64), (1, 4, 128, 128), (1, 3, 512, 512)  # noise at 512 and 1024 px; grain


def waits(models: Models) -> None:
    """Synchronisations that PyTorch reports, and the time until a frame is delivered."""
    frames = warmed(rendered(models.score, models.engine))
    torch.cuda.set_sync_debug_mode("warn")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        next(frames)
        count = len(caught)
        torch.ones(1, device=models.device).item()
    torch.cuda.set_sync_debug_mode("default")
    places = [f"{one.filename}:{one.lineno} {one.message}" for one in caught[:count]]
    print(f"{count} in one frame {places}; {len(caught) - count} in .item(), for comparison")
    pictures = paint(models.score, models.engine, SceneAnchors(models.score, models.engine))
    list(islice(pictures, WARM))
    torch.cuda.synchronize()
    begun = time.perf_counter()
    to_levels(next(pictures).picture)
    handed = time.perf_counter()
    torch.cuda.synchronize()
    print(f"a frame is delivered in {1000 * (handed - begun):.2f} ms, and painted "
          f"{1000 * (time.perf_counter() - handed):.2f} ms later")  # fmt: skip


def calls(models: Models) -> None:
    """Copies, kernels and waits of a frame, by the profiler."""
    frames = warmed(rendered(models.score, models.engine))
    with profile() as seen:  # includes the CPU, whose calls wait
        list(islice(frames, PROFILED))
    with tempfile.TemporaryDirectory() as folder:
        seen.export_chrome_trace(f"{folder}/trace.json")
        trace = json.loads(Path(folder, "trace.json").read_text())["traceEvents"]
    for line in summary(trace):
        print(f"in {PROFILED} frames: {line}")


def uploads(models: Models) -> None:
    """How long the host waits to upload noise while the device is busy."""
    side = models.scale.product
    busy = torch.rand(side, side, device=models.device).to(models.scale.dtype)
    for shape, locked in product(UPLOADS, (False, models.device.type == "cuda")):
        noise = torch.randn(shape, pin_memory=locked)
        noise.to(models.device, non_blocking=True)
        torch.cuda.synchronize()
        begun = time.perf_counter()
        for _ in range(30):
            busy @ busy
        queued = time.perf_counter()
        noise.to(models.device, non_blocking=True)
        copied = time.perf_counter()
        torch.cuda.synchronize()
        print(f"{noise.nbytes >> 10} KiB, page-locked {locked}: the host waits "
              f"{1000 * (copied - queued):.3f} ms, the device works "
              f"{1000 * (time.perf_counter() - begun):.1f} ms")  # fmt: skip


def moves(models: Models) -> None:
    """Differences of the warp on both devices, and the time of each step before a repaint."""
    row = models.score.row(1)
    row = replace(row, channels={**row.channels, "pan": 0.5})
    matrix = step_matrix(row, models.scale.size, models.scale.size)
    card = soft_picture(models.score)
    picture, anchor = card.to(models.device), Anchor.of(card.to(models.device))
    apart = (warp(picture, matrix).cpu() - warp(card, matrix)).abs() * 255.0
    print(f"warps differ by at most {apart.max():.4f} of 255, {apart.mean():.6f} on average")
    for name, work in {
        "warp": lambda: warp(picture, matrix),
        "hold": lambda: hold(picture, anchor, row),
        "repaint": lambda: models.engine.img2img(picture, row),
    }.items():
        print(f"{name}: {milliseconds(partial(waited, work)):.2f} ms")


def waited(work: Callable[[], object]) -> None:
    """Call a function and wait until the device has finished."""
    work()
    torch.cuda.synchronize()

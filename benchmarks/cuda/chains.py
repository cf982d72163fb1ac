"""Several films, or scenes of one, in batches of one model."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.cuda.frames import engine_of, rate, rendered, score_of, warmed
from benchmarks.cuda.recorded import COMPARED
from benchmarks.cuda.speed import Models
from phosphene.engines.runtime.batches import Batches
from phosphene.painting.engine import Engine
from phosphene.score.score import Score

CHAINS = 4


def chains(models: Models) -> None:
    """Four films or scenes in batches of one model, against one film."""
    batches = Batches(CHAINS, least=CHAINS)
    short = score_of(models.scale.size, COMPARED)
    films = [replace(short, seeds=short.seeds + 1000 * k) for k in range(CHAINS)]
    engines = [
        engine_of(models.turbo, "sd-turbo", short, models.device, batches=batches) for _ in films
    ]
    torch.cuda.reset_peak_memory_stats()
    one, four = rate(models.score, models.engine), _rate(models.score, engines, batches)
    peak = torch.cuda.max_memory_allocated() / 2**20
    print(f"{four:.2f} frames/s in batches of {CHAINS}, {one:.2f} alone: {four / one:.2f} x; "
          f"peak {peak:.0f} MiB")  # fmt: skip
    together = _painted(films, engines, batches)
    alone = [_painted([film], engines, batches)[0] for film in films]
    pairs = zip(np.concatenate(together), np.concatenate(alone), strict=True)
    same = sum(np.array_equal(a, b) for a, b in pairs)
    print(f"{same} of {CHAINS * COMPARED} frames do not depend on the other films, to the bit")
    single = [frame.astype(int) for frame in rendered(short, models.engine)]
    apart = np.abs(np.stack(alone[0]) - single)
    print(f"frames in batches and alone differ by {apart.mean():.4f} of 255, {apart.max()} at most")


def _rate(score: Score, engines: Sequence[Engine], batches: Batches) -> float:
    """Frames per second of all films together, after the first ones of each."""
    begun = [0.0]
    ready = threading.Barrier(len(engines), lambda: begun.append(time.perf_counter()))

    def film(engine: Engine) -> int:
        batches.join()
        try:
            ready.wait()  # in step: a film that waits below is one that the others wait for
            frames = warmed(rendered(score, engine))
            ready.wait()
            return sum(1 for _ in frames)
        except BaseException:
            ready.abort()  # the others would wait for it
            raise
        finally:
            batches.leave()

    with ThreadPoolExecutor(len(engines)) as threads:
        count = sum(threads.map(film, engines))
    return count / (time.perf_counter() - begun[-1])


def _painted(
    scores: Sequence[Score], engines: Sequence[Engine], batches: Batches
) -> list[list[NDArray[np.uint8]]]:
    """The frames of films that are painted together."""

    def film(score: Score, engine: Engine) -> list[NDArray[np.uint8]]:
        batches.join()
        try:
            return [frame.copy() for frame in rendered(score, engine)]
        finally:
            batches.leave()

    with ThreadPoolExecutor(len(scores)) as threads:
        return list(threads.map(film, scores, engines))

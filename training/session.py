"""A training session: progress, checkpoints and signals."""

import signal
import time
from collections.abc import Iterator

from training.device import SETTINGS
from training.latents import Dataset
from training.run import Run

# every SCAN_STEPS steps, up to NEW_CHUNKS drawn chunks are encoded and added
NEW_CHUNKS, SCAN_STEPS = 20, 50
REPORT_SECONDS, SAVE_SECONDS = 15, 240


def session(runs: list[Run], dataset: Dataset, minutes: float) -> Iterator[float]:
    """Yield the elapsed share of `minutes` before each step; always 0 if `minutes` is 0.

    Ends when the time is up, or on SIGTERM or Ctrl-C. The runs are saved either way.
    """
    signals: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: signals.append(received))
    start = reported = saved = time.time()
    first, elapsed = runs[0].steps, 0.0
    while not signals and elapsed < 1:
        if runs[0].steps % SCAN_STEPS == 0 or not dataset.buckets:
            dataset.load_new(NEW_CHUNKS)
        yield elapsed
        now = time.time()
        elapsed = (now - start) / (60 * minutes) if minutes else 0.0
        if now - reported > REPORT_SECONDS:
            reported = now
            samples = (runs[0].steps - first) * SETTINGS.parts * SETTINGS.batch
            losses = ", ".join(f"{run.path.stem} {run.steps} loss {run.mean:.4f}" for run in runs)
            speed = samples / (now - start)
            print(f"{losses}; {speed:.1f} samples/s, {len(dataset.chunks)} chunks", flush=True)
        if now - saved > SAVE_SECONDS:
            saved = now
            for run in runs:
                run.save()
    for run in runs:
        run.save()

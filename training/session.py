"""A training session: progress, checkpoints and signals."""

import signal
import time
from collections.abc import Iterator

from training.latents import Known
from training.pace import PACE
from training.run import Run

# drawn chunks that are coded at a time, between two steps; after so many steps more are looked for
NEW_CHUNKS, LOOK = 20, 50
# seconds from one report, and from one checkpoint, to the next
TELL, KEEP = 15, 240


def session(runs: list[Run], known: Known, minutes: float) -> Iterator[float]:
    """The share of the minutes that is gone, before every step of the runs; always 0 where 0.

    It ends with the minutes, or where SIGTERM or Ctrl-C asks it to; the runs are kept either way.
    """
    stopping: list[int] = []
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda number, _: stopping.append(number))
    start = told = kept = time.time()
    first, gone = runs[0].steps, 0.0
    while not stopping and gone < 1:
        if runs[0].steps % LOOK == 0 or not known.shelves:
            known.look_again(NEW_CHUNKS)
        yield gone
        now = time.time()
        gone = (now - start) / (60 * minutes) if minutes else 0.0
        if now - told > TELL:
            told, pace = now, (runs[0].steps - first) * PACE.parts * PACE.batch / (now - start)
            losses = ", ".join(f"{run.path.stem} {run.steps} loss {run.mean:.4f}" for run in runs)
            print(f"{losses}; {pace:.1f} samples/s of {len(known.chunks)} chunks", flush=True)
        if now - kept > KEEP:
            kept = now
            for run in runs:
                run.save()
    for run in runs:
        run.save()

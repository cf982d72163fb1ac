"""`python -m benchmarks.memory [OPTION ...]`: memory of renders of 200 and 2,000 frames.

The command line runs in its own process; peak memory is that of the process (VmHWM), by stage:
listening ends when the first file of the resume state appears. Options are those of `phosphene
render`; without any, `--model none --size 256x256`. Each has its own song, at 24 frames per second.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.table import markdown

FRAMES = (200, 2000)
FPS = 24
RATE = 44100
USUAL = ("--model", "none", "--size", "256x256")


def measure(options: tuple[str, ...]) -> list[dict[str, float]]:
    """Frames, seconds, and peak memory in MiB before painting and in total, for each length."""
    with tempfile.TemporaryDirectory() as name:
        return [_measured(Path(name), frames, options) for frames in FRAMES]


def _measured(folder: Path, frames: int, options: tuple[str, ...]) -> dict[str, float]:
    song, film = folder / f"{frames}.wav", folder / f"{frames}.mp4"
    noise = np.random.default_rng(0).standard_normal((round(frames / FPS * RATE), 2))
    soundfile.write(song, 0.1 * noise, RATE)
    state = film.with_name(f".{film.name}.resume") / "render.json"
    command = [sys.executable, "-c", "from phosphene.cli import main; main()", "render", str(song),
               "-o", str(film), "--fps", str(FPS), *options]  # fmt: skip
    peaks = {"before painting": 0.0, "all": 0.0}
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        errors: list[bytes] = []
        reader = threading.Thread(target=lambda: errors.extend(process.stderr or []))
        reader.start()
        while process.poll() is None:
            peaks["all"] = max(peaks["all"], peak(process.pid))
            if not state.exists() and not film.exists():
                peaks["before painting"] = peaks["all"]
            time.sleep(0.02)
        reader.join()
        if process.returncode:
            sys.exit(b"".join(errors).decode())
    return {"frames": frames, "seconds": time.monotonic() - begun, **peaks}


def peak(process: int) -> float:
    """Peak memory of a process in MiB; 0 if it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def report(options: tuple[str, ...] = USUAL) -> str:
    """The table."""
    rows = measure(options)
    more = 100.0 * (rows[1]["all"] / rows[0]["all"] - 1.0)
    cells = [
        [f"{row['frames']:,}", f"{row['before painting']:.0f}", f"{row['all']:.0f}",
         f"{row['seconds']:.0f}"] for row in rows
    ]  # fmt: skip
    cells.append(["more", "", f"{more:+.1f} %", ""])
    return markdown(
        ["frames, " + " ".join(options), "peak MiB before painting", "peak MiB of all", "seconds"],
        cells,
    )


if __name__ == "__main__":
    print(report(tuple(sys.argv[1:]) or USUAL))

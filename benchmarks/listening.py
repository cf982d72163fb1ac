"""Time of each step of listening, compared with librosa's beat tracker; and of two hours of music.

Every run is a separate process, so imports are included.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.table import markdown

NOCTURNE = Path(__file__).parent.parent / "samples" / "nocturne.flac"
MINUTES = 4
COPIES = 30  # of four minutes: two hours


def song(folder: Path) -> Path:
    """The sample song, repeated to four minutes, as an mp3."""
    sound, rate = soundfile.read(NOCTURNE)
    length = MINUTES * 60 * rate
    path = folder / "song.mp3"
    soundfile.write(path, np.tile(sound, (length // len(sound) + 1, 1))[:length], rate)
    return path


def phosphene_steps(path: str, cache: str, tracker: str) -> dict[str, float]:
    """Listen in this process; seconds of each step by name."""
    begun = time.perf_counter()
    from phosphene.plugins import load_plugins
    from phosphene.song.listening import listen
    from phosphene.song.store.cache import Cache

    last, steps = "start", {}

    def report_step(stage: str, share: float) -> None:
        nonlocal last, begun
        if stage != last:
            now = time.perf_counter()
            steps[last], begun, last = now - begun, now, stage

    spec = load_plugins().trackers[tracker]
    listen(Path(path), report_step, spec, Cache(Path(cache)))
    steps[last] = time.perf_counter() - begun
    return steps


def librosa_steps(path: str) -> dict[str, float]:
    """Beat tracking in a script with librosa; seconds of each step by name."""
    begun = time.perf_counter()
    import librosa

    imported = time.perf_counter()
    samples, rate = librosa.load(path)
    loaded = time.perf_counter()
    librosa.beat.beat_track(y=samples, sr=rate)
    return {
        "start": imported - begun,
        "decode": loaded - imported,
        "beats": time.perf_counter() - loaded,
    }


def alone(function: str, *arguments: object) -> dict[str, Any]:
    """Run a function of this module in a new process: its steps, and the peak memory in MiB."""
    command = [sys.executable, "-m", "benchmarks.listening", function, *map(str, arguments)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(printed.stdout.splitlines()[-1]))


def peak_memory() -> float:
    """Peak memory of this process in MiB; `ru_maxrss` would include its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report() -> str:
    """The tables: four minutes by step, and two hours by memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = song(folder)
        librosa_steps(str(path))  # numba compiles once for all later processes
        runs = {
            "Phosphene": alone("phosphene_steps", path, folder / "a", "bars"),
            "Phosphene again": alone("phosphene_steps", path, folder / "a", "bars"),
            "librosa: `load` and `beat_track` alone": alone("librosa_steps", path),
        }
        mix = folder / "mix.mp3"
        with mix.open("wb") as file:
            for _ in range(COPIES):
                file.write(path.read_bytes())
        runs["Phosphene, two hours"] = alone("phosphene_steps", mix, folder / "b", "bars")
    steps = ("start", "decode", "spectrum", "onsets", "beats", "sections", "cache")
    rows = []
    for what, run in runs.items():
        memory = run.pop("memory")
        parts = [f"{run[step]:.2f}" if step in run else "" for step in steps]
        rows.append([what, *parts, f"**{sum(run.values()):.2f}**", f"{memory:.0f}"])
    columns = ["four minutes, an mp3; seconds", *steps, "all", "peak MiB"]
    return markdown(columns, rows)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print(report())
    else:
        steps = globals()[sys.argv[1]](*sys.argv[2:])
        print(json.dumps(steps | {"memory": peak_memory()}))

"""`python -m benchmarks.start [CHECKOUT]`: the time from a command to its first frame.

The sample project is rendered for one second, by this checkout and by another one if it is named,
in turn. The first frame is the first one that `--progress json` reports, when it was handed to the
encoder. CPU time is that of the process itself, without ffmpeg. `cached` renders have the song, the
graphs and the embeddings of an earlier one; a `new prompt` has all but its embedding; others begin
with an empty cache. The code that numba compiles is kept in all of them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import markdown

HERE = Path(__file__).resolve().parent.parent
PROJECT = HERE / "samples" / "nocturne.toml"
MODELS = ("none", "worlds")
REPEATS = {"cached": 5, "new prompt": 3, "first time": 2}  # `none` has no prompts to encode
CODE = "from phosphene.cli import main; main()"

Times = tuple[float, float]
"""Seconds until the first frame, and seconds of CPU time."""


def first_frame(checkout: Path, model: str, cache: Path, options: tuple[str, ...] = ()) -> Times:
    """Render one second, and return the times of its first frame."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-c", CODE, "render", str(PROJECT), "-o", f"{folder}/film.mp4",
            "--model", model, "--end", "1s", "--progress", "json", *options,
        ]  # fmt: skip
        about = os.environ | {
            "PYTHONPATH": str(checkout / "src"), "PYTHONUNBUFFERED": "1",
            "PHOSPHENE_CACHE": str(cache),
        }  # fmt: skip
        found = None
        begun = time.perf_counter()
        with subprocess.Popen(
            command, env=about, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            for line in process.stdout:
                if found is None and line.startswith("{") and json.loads(line)["done"] == 1:
                    found = time.perf_counter() - begun, cpu_time(process.pid)
            errors = process.stderr.read()
        if found is None or process.returncode:
            sys.exit(errors)
        return found


def cpu_time(process: int) -> float:
    """Seconds of CPU time of a running process, without those that it started (Linux only)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(checkouts: list[Path], model: str) -> dict[str, list[Times]]:
    """The medians of each case, for each checkout."""
    with tempfile.TemporaryDirectory() as name:
        kept = [Path(name) / str(index) for index in range(len(checkouts))]
        for checkout, cache in zip(checkouts, kept, strict=True):
            first_frame(checkout, model, cache)  # fills the caches
        cases = [case for case in REPEATS if model != "none" or case != "new prompt"]
        runs: dict[str, list[list[Times]]] = {case: [[] for _ in checkouts] for case in cases}
        for case in cases:
            for repeat in range(REPEATS[case]):
                options = ("--prompt", f"a reef {repeat}") if case == "new prompt" else ()
                for index, checkout in enumerate(checkouts):
                    new = Path(name) / f"new {index} {repeat}"
                    cache = new if case == "first time" else kept[index]
                    runs[case][index].append(first_frame(checkout, model, cache, options))
    return {case: [_median(times) for times in lists] for case, lists in runs.items()}


def _median(times: list[Times]) -> Times:
    return statistics.median(wall for wall, _ in times), statistics.median(cpu for _, cpu in times)


def report(other: Path | None = None) -> str:
    """The table."""
    checkouts = [HERE] if other is None else [HERE, other.resolve()]
    names = ["here", "the other checkout"][: len(checkouts)]
    columns = [f"{name}: {what}" for name in names for what in ("first frame, s", "CPU, s")]
    rows = []
    for model in MODELS:
        for case, times in measured(checkouts, model).items():
            cells = [f"{value:.2f}" for pair in times for value in pair]
            ratio = [f"{there[0] / times[0][0]:.2f} x" for there in times[1:]]
            rows.append([f"`--model {model}`, {case}", *cells, *ratio])
    return markdown(["command", *columns, *["faster by"] * (len(checkouts) > 1)], rows)


if __name__ == "__main__":
    print(report(Path(sys.argv[1]) if len(sys.argv) > 1 else None))

"""Time and memory of composing, without the analysis of the song."""

from __future__ import annotations

import time
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.table import markdown
from phosphene.composing.compose import FrameFormat, compose
from phosphene.plugins import load_plugins
from phosphene.project.file import make_project
from phosphene.testing import synthetic_song

LAYERS: list[dict[str, Any]] = [
    {"use": "keyframes", "ease": "cubic", "zoom": {"0": 1.0, "50%": 1.02, "100%": 1.0}},
    {"use": "orbit"},
    {"use": "beat", "attack": "0.05s", "look_ahead": True, "to": {"zoom": 0.04, "strength": 0.06}},
    {"use": "onset", "band": "high", "to": {"rotation": 0.8}, "when": {"pattern": "x.xx"}},
    {"use": "level", "to": {"zoom": 0.01, "strength": 0.05}, "between": ["10%", "90%"]},
    {"use": "oscillator", "period": "2 bars", "to": {"rotation": 1.0, "translation_y": 1.0}},
    {"use": "noise", "octaves": 3, "to": {"translation_x": 2.0, "rotation": 0.3}},
    {"use": "expression", "rotation": "where(bar % 4 < 2, sin(tau * t / 8), exp(-6 * since_beat))"},
    {"use": "follow", "of": "zoom", "full": 0.04, "delay": "1 beat", "to": {"rotation": 0.5}},
    {
        "use": "path",
        "points": {"0": [0, 0], "50%": [200, -80], "100%": [0, 0]},
        "amount": {"use": "oscillator", "period": "8 bars", "low": 0.0},
    },
]

CASES = {
    "10,000 frames, 15 fps": (10_000 / 15, 15, 15),
    "the same, rendered at 30 fps": (10_000 / 15, 15, 30),
    "an hour, 60 fps": (3600.0, 60, 60),
}
RUNS = 5


def measure() -> list[dict[str, Any]]:
    """Compose ten layers, of ten kinds, for songs of known length.

    Returns
    -------
    list of dict
        `case`, `frames`, `seconds` (the best of five runs) and `peak_mib` (allocated by Python
        and NumPy, in a separate run).
    """
    return [_measured(case, *form) for case, form in CASES.items()]


def _measured(case: str, duration: float, own_fps: int, fps: int) -> dict[str, Any]:
    song = synthetic_song(duration)
    data = {"song": {"file": "x.wav"}, "video": {"fps": own_fps}, "motion": LAYERS}
    project = make_project(data, Path("benchmark.toml"), load_plugins())
    form = FrameFormat(Fraction(fps), 512, 512)
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        score = compose(project, song, form)
        seconds.append(time.perf_counter() - began)
    tracemalloc.start()
    compose(project, song, form)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return {"case": case, "frames": len(score), "seconds": min(seconds), "peak_mib": peak}


def report() -> str:
    """The table."""
    rows = [
        [row["case"], f"{row['frames']:,}", f"{row['seconds']:.3f}", f"{row['peak_mib']:.0f}"]
        for row in measure()
    ]
    return markdown(["ten layers", "frames", "seconds", "peak MiB"], rows)

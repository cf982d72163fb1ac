"""The table of the motion benchmark: one row per figure, one column per film."""

from __future__ import annotations

from benchmarks.motion.camera import CHANNELS
from benchmarks.motion.figures import Figures
from benchmarks.table import markdown


def table(films: dict[str, Figures]) -> str:
    """The figures of films by name, as in docs/performance.md."""
    columns = [figure_rows(figures) for figures in films.values()]
    return markdown(
        ["", *films], [[label, *(column[label] for column in columns)] for label in columns[0]]
    ).replace("nan", "–")


def figure_rows(figures: Figures) -> dict[str, str]:
    """Every row of one film, by its label."""
    beats, still = figures.beats, figures.still_beats
    return {
        **{f"{name}: correlation, slope": _pair(figures, name) for name in CHANNELS},
        "visual change": f"{figures.change:.1f}",
        "difference of luma; within the margin": _levels(figures, "raw"),
        "flicker: after the commanded camera": _levels(figures, "flicker"),
        "after the commanded camera and grade": _levels(figures, "boil"),
        "change on a beat / one frame before": f"{beats.contrast:.2f}",
        "change on a beat / elsewhere": f"{beats.elsewhere:.2f}",
        "beat F of peaks; beats shifted by half": f"{beats.f:.2f}; {beats.f_shifted:.2f}",
        "peaks late, median, frames": f"{beats.offset:+.1f}",
        "after the camera: on a beat / one frame before": f"{still.contrast:.2f}",
        "after the camera: beat F; shifted by half": f"{still.f:.2f}; {still.f_shifted:.2f}",
        "AV-Align": f"{figures.av_align:.2f}",
    }


def _pair(figures: Figures, name: str) -> str:
    fidelity = figures.camera[name]
    return f"{fidelity.correlation:.2f}, {fidelity.slope:.2f}"


def _levels(figures: Figures, name: str) -> str:
    return f"{getattr(figures.levels, name):.1f}; {getattr(figures.levels_inside, name):.1f}"

"""Compares directed films with the form of their songs, and draws contact sheets.

    phosphene render song.mp3 --idea "the sea at night" --fps 6 --size 192x192 -o night.mp4
    python -m benchmarks.direction night.mp4 --sheets out

Prints a row per film, with the columns of docs/direction.md. `--sheets` writes a picture per film:
a frame every few seconds, with the section of the song below it.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.motion.films import decoded, luma
from benchmarks.table import markdown
from phosphene.composing.compose import compose
from phosphene.film.probe import probe
from phosphene.project.listening import listen
from phosphene.project.schema import Project
from phosphene.song.song import Section

SETTLED = 1.0  # seconds after a boundary that are not compared, because scenes dissolve
BEFORE = 2.0  # seconds before a downbeat that its change is compared with
FAR = 20.0  # seconds
CELL, BAR, COLUMNS, TILES = 112, 18, 12, 84
COLOURS = {
    "intro": (95, 95, 105), "verse": (60, 105, 190), "build": (205, 150, 30),
    "drop": (215, 35, 60), "chorus": (205, 75, 50), "break": (45, 150, 130),
    "bridge": (140, 85, 190), "outro": (95, 95, 105),
}  # fmt: skip
HEAD = (
    "film", "sections", "change at drops and choruses", "motion of breaks / drops",
    "similarity, same label", "similarity, neighbours: mean, most", "similar 20 s later",
)  # fmt: skip


class Film:
    """A film as small pictures, with measurements of its sections.

    Parameters
    ----------
    film : Path
        In the folder of its project, which has the same name.
    """

    def __init__(self, film: Path) -> None:
        self.name = film.stem
        project = Project.load(film.with_suffix(".toml"))
        song = listen(project)
        score = compose(project, song)
        self.begin = float(score.frames[0] / score.fps)
        self.end = self.begin + float(len(score) / score.fps)
        self.sections = [s for s in song.sections if s.start < self.end and s.end > self.begin]
        frames = [
            (cv2.resize(f, (CELL, CELL), interpolation=cv2.INTER_AREA)) for f in decoded(film)
        ]
        self.frames = np.array(frames)
        self.fps = frame_rate(film)
        grey = [luma(frame) for frame in frames]
        self.change = np.array([0.0, *(np.abs(b - a).mean() for a, b in pairwise(grey))])
        self.colours = np.array([_colours(frame) for frame in frames])
        self.shapes = np.array([_shape(frame) for frame in grey])

    def rows(self, start: float, end: float) -> slice:
        """The frames between two times in seconds."""
        first = max(start - self.begin, 0.0) * self.fps + 1e-6
        return slice(int(first), max(int((end - self.begin) * self.fps), 1))

    def inside(self, section: Section) -> slice:
        """The frames of a section without its beginning."""
        return self.rows(
            section.start + min(SETTLED, 0.5 * (section.end - section.start)), section.end
        )

    def motion(self, *roles: str) -> float:
        """The mean change from frame to frame in sections of some roles, 0 to 255."""
        found = [self.change[self.inside(s)] for s in self.sections if s.role in roles]
        return float(np.mean(np.concatenate(found))) if found else float("nan")

    def jumps(self) -> list[str]:
        """The change on the downbeat of drops and choruses, relative to the 2 s before."""
        found = []
        for section in self.sections:
            first = self.rows(section.start, section.end).start
            before = self.change[self.rows(section.start - BEFORE, section.start)]
            if section.role in ("drop", "chorus") and section.start > self.begin + BEFORE:
                found.append(f"{section.role} {self.change[first] / before.max():.1f}")
        return found

    def similarity(self, one: Section, other: Section) -> float:
        """The share of colours that two sections have in common, 0 to 1."""
        means = [self.colours[self.inside(section)].mean(axis=0) for section in (one, other)]
        return float(np.minimum(*means).sum())

    def row(self) -> list[str]:
        """The row of the table."""
        sections = self.sections
        same = [
            self.similarity(a, b)
            for k, a in enumerate(sections)
            for b in sections[k + 2 :]
            if a.label == b.label
        ]
        near = [self.similarity(a, b) for a, b in pairwise(sections) if a.label != b.label]
        lag = int(FAR * self.fps)
        far = (self.shapes[:-lag] * self.shapes[lag:]).sum(axis=1)
        quiet, loud = self.motion("break"), self.motion("drop", "chorus")
        return [
            self.name,
            str(len(sections)),
            ", ".join(self.jumps()),
            "" if np.isnan(quiet) else f"{quiet / loud:.2f}",
            _mean(same),
            f"{_mean(near)}, {max(near):.2f}" if near else "",
            f"{np.mean(far > 0.8):.0%}" if len(far) else "",
        ]

    def sheet(self) -> NDArray[np.uint8]:
        """A frame every few seconds, with the sections below it."""
        length = self.end - self.begin
        step = next((s for s in (1.0, 1.5, 2.0, 3.0, 4.0, 6.0) if length / s <= TILES), 12.0)
        times = np.arange(self.begin, self.end - 0.5 / self.fps, step)
        lines = -(-len(times) // COLUMNS)
        sheet = np.full((lines * (CELL + BAR), COLUMNS * CELL, 3), 255, np.uint8)
        for number, time in enumerate(times):
            left, top = number % COLUMNS * CELL, number // COLUMNS * (CELL + BAR)
            sheet[top : top + CELL, left : left + CELL] = self.frames[self.rows(time, time).start]
            under = sheet[top + CELL : top + CELL + BAR, left : left + CELL]
            for x in range(CELL):
                under[:, x] = COLOURS.get(self._at(time + step * x / CELL).role, (0, 0, 0))
            section = self._at(time + 1.0 / self.fps)
            caption = f"{int(time) // 60}:{int(time) % 60:02d} {section.role} {section.label}"
            sheet[top + CELL : top + CELL + BAR, left : left + CELL] = cv2.putText(
                np.ascontiguousarray(under), caption, (3, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.36,
                (255, 255, 255), 1, cv2.LINE_AA,
            )  # fmt: skip
        return sheet

    def _at(self, time: float) -> Section:
        started = [section for section in self.sections if section.start <= time]
        return (started or self.sections)[-1]


def frame_rate(film: Path) -> float:
    """Frames per second. ffmpeg reports 3.99 for a film at 4 fps whose last frame is shorter."""
    video = probe(film).video
    if video is None or video.fps is None:
        raise SystemExit(f"{film} is not a video with a frame rate")
    return float(round(video.fps) if abs(video.fps - round(video.fps)) < 0.02 else video.fps)


def _mean(values: list[float]) -> str:
    return f"{np.mean(values):.2f}" if values else ""


def _colours(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    """A histogram of the colours of a frame in Lab, which adds up to 1."""
    lab = cv2.cvtColor(frame, cv2.COLOR_RGB2LAB)
    counts = cv2.calcHist([lab], [0, 1, 2], None, [4, 24, 24], [0, 256] * 3)
    total: NDArray[np.float64] = counts.ravel() / counts.sum()
    return total


def _shape(grey: NDArray[np.float32]) -> NDArray[np.float64]:
    """A frame in 16 x 16 pixels, of mean 0 and length 1, so that products are correlations."""
    small = cv2.resize(grey, (16, 16), interpolation=cv2.INTER_AREA).ravel().astype(np.float64)
    small -= small.mean()
    return np.asarray(small / max(np.linalg.norm(small), 1e-9))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.direction", description=__doc__)
    parser.add_argument("films", nargs="+", type=Path)
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets")
    given = parser.parse_args()
    rows = []
    for film in given.films:
        measured = Film(film)
        rows.append(measured.row())
        if given.sheets:
            given.sheets.mkdir(parents=True, exist_ok=True)
            name = str(given.sheets / f"{film.stem}.jpg")
            cv2.imwrite(name, measured.sheet()[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    print(markdown(list(HEAD), rows))


if __name__ == "__main__":
    main()

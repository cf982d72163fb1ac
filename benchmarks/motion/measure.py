"""What a decoded film shows of its Score: the camera, the calm between frames, and the beat."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.motion.beats import BeatFigures, av_align
from benchmarks.motion.camera import CHANNELS, MARGIN, Fidelity, Flow
from benchmarks.motion.films import Frame, decoded
from phosphene.errors import FilmError
from phosphene.paint.grade import grade_matrix
from phosphene.paint.step import step_matrix
from phosphene.paint.warp import warp
from phosphene.score.score import Row, Score
from phosphene.song.song import Song


@dataclass(frozen=True, eq=False)
class Steps:
    """What was measured of every frame; row 0 is the first frame, which has none before it.

    Parameters
    ----------
    seen, commanded : ndarray, shape (n_frames, 4)
        The camera's step by channel; see `benchmarks.motion.camera.CHANNELS`.
    change : ndarray, shape (n_frames,)
        Mean absolute difference from the frame before, in grey levels of 255: what a person sees.
    flicker : ndarray, shape (n_frames,)
        The same from the frame before after the commanded camera, within the margin.
    boil : ndarray, shape (n_frames,)
        The same after the commanded camera and grade: the picture that nothing asked to change.
    flow : ndarray, shape (n_frames,)
        Mean magnitude of Farneback's optical flow, in px, as AV-Align takes it.
    """

    seen: NDArray[np.float64]
    commanded: NDArray[np.float64]
    change: NDArray[np.float64]
    flicker: NDArray[np.float64]
    boil: NDArray[np.float64]
    flow: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of a film, and the `steps` that they are of; means over all but frame 0.

    Parameters
    ----------
    camera : dict of str to Fidelity
        By channel.
    change, change_inside, flicker, boil : float
        Mean of each curve of `Steps`; `change_inside` is the change within the margin, which is
        what `flicker` compares with.
    beats : BeatFigures
        Of the change that is seen.
    still_beats : BeatFigures
        Of the flicker: what is left of the beat without the camera's kicks.
    av_align : float
    """

    camera: dict[str, Fidelity]
    change: float
    change_inside: float
    flicker: float
    boil: float
    beats: BeatFigures
    still_beats: BeatFigures
    av_align: float
    steps: Steps


def measure(film: Path, score: Score, song: Song) -> Figures:
    """Measure a film against the Score that it was painted from.

    Parameters
    ----------
    film : Path
        Any film; it is decoded.
    score : Score
        Of the film's own size and number of frames.
    song : Song
        What the Score was composed of.

    Raises
    ------
    FilmError
        If the film is not that of the Score, or does not decode.
    """
    found: list[NDArray[np.float64]] = []
    flow, before = Flow(score.width, score.height), None
    for i, frame in enumerate(decoded(film)):
        if frame.shape[:2] != (score.height, score.width):
            raise FilmError(
                f"{film} is {frame.shape[1]}x{frame.shape[0]}, and its Score is of "
                f"{score.width}x{score.height}.", "Give the project and size it was rendered with."
            )  # fmt: skip
        if i and i < len(score):
            found.append(_step(flow, before, frame, score, i))
        before = frame
    if len(found) != len(score) - 1 or i >= len(score):
        raise FilmError(f"{film} has {i + 1} frames, and its Score {len(score)}.",
                        "Give the project, fps and excerpt it was rendered with.")  # fmt: skip
    rows = np.array(found)
    return _figures(np.vstack([rows[:1], rows]), score, song)


def _step(flow: Flow, before: Frame, after: Frame, score: Score, i: int) -> NDArray[np.float64]:
    row, matrix = score.row(i), step_matrix(score.row(i), score.width, score.height)
    inside = tuple(slice(round(MARGIN * n), n - round(MARGIN * n)) for n in after.shape[:2])
    new, old = after.astype(np.float32), before.astype(np.float32)
    moved = warp(torch.from_numpy(old / 255.0).permute(2, 0, 1)[None], matrix)
    moved = 255.0 * moved[0].permute(1, 2, 0).numpy()
    graded = np.clip(moved @ _regrade(score.row(i - 1), row).T, 0.0, 255.0).astype(np.float32)
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (before, after)]
    across = cv2.calcOpticalFlowFarneback(*greys, None, 0.5, 3, 15, 3, 5, 1.2, 0)
    differences = [
        np.abs(new - old).mean(),
        *(np.abs(new - other)[inside].mean() for other in (old, moved, graded)),
        np.hypot(across[..., 0], across[..., 1]).mean(),
    ]
    return np.concatenate([flow.seen(before, after), flow.commanded(matrix), differences])


def _regrade(before: Row, row: Row) -> NDArray[np.float64]:
    """The colour matrix from one frame's grade to the next one's."""
    return grade_matrix(row) @ np.linalg.pinv(grade_matrix(before))


def _figures(rows: NDArray[np.float64], score: Score, song: Song) -> Figures:
    change, inside, flicker, boil, flow = rows[:, 8:].T
    steps = Steps(rows[:, :4], rows[:, 4:8], change, flicker, boil, flow)
    camera = {
        name: Fidelity.of(steps.seen[1:, k], steps.commanded[1:, k])
        for k, name in enumerate(CHANNELS)
    }
    return Figures(
        camera=camera,
        change=float(change[1:].mean()),
        change_inside=float(inside[1:].mean()),
        flicker=float(flicker[1:].mean()),
        boil=float(boil[1:].mean()),
        beats=BeatFigures.of(change, score, song),
        still_beats=BeatFigures.of(flicker, score, song),
        av_align=av_align(flow, score, song),
        steps=steps,
    )

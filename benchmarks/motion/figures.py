"""How closely a decoded film follows its Score: camera, flicker, and beats."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.motion.beats import BeatFigures, av_align
from benchmarks.motion.camera import CHANNELS, Fidelity, Flow, within_margin
from benchmarks.motion.films import Frame, decoded, luma
from phosphene.errors import FilmError
from phosphene.film.probe import probe
from phosphene.painting.grading import grade_matrix
from phosphene.painting.motion.step import Matrix, step_matrix
from phosphene.painting.motion.warp import warp
from phosphene.score.score import Score
from phosphene.song.song import Song


@dataclass(frozen=True, eq=False)
class Steps:
    """The measurements of every frame; row 0, of the first frame, repeats row 1.

    Parameters
    ----------
    seen, commanded : ndarray, shape (n_frames, 4)
        The camera's step by channel; see `benchmarks.motion.camera.CHANNELS`.
    change : ndarray, shape (n_frames,)
        Visual change: mean absolute difference from the frame before, of all pixels and colours,
        in levels of 255. Pulses of light and kicks of the camera are included.
    flicker : ndarray, shape (n_frames,)
        Mean absolute difference of the luma from the frame before after the commanded camera.
    flow : ndarray, shape (n_frames,)
        Mean magnitude of Farneback's optical flow, in px, as AV-Align takes it.
    """

    seen: NDArray[np.float64]
    commanded: NDArray[np.float64]
    change: NDArray[np.float64]
    flicker: NDArray[np.float64]
    flow: NDArray[np.float64]


@dataclass(frozen=True)
class Levels:
    """Mean absolute difference of the luma of a frame from the one before, in levels of 255.

    Parameters
    ----------
    raw : float
        Between the frames as shown.
    flicker : float
        After moving the previous frame by the commanded camera.
    boil : float
        After the commanded camera and grade: the change that was not commanded.
    """

    raw: float
    flicker: float
    boil: float


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of a film; means are over all frames but the first.

    Parameters
    ----------
    camera : dict of str to Fidelity
        By channel.
    change : float
        Mean of `Steps.change`.
    levels, levels_inside : Levels
        Of entire frames, and within the margin, which no pixels enter from outside.
    beats : BeatFigures
        Of `Steps.change`.
    still_beats : BeatFigures
        Of `Steps.flicker`: the beat without the camera's kicks.
    av_align : float
    steps : Steps
    """

    camera: dict[str, Fidelity]
    change: float
    levels: Levels
    levels_inside: Levels
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
        The song of the Score.

    Raises
    ------
    FilmError
        If the film does not match the Score, or cannot be decoded.
    """
    video = probe(film).video
    if video is not None and (video.width, video.height) != (score.width, score.height):
        raise FilmError(
            f"{film} is {video.width}x{video.height}; its Score is {score.width}x{score.height}.",
            "Use the project and the size with which it was rendered.",
        )
    flow, steps = Flow(score.width, score.height), []
    count = 1
    for before, after in pairwise(decoded(film)):
        if count < len(score):
            steps.append(_step(flow, before, after, score, count))
        count += 1
    if count != len(score) or count < 2:
        raise FilmError(
            f"{film} has {count} frames; its Score has {len(score)}.",
            "Use the project, fps and excerpt with which it was rendered; at least two frames.",
        )
    return _figures(np.array([steps[0], *steps]), score, song)


def _step(flow: Flow, before: Frame, after: Frame, score: Score, i: int) -> NDArray[np.float64]:
    row, matrix = score.row(i), step_matrix(score.row(i), score.width, score.height)
    old, new = luma(before), luma(after)
    moved = regraded = _moved(old, matrix)
    grades = grade_matrix(score.row(i - 1)), grade_matrix(row)
    if not np.array_equal(*grades):
        colours = before @ (grades[1] @ np.linalg.pinv(grades[0])).T
        regraded = _moved(luma(np.clip(colours, 0.0, 255.0)), matrix)
    missed = [np.abs(new - predicted) for predicted in (old, moved, regraded)]
    first, second = (np.rint(one).astype(np.uint8) for one in (old, new))
    across = cv2.calcOpticalFlowFarneback(first, second, None, 0.5, 3, 15, 3, 5, 1.2, 0)
    figures = [
        cv2.absdiff(before, after).mean(),
        *(one.mean() for one in missed),
        *(within_margin(one).mean() for one in missed),
        np.hypot(across[..., 0], across[..., 1]).mean(),
    ]
    return np.concatenate([flow.seen(old, new), flow.commanded(matrix), figures])


def _moved(grey: NDArray[np.float32], matrix: Matrix) -> NDArray[np.float32]:
    picture = torch.from_numpy(np.ascontiguousarray(grey)[None, None] / 255.0)
    return np.float32(255.0) * warp(picture, matrix)[0, 0].numpy()


def _figures(rows: NDArray[np.float64], score: Score, song: Song) -> Figures:
    seen, commanded = rows[:, : len(CHANNELS)], rows[:, len(CHANNELS) : 2 * len(CHANNELS)]
    change, *levels, flow = rows[:, 2 * len(CHANNELS) :].T
    steps = Steps(seen, commanded, change, levels[1], flow)
    camera = {name: Fidelity.of(seen[1:, k], commanded[1:, k]) for k, name in enumerate(CHANNELS)}
    return Figures(
        camera=camera,
        change=float(change[1:].mean()),
        levels=Levels(*(float(one[1:].mean()) for one in levels[:3])),
        levels_inside=Levels(*(float(one[1:].mean()) for one in levels[3:])),
        beats=BeatFigures.of(change, score, song),
        still_beats=BeatFigures.of(steps.flicker, score, song),
        av_align=av_align(flow, score, song),
        steps=steps,
    )

"""Scores of beats against annotations, by mir_eval."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import mir_eval
import numpy as np

WINDOW = 0.07  # seconds: tolerance of a correct beat


@dataclass(frozen=True)
class Scores:
    """The scores of one song, 0 to 1.

    Parameters
    ----------
    beat : float
        F-measure within `WINDOW`.
    cmlt, amlt : float
        Share of the song that is tracked continuously, at the annotated tempo (CMLt) and at any
        plausible one: half, double, off-beat (AMLt).
    downbeat : float
        F-measure of the downbeats within `WINDOW`.
    """

    beat: float
    cmlt: float
    amlt: float
    downbeat: float


def score(
    beats: np.ndarray, downbeats: np.ndarray, found: np.ndarray, found_downbeats: np.ndarray
) -> Scores:
    """Score detected beats against the truth; like mir_eval, it ignores the first 5 s."""
    truth, guess, bars, guessed_bars = map(
        mir_eval.beat.trim_beats, (beats, found, downbeats, found_downbeats)
    )
    _, cmlt, _, amlt = mir_eval.beat.continuity(truth, guess)
    return Scores(
        mir_eval.beat.f_measure(truth, guess, WINDOW),
        cmlt,
        amlt,
        mir_eval.beat.f_measure(bars, guessed_bars, WINDOW),
    )


def mean(scores: list[Scores]) -> Scores:
    """The mean of each figure over songs."""
    return Scores(*np.mean([astuple(one) for one in scores], axis=0).tolist())


def offsets(beats: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Delays in seconds of the detected beats that match an annotated one within `WINDOW`."""
    pairs = mir_eval.util.match_events(beats, found, WINDOW)
    return np.array([found[j] - beats[i] for i, j in pairs])

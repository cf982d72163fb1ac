"""Scores of sections against annotations, by mir_eval."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import mir_eval
import numpy as np

from benchmarks.structure.forms import Form


@dataclass(frozen=True)
class Scores:
    """The scores of one song, 0 to 1.

    Parameters
    ----------
    half, three : float
        F-measure of the boundaries within 0.5 s and 3 s, without the song's start and end.
    pairwise : float
        F-measure of pairs of moments with the same label.
    v : float
        V-measure of the labels.
    count : float
        Number of sections, relative to the true number.
    """

    half: float
    three: float
    pairwise: float
    v: float
    count: float


def score(truth: Form, found: Form) -> Scores:
    """Compare sections with the truth."""
    end = float(truth.edges[-1])
    true, true_labels = _within(truth, end)
    guess, labels = _within(found, end)
    half, three = (
        mir_eval.segment.detection(true, guess, window=window, trim=True)[2]
        for window in (0.5, 3.0)
    )
    return Scores(
        half,
        three,
        mir_eval.segment.pairwise(true, true_labels, guess, labels)[2],
        mir_eval.segment.vmeasure(true, true_labels, guess, labels)[2],
        len(labels) / len(true_labels),
    )


def _within(form: Form, end: float) -> tuple[np.ndarray, list[str]]:
    intervals, labels = mir_eval.util.adjust_intervals(
        form.intervals, labels=list(form.labels), t_min=0.0, t_max=end
    )
    return intervals, labels


def mean(scores: list[Scores]) -> Scores:
    """The mean of each figure over songs."""
    return Scores(*np.mean([astuple(one) for one in scores], axis=0).tolist())

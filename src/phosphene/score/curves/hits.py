"""Hits: envelopes over the frames from the times of events."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phosphene.bounds import VALUES, require_affordable
from phosphene.score.channels import Curve
from phosphene.score.curves.envelopes import own_frames
from phosphene.score.timeline import Timeline

Seconds = Curve | float

MAX_VALUES = 10 * VALUES  # frames of all hits together: a few seconds of work
_AT_ONCE = 1 << 20  # ... of the hits in one batch
_SPANS = ("attack", "hold", "decay", "length", "release")
_INSTANT = 1e-9  # seconds; anything shorter is immediate


@dataclass(frozen=True)
class HitShape:
    """The envelope of a hit: attack, hold, decay to `sustain`, and release.

    Parameters
    ----------
    attack, hold, decay, length, release : float or ndarray, shape (n_hits,)
        Seconds. After the attack the hit holds its peak, falls over the decay to `sustain`, and
        stays there until `length` has passed since its peak, like a held key; then it is released.
        A `length` shorter than hold and decay has no effect.
    sustain : float
        Level after the decay, as a share of the height.
    attack_bend, release_bend : float
        1 is linear; above 1 the attack starts slowly, and decay and release start fast.
    look_ahead : bool
        Whether the attack ends on the hit instead of starting with it.
    """

    attack: Seconds = 0.0
    hold: Seconds = 0.0
    decay: Seconds = 0.0
    sustain: float = 1.0
    length: Seconds = 0.0
    release: Seconds = 0.0
    attack_bend: float = 1.0
    release_bend: float = 2.0
    look_ahead: bool = False

    def on_frames(self, frame_length: float, most: int) -> tuple[int, NDArray[np.float64]]:
        """A hit of height 1: the maximum over the time that each frame is shown.

        Parameters
        ----------
        frame_length : float
            Seconds.
        most : int
            Number of frames of the song; frames further from the hit are dropped.

        Returns
        -------
        before : int
            Number of rows before the hit's own frame.
        heights : ndarray, shape (n_frames, n_hits), or (n_frames, 1) if all hits are equal
        """
        attack, hold, decay, length, release = np.broadcast_arrays(
            *np.atleast_1d(self.attack, self.hold, self.decay, self.length, self.release)
        )
        held = np.maximum(hold + decay, length)
        # With look-ahead the hit's own frame is its peak; the attack ends where the frame begins.
        top = np.zeros_like(attack) if self.look_ahead else attack
        before = min(int(np.ceil(np.max(attack - top) / frame_length)), most)
        after = min(int(np.ceil(np.max(top + held + release) / frame_length)), most) + 1
        start = np.arange(-before, after + 1)[:, None] * frame_length
        end = start if self.look_ahead else start + frame_length
        risen = np.clip(1.0 + (end - top) / np.maximum(attack, _INSTANT), 0.0, 1.0)
        since = start - top
        decayed = _remaining(since - hold, decay) ** self.release_bend
        released = _remaining(since - held, release) ** self.release_bend
        falling = (self.sustain + (1.0 - self.sustain) * decayed) * released
        # The peak is in this frame, before it, or after it.
        return before, np.where(since > _INSTANT, falling, risen**self.attack_bend)

    def longest(self) -> float:
        """Upper bound of the duration of the longest hit in seconds."""
        return float(np.max(self.attack + self.hold + self.decay + self.length + self.release))

    def of(self, part: slice | NDArray[np.intp]) -> HitShape:
        """The envelope of some of the hits."""
        spans = {name: getattr(self, name) for name in _SPANS}
        several = {name: span[part] for name, span in spans.items() if np.ndim(span)}
        return replace(self, **several)


def _remaining(since: Curve, span: Curve) -> Curve:
    """Remaining share, 1 to 0, of a span that began `since` seconds ago."""
    return np.clip(1.0 - np.maximum(since, 0.0) / np.maximum(span, _INSTANT), 0.0, 1.0)


def hit_train(
    times: Curve,
    weights: Curve,
    shape: HitShape,
    timeline: Timeline,
    evenly: bool = True,
) -> Curve:
    """Envelope of a train of hits; where they overlap, the maximum counts.

    A hit begins with the frame whose interval contains it. With an attack of 0, or with
    look-ahead, that frame is strictly its peak; otherwise a hit late in a frame would be as high
    in the next one.

    Parameters
    ----------
    times : ndarray, shape (n_hits,)
        Seconds, in any order.
    weights : ndarray, shape (n_hits,)
        Height of each hit, 0 to 1.
    shape : HitShape
    timeline : Timeline
    evenly : bool
        Whether to scale each hit at another frame rate so that it adds up to the same path as at
        the project's own, as speeds need. Otherwise its peak keeps its height, as `strength`
        needs.

    Returns
    -------
    ndarray, shape (n_frames,)
        At the project's own fps 0 to the highest weight, which a hit reaches exactly.
    """
    envelope = np.zeros(timeline.n_frames)
    if len(times) == 0:
        return envelope
    order = np.lexsort((-1.0 * weights, times))  # at equal times, the highest first
    times, weights, shape = times[order], weights[order], shape.of(order)
    alone = _alone(times, weights)
    fps = float(max(timeline.fps, timeline.project_fps))
    rows = int(min(shape.longest(), timeline.song.duration) * fps) + 3
    require_affordable(
        rows * len(times), "frames of hits", "Shorten the release, or another span.", MAX_VALUES
    )
    size = max(1, _AT_ONCE // rows)
    for first in range(0, len(times), size):
        part = slice(first, first + size)
        before, heights = _heights(shape.of(part), alone[part], timeline, evenly)
        begins = np.floor(times[part] / float(1 / timeline.fps) + 1e-6).astype(np.int64) - before
        for later, height in enumerate(heights * weights[part]):
            frame = begins + later
            inside = (frame >= 0) & (frame < timeline.n_frames)
            np.maximum.at(envelope, frame[inside], height[inside])
    return envelope


def _heights(
    shape: HitShape, alone: Curve, timeline: Timeline, evenly: bool
) -> tuple[int, NDArray[np.float64]]:
    """`HitShape.on_frames` for the frames of the timeline, scaled if `evenly`."""
    frame_length, own_length = float(1 / timeline.fps), float(1 / timeline.project_fps)
    before, heights = shape.on_frames(frame_length, timeline.n_frames)
    if evenly and timeline.fps != timeline.project_fps:
        most = own_frames(timeline).n_frames
        own = _sums(*shape.on_frames(own_length, most), alone / own_length) * own_length
        heights = heights * own / (_sums(before, heights, alone / frame_length) * frame_length)
    return before, heights


def _alone(times: Curve, weights: Curve) -> Curve:
    """Seconds until the next later hit of at least the same height, shape (n_hits,)."""
    alone = np.full(len(times), np.inf)
    waiting: list[int] = []
    for number, (time, weight) in enumerate(zip(times.tolist(), weights.tolist(), strict=True)):
        while waiting and weights[waiting[-1]] <= weight and times[waiting[-1]] < time:
            covered = waiting.pop()
            alone[covered] = time - times[covered]
        waiting.append(number)
    return alone


def _sums(before: int, heights: NDArray[np.float64], frames: Curve) -> Curve:
    """The sum of each hit up to a number of frames after the start of its own.

    Fractions of a frame count in part, which is the mean over all alignments of hits and frames,
    so that equally spaced hits are scaled equally.
    """
    totals = np.concatenate([np.zeros((1, heights.shape[1])), np.cumsum(heights, axis=0)])
    rows = np.clip(before + frames, 0.0, len(heights))
    row = np.minimum(rows.astype(np.int64), len(heights) - 1)
    column = np.arange(len(frames)) if heights.shape[1] > 1 else 0
    sums: Curve = totals[row, column] + (rows - row) * heights[row, column]
    return sums


def hits(
    times: Curve, weights: Curve, attack: Seconds, release: Seconds, timeline: Timeline
) -> Curve:
    """Envelope of a train of hits, with an attack and a release; the maximum counts.

    The attack is linear, and the release is (1 - u)**2, where u runs from 0 to 1.

    Parameters
    ----------
    times : ndarray, shape (n_hits,)
        Seconds, in any order.
    weights : ndarray, shape (n_hits,)
        Height of each hit, 0 to 1.
    attack, release : float or ndarray, shape (n_hits,)
        Seconds, 0 or more.
    timeline : Timeline

    Returns
    -------
    ndarray, shape (n_frames,)
    """
    return hit_train(times, weights, HitShape(attack=attack, release=release), timeline)

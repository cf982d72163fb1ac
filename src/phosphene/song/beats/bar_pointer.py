"""The bar pointer: the most probable beats and bars, given activations.

The model is that of Krebs, Böck and Widmer, "An efficient state-space model for joint tempo and
meter tracking", ISMIR 2015, but with one state per beat instead of per frame, to keep them few. A
state is a position in a bar and the tempo to the next beat. The score of a path is the evidence of
its beats, minus the cost of changes of tempo and metre. A path may also rest: through silence or
passages without beats, or to restart at another tempo. The best path is found with the Viterbi
algorithm, in windows, so memory is bounded.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

SLOWEST, FASTEST = 50.0, 228.0  # BPM
#: Beats per bar, and the log probability of such a bar relative to a bar of 4.
METRES = {2: 0.3, 3: 0.2, 4: 0.0, 5: 1.0, 6: 1.0, 7: 1.5}
_STEP = 0.025  # step between tempi, as a logarithm
_USUAL, _SPREAD = 115.0, 0.7  # BPM and octaves: prior of the initial tempo
_UNEVEN = 1.0  # deviation of a beat from its tempo in frames
_UPBEAT = 0.5  # log probability of beginning inside a bar
_REACH = 4  # largest change of tempo between beats, in steps
_CHANGE = 1.0  # cost of each step
_NEW_METRE = 14.0  # cost of a change of metre at a bar line
_REST, _BEGIN = 8.0, 4.0  # cost of starting a rest, and of ending it
_PAUSE, _AGAIN = 4.0, 16.0  # seconds, and the cost of ending a shorter rest
_NEVER = np.float32(-1e9)
_AT_FIRST = -1 << 40  # a rest that began before the song
_WINDOW = 60.0  # seconds per window; earlier windows are final
_BIAS = 1.5  # added to the log odds of a beat: even odds count as a beat
_LEAST, _MOST = -2.5, 6.0  # limit of the score of one beat
_BARS = 2.0  # weight of the evidence for bars relative to that for beats
_SURE = 0.8  # and less where downbeats are less certain than this
_SHARE = 1 / 3  # minimum share of the beat activation that counts as downbeats
_UNSURE = 0.04  # upper limit of the certainty of a downbeat


@dataclass(frozen=True, eq=False)
class BarStates:
    """All tempi and positions at a frame rate.

    Parameters
    ----------
    lengths : np.ndarray, shape (n_tempi, 3), intp
        Possible durations of one beat in frames.
    uneven : np.ndarray, shape (n_tempi, 3), float32
        Log probability of each duration.
    rare : np.ndarray, shape (n_metres,), float32
        Log probability of a bar of each metre relative to a bar of four beats.
    firsts, lasts : np.ndarray, shape (n_metres,), intp
        Positions of the first and the last beat of each metre's bar.
    before : np.ndarray, shape (n_positions,), intp
        The previous position in the same metre.
    downbeat : np.ndarray, shape (n_positions,), bool
        Whether a position begins a bar.
    metre : np.ndarray, shape (n_positions,), intp
        Number of beats in the bar of each position.
    begin : np.ndarray, shape (n_tempi, n_positions), float32
        Log probability that a song begins there.
    """

    lengths: Indices
    uneven: Floats
    rare: Floats
    firsts: Indices
    lasts: Indices
    before: Indices
    downbeat: NDArray[np.bool_]
    metre: Indices
    begin: Floats


def bar_states(rate: float) -> BarStates:
    """The states for `rate` frames per second."""
    slowest, fastest = np.log(60 * rate / SLOWEST), np.log(60 * rate / FASTEST)
    periods = np.exp(np.arange(fastest, slowest, _STEP))
    lengths = np.rint(periods)[:, None] + [-1, 0, 1]
    uneven = -0.5 * ((lengths - periods[:, None]) / _UNEVEN) ** 2
    metres, rare = np.array(list(METRES)), np.array(list(METRES.values()))
    ends = np.cumsum(metres)
    firsts, lasts = ends - metres, ends - 1
    before = np.arange(ends[-1]) - 1
    before[firsts] = lasts
    downbeat = np.isin(np.arange(ends[-1]), firsts)
    tempo = -0.5 * (np.log2(60 * rate / periods / _USUAL) / _SPREAD) ** 2
    # Beginning inside a bar costs the corresponding part; the bar line then costs the next bar.
    left = np.repeat(ends, metres) - np.arange(ends[-1])
    place = -np.repeat(rare / metres, metres) * left - _UPBEAT * ~downbeat
    return BarStates(
        lengths.astype(np.intp),
        uneven.astype(np.float32),
        rare.astype(np.float32),
        firsts,
        lasts,
        before,
        downbeat,
        np.repeat(metres, metres),
        (tempo[:, None] + place).astype(np.float32),
    )


State = tuple[int, int, int]  # frame of a beat, following tempo, position in the bar


class Trellis:
    """Scores of the best paths to each state, for the last two windows of frames.

    `evidence[frame]` is the score of a beat that does not begin a bar, and of one that does.
    `scores[frame - origin, tempo, position]` is for paths with a beat at `position` on `frame`;
    `rests[frame]` for paths that have been at rest since `since[frame]`.
    """

    def __init__(self, evidence: Floats, states: BarStates, window: int, pause: int) -> None:
        self.evidence, self.states, self.window = evidence, states, window
        self.soonest, self.latest = int(states.lengths.min()), int(states.lengths.max())
        self.pause = pause
        n_frames, self.origin = len(evidence), -self.latest
        size = min(2 * window, n_frames) + self.latest
        self.scores = np.full((size, *states.begin.shape), _NEVER, np.float32)
        self.rests = np.zeros(n_frames, np.float32)
        self.since = np.full(n_frames, _AT_FIRST)

    def advance(self, start: int, stop: int) -> None:
        """Score the frames from `start` to `stop`."""
        if stop - self.origin > len(self.scores):
            self.scores[: -self.window] = self.scores[self.window :]
            self.origin += self.window
        # No beat is shorter than `soonest`, so that many frames depend only on earlier ones.
        for first in range(start, stop, self.soonest):
            self._score(np.arange(first, min(first + self.soonest, stop)))

    def _score(self, frames: NDArray[np.intp]) -> None:
        states, n_tempi = self.states, len(self.states.lengths)
        arrived = self._arrivals(frames, slice(None)).max(axis=2)
        self._rest(frames, arrived.max(axis=(1, 2)) - np.float32(_REST))
        # A bar is followed by one of the same metre, or of another one at a cost.
        ends = arrived[..., states.lasts]
        another = ends.max(axis=-1, keepdims=True) - np.float32(_NEW_METRE)
        onward = np.full((len(frames), n_tempi + 2 * _REACH, len(states.before)), _NEVER)
        onward[:, _REACH : _REACH + n_tempi] = arrived[..., states.before]
        onward[:, _REACH : _REACH + n_tempi, states.firsts] = (
            np.maximum(ends, another) - states.rare
        )
        best = states.begin + self._beginnings(frames)[:, None, None]
        for step in range(2 * _REACH + 1):
            cost = np.float32(_CHANGE * abs(step - _REACH))
            np.maximum(best, onward[:, step : step + n_tempi] - cost, out=best)
        place = self.evidence[frames][:, states.downbeat.astype(np.intp)]
        self.scores[frames - self.origin] = best + place[:, None]

    def _arrivals(self, frames: NDArray[np.intp], tempi: slice) -> Floats:
        """Scores of reaching `frames` with beats of each length: (n, tempo, length, position)."""
        states = self.states
        began = frames[:, None, None] - states.lengths[tempi] - self.origin
        tempo = np.arange(len(states.lengths))[tempi, None]
        scores: NDArray[np.float32] = self.scores[began, tempo] + states.uneven[tempi, :, None]
        return scores

    def _rest(self, frames: NDArray[np.intp], fallen: Floats) -> None:
        """Scores of resting in `frames`: continued, or started there (`fallen`)."""
        before = frames[0] - 1
        rest, since = (self.rests[before], self.since[before]) if before >= 0 else (0.0, _AT_FIRST)
        best = np.maximum.accumulate(np.concatenate([[np.float32(rest)], fallen]))
        newly = np.where(best[1:] > best[:-1], frames, since)
        self.rests[frames], self.since[frames] = best[1:], np.maximum.accumulate(newly)

    def _beginnings(self, frames: NDArray[np.intp] | int) -> Floats:
        """Scores of starting in `frames`: after a short rest, or after a pause."""
        scores: NDArray[np.float32] = np.maximum(
            self.rests[frames] - np.float32(_AGAIN), self._paused(frames)
        )
        return scores

    def _paused(self, frames: NDArray[np.intp] | int) -> Floats:
        """Scores of starting after a pause, such as at the start of the song."""
        before = np.asarray(frames) - self.pause
        best = np.where(before < 0, np.float32(0), self.rests[np.maximum(before, 0)])
        return best - np.float32(_BEGIN)

    def trace(self, stop: int, start: int) -> list[State]:
        """The best path's beats from `start`, or a little earlier, to `stop`."""
        state, frame = self._last(stop), stop - 1
        path: list[State] = []
        while frame >= max(start, 0):
            if state is None:
                state, frame = self._before_rest(frame)
                if state is None:
                    break
            path.append(state)
            frame = state[0]
            state = self._before(state)
            if state is None and self._beginnings(frame) == self._paused(frame):
                frame -= self.pause
        return path[::-1]

    def _last(self, stop: int) -> State | None:
        """The best state of the last beat, or None if the song ends at rest."""
        frames = np.arange(stop - self.latest, stop)
        tail = self.scores[frames - self.origin]
        best = np.unravel_index(np.argmax(tail), tail.shape)
        if tail[best] <= self.rests[stop - 1]:
            return None
        return int(frames[best[0]]), int(best[1]), int(best[2])

    def _before_rest(self, frame: int) -> tuple[State | None, int]:
        """The state before a rest that lasts until `frame`, and the frame in which it began."""
        fell = int(self.since[frame])
        if fell - self.latest < self.origin:
            return None, fell
        arrived = self._arrivals(np.array([fell]), slice(None))[0]
        tempo, length, position = np.unravel_index(np.argmax(arrived), arrived.shape)
        return (fell - int(self.states.lengths[tempo, length]), int(tempo), int(position)), fell

    def _before(self, state: State) -> State | None:
        """The state before a beat, or None if the path was at rest."""
        frame, tempo, position = state
        states = self.states
        first = max(tempo - _REACH, 0)
        tempi = slice(first, tempo + _REACH + 1)
        arrived = self._arrivals(np.array([frame]), tempi)[0]
        steps = np.abs(np.arange(first, first + len(arrived)) - tempo)
        arrived -= (_CHANGE * steps)[:, None, None].astype(np.float32)
        if states.downbeat[position]:
            sources = states.lasts
            same = states.firsts == position
            price = states.rare[same] + np.where(same, 0, np.float32(_NEW_METRE))
        else:
            sources, price = states.before[[position]], np.zeros(1, np.float32)
        arrived = arrived[:, :, sources] - price
        best = np.unravel_index(np.argmax(arrived), arrived.shape)
        begun = states.begin[tempo, position] + self._beginnings(frame)
        if begun >= arrived[best]:
            return None
        before = first + int(best[0])
        length = int(states.lengths[before, best[1]])
        return frame - length, before, int(sources[best[2]])


@dataclass(frozen=True, eq=False)
class Beats:
    """Beats on the frames of the activations.

    Parameters
    ----------
    frames : np.ndarray, shape (n_beats,), intp
    downbeat : np.ndarray, shape (n_beats,), bool
        Whether a beat begins a bar.
    metres : np.ndarray, shape (n_beats,), intp
        Number of beats in the bar of each beat.
    """

    frames: NDArray[np.intp]
    downbeat: NDArray[np.bool_]
    metres: NDArray[np.intp]


def follow(activations: NDArray[np.floating], rate: float) -> Beats:
    """Find the most probable beats and bars.

    Parameters
    ----------
    activations : np.ndarray, shape (n_frames, 2)
        Probability of a beat and of a downbeat in each frame; downbeats are also beats.
    rate : float
        Frames per second.
    """
    n_frames, window = len(activations), round(_WINDOW * rate)
    trellis = Trellis(_evidence(activations), bar_states(rate), window, round(_PAUSE * rate))
    found: list[State] = []
    for start in range(0, n_frames, window):
        stop = min(start + window, n_frames)
        trellis.advance(start, stop)
        path = trellis.trace(stop, start - window)
        settled = n_frames if stop == n_frames else start
        nearest = found[-1][0] + trellis.soonest if found else 0
        found += [state for state in path if nearest <= state[0] < settled]
    frames = np.array([state[0] for state in found], dtype=np.intp)
    positions = np.array([state[2] for state in found], dtype=np.intp)
    return Beats(frames, trellis.states.downbeat[positions], trellis.states.metre[positions])


def _evidence(activations: NDArray[np.floating]) -> Floats:
    """Scores of a beat that does not begin a bar, and of one that does, shape (n_frames, 2)."""
    beat = np.clip(activations[:, 0].astype(np.float64), 1e-4, 1 - 1e-4)
    odds = np.clip(np.log(beat / (1 - beat)) + _BIAS, _LEAST, _MOST)
    share, taken = activations[:, 1] / beat, np.minimum(activations[:, 1], beat)
    # With weak evidence for bars, the fewest bars would score best; scale it to the usual share.
    usual = np.clip(taken.sum() / max(beat.sum(), 1e-4), _UNSURE, _SHARE)
    chance = share * (_SHARE / usual) * (1 - usual) / (1 - _SHARE)
    share = np.clip(chance / (1 + chance - share), _UNSURE, 1 - _UNSURE)
    # Equal clicks differ by their position within a frame, which also repeats periodically.
    sure = (taken**2 / beat).sum() / max(taken.sum(), 1e-4)
    weight = _BARS * min(sure / _SURE, 1.0) ** 2 * beat
    bars = weight[:, None] * np.log(np.stack([1 - share, share], axis=1))
    scores: NDArray[np.float32] = odds.astype(np.float32)[:, None] + bars.astype(np.float32)
    return scores

"""The Viterbi search of the bar pointer: scores forward, the best path back, in bounded memory.

The score of a path is the evidence of its beats, minus the cost of changes of tempo and metre. A
path may also rest: through silence or passages without beats, or to restart at another tempo.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phosphene.song.bar_states import BarStates, Floats

_REACH = 4  # largest change of tempo between beats, in steps
_CHANGE = 1.0  # cost of each step
_NEW_METRE = 14.0  # cost of a change of metre at a bar line
_REST, _BEGIN = 8.0, 4.0  # cost of starting a rest, and of ending it
_PAUSE, _AGAIN = 4.0, 16.0  # and of ending a rest that is shorter than this, in seconds
_NEVER = np.float32(-1e9)
_AT_FIRST = -1 << 40  # a rest that began before the song

State = tuple[int, int, int]  # frame of a beat, following tempo, position in the bar


@dataclass(frozen=True, eq=False)
class Evidence:
    """Score of a beat in each frame, shape (n_frames,), and additions for downbeats and others."""

    beat: Floats
    downbeat: Floats
    upbeat: Floats


class Trellis:
    """Scores of the best paths to each state, for the last two windows of frames.

    `scores[frame - origin, tempo, position]` is for paths with a beat at `position` on `frame`;
    `rests[frame]` for paths that have been at rest since `since[frame]`.
    """

    def __init__(self, evidence: Evidence, states: BarStates, window: int) -> None:
        self.evidence, self.states, self.window = evidence, states, window
        self.soonest, self.latest = int(states.lengths.min()), int(states.lengths.max())
        self.pause = round(_PAUSE * states.rate)
        n_frames, latest = len(evidence.beat), self.latest
        n_tempi, n_positions = states.begin.shape
        kept = min(2 * window, n_frames) + latest
        self.origin = -latest
        self.scores = np.full((kept, n_tempi, n_positions), _NEVER, np.float32)
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
        states, n_tempi = self.states, len(self.states.periods)
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
        seen = self.evidence
        place = np.where(states.downbeat, seen.downbeat[frames, None], seen.upbeat[frames, None])
        self.scores[frames - self.origin] = best + (seen.beat[frames, None] + place)[:, None]

    def _arrivals(self, frames: NDArray[np.intp], tempi: slice) -> Floats:
        """Scores of reaching `frames` with beats of each length: (n, tempo, length, position)."""
        states = self.states
        began = frames[:, None, None] - states.lengths[tempi] - self.origin
        tempo = np.arange(len(states.periods))[tempi, None]
        return self.scores[began, tempo] + states.uneven[tempi, :, None]

    def _rest(self, frames: NDArray[np.intp], fallen: Floats) -> None:
        """Scores of resting in `frames`: continued, or started there (`fallen`)."""
        before = frames[0] - 1
        rest, since = (self.rests[before], self.since[before]) if before >= 0 else (0.0, _AT_FIRST)
        best = np.maximum.accumulate(np.concatenate([[np.float32(rest)], fallen]))
        newly = np.where(best[1:] > best[:-1], frames, since)
        self.rests[frames], self.since[frames] = best[1:], np.maximum.accumulate(newly)

    def _beginnings(self, frames: NDArray[np.intp] | int) -> Floats:
        """Scores of starting in `frames`: after a short rest, or after a pause."""
        return np.maximum(self.rests[frames] - np.float32(_AGAIN), self._paused(frames))

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

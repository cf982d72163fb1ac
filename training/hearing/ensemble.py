"""Plays a practice song section by section: parts, fills, stops, shortened bars."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from training.hearing.audible import bars_audible, beats_audible, strokes
from training.hearing.band import Player
from training.hearing.groove import Groove
from training.hearing.harmony import Chord, Harmony
from training.hearing.metre import Metre
from training.hearing.score import Note, Part

Rows = list[list[Chord]]


@dataclass(eq=False)
class Ensemble:
    """The players of a song, and the length of each bar so far, in beats.

    `keepers` mark beats and downbeats where the others do not. Drum patterns are chosen for `bpm`;
    if it is `far` from the usual tempo, a snare must mark it.
    """

    rng: np.random.Generator
    metre: Metre
    bpm: float
    far: bool
    players: list[Player]
    keepers: tuple[Player, Player]
    drums: Part
    has_drums: bool
    cuts: bool  # whether some bars are shortened
    bars: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.harmony, self.groove = Harmony(self.rng), self._groove()

    def section(self, n_bars: int) -> None:
        """Play a section of `n_bars` bars."""
        rng, first, start = self.rng, not self.bars, float(sum(self.bars))
        rows = [
            [replace(chord, at=chord.at + start) for chord in row]
            for row in self.harmony.section(self.metre, n_bars)
        ]
        drummed = self.has_drums and rng.random() < (0.7 if first else 0.92)
        playing = [rng.random() < 0.78 for _ in self.players]
        if not (drummed or any(playing)):
            playing[int(rng.integers(len(self.players)))] = True
        if not first and rng.random() < 0.12:
            self.groove = self._groove()
        if not first and rng.random() < 0.06:
            self.harmony.key = (self.harmony.key + int(rng.choice([1, 2, 5, 7]))) % 12
        stop = n_bars - 1 if rng.random() < 0.06 and n_bars > 2 else -1
        cut = self.cuts and rng.random() < 0.6
        lengths = [self.metre.beats] * n_bars
        if cut:
            lengths[-1] = int(rng.integers(1, self.metre.beats))
        ends = start + np.cumsum(lengths)
        drum_notes = self._drummed(ends - lengths, ends, stop) if drummed else []
        self.drums.notes += drum_notes
        strokes_played = strokes(self.drums, drum_notes)
        for (part, play), on in zip(self.players, playing, strict=True):
            if on:
                notes = _within(map(play, rows), ends - lengths, ends, stop)
                part.notes += notes
                strokes_played += strokes(part, notes)
        end = float(ends[stop - 1] if stop > 0 else ends[-1])
        for (part, play), needed in zip(
            self.keepers,
            (
                not beats_audible(strokes_played, start, end),
                not bars_audible(strokes_played, start, end, self.metre.beats),
            ),
            strict=True,
        ):
            if needed:
                part.notes += _within(map(play, rows), ends - lengths, ends, stop)
        self.bars += lengths

    def _groove(self) -> Groove:
        """A random groove, one that marks the tempo if that is far from the usual."""
        for _ in range(20):
            groove = Groove(self.rng, self.metre, self.bpm)
            if groove.marked or not self.far:
                break
        return groove

    def _drummed(self, begins: np.ndarray, ends: np.ndarray, stop: int) -> list[Note]:
        rng, groove = self.rng, self.groove
        crash, fills = rng.random() < 0.6, rng.random() < 0.6
        phrase, bars = int(rng.choice([2, 4, 4, 8])), []
        for index, at in enumerate(begins.tolist()):
            fill = fills and (index + 1) % phrase == 0 and rng.random() < 0.7
            bars.append(groove.fill(at) if fill else groove.bar(at, crash and index == 0))
        return _within(bars, begins, ends, stop)


def _within(bars: object, begins: np.ndarray, ends: np.ndarray, stop: int) -> list[Note]:
    """The notes that begin within their bar; of bar `stop`, only those on its first beat."""
    kept = []
    for index, (notes, begin, end) in enumerate(zip(bars, begins, ends, strict=True)):
        last = begin if index == stop else end - 1e-9
        kept += [note for note in notes if note.at <= last]
    return kept

"""Beats and tempo of every practice song are audible."""

import itertools

import numpy as np
import pytest

from training.hearing.audible import bars_audible, beats_audible, strokes, usual
from training.hearing.compose import compose
from training.hearing.groove import Groove
from training.hearing.harmony import Harmony
from training.hearing.metre import METRES, Metre, any_metre
from training.hearing.score import DRUMS, Note, Part

FOUR, WALTZ, JIG = Metre((2, 2)), Metre((3,)), Metre((1, 1), 3)


def _row(first: float, step: float, n: int, pitch: int = 60) -> list[Note]:
    return [Note(first + step * i, 0.2, pitch, 0.8) for i in range(n)]


@pytest.mark.parametrize(
    ("notes", "audible"),
    [
        (_row(0, 1, 8), True),
        (_row(0, 2, 4), False),  # four of eight beats
        (_row(0, 1, 5), True),
        (_row(0.5, 1, 8), False),
        (_row(0, 0.5, 16), False),  # as heavy between them
        (_row(0, 1, 8, pitch=40) + _row(0.5, 1, 8), True),  # low notes carry
        (_row(0, 1, 8) + _row(1 / 3, 1, 8) + _row(2 / 3, 1, 8), False),
    ],
)
def test_beats_are_audible_if_most_are_struck_and_heavier_than_off_beats(notes, audible):
    assert beats_audible(strokes(Part(0), notes), 0.0, 8.0) is audible


@pytest.mark.parametrize(
    ("players", "audible"),
    [
        ([_row(0, 1, 8)], True),
        ([_row(0, 4, 2)], True),
        ([_row(0, 1, 8), _row(1, 2, 4)], False),  # heavier on two and four
        ([_row(0, 1, 8), _row(1, 2, 4), _row(0, 4, 2, pitch=36)], True),  # but low on one
        ([_row(0, 1, 8), _row(0.5, 1, 8)], True),  # what is between beats counts for neither
    ],
)
def test_bars_are_audible_if_the_downbeat_is_as_heavy_as_other_beats(players, audible):
    played = [stroke for notes in players for stroke in strokes(Part(0), notes)]
    assert bars_audible(played, 0.0, 8.0, 4) is audible


def test_a_chord_is_one_stroke_two_drums_are_two_and_ghosts_none():
    chord = [Note(0.0, 1.0, pitch, velocity) for pitch, velocity in ((60, 0.6), (64, 0.8))]
    assert strokes(Part(0, volume=0.5), chord) == [(0.0, 0.4)]
    assert strokes(Part(DRUMS), [Note(1.0, 1.0, 36, 1.0), Note(1.0, 1.0, 42, 0.5)]) == [
        (1.0, 1.0),
        (1.0, 0.5),
    ]
    assert strokes(Part(DRUMS), [Note(1.0, 1.0, 38, 0.3)]) == [(1.0, 0.0)]


@pytest.mark.parametrize(
    ("bpm", "metre", "expected"),
    [(60, FOUR, 120), (150, FOUR, 75), (90, FOUR, 90), (80, WALTZ, 160), (52, JIG, 52)],
)
def test_without_drums_the_tempo_is_in_the_usual_octave(bpm, metre, expected):
    assert usual(bpm, metre) == expected


@pytest.mark.parametrize("seed", range(30))
def test_no_song_without_drums_is_far_from_the_usual_tempo(seed):
    piece = compose(np.random.default_rng(seed), metre=FOUR)
    if not piece.parts[0].notes:
        usually = np.median(60 / np.diff(piece.beats))
        assert 0.7 * 75 < usually < 1.4 * 150  # the tempo may ramp


def test_no_snare_pattern_suggests_half_or_double_tempo():
    for seed in range(200):
        bpm = 115 + seed % 60
        rows = Groove(np.random.default_rng(seed), FOUR, bpm).rows
        assert not any(row == "........X......." for _, bars, _ in rows for row in bars[:1])


def test_a_given_metre_gets_a_tempo_in_its_range():
    slow, fast = next(ends for _, metre, ends in METRES if metre == JIG)
    for seed in range(50):
        metre, bpm = any_metre(np.random.default_rng(seed), JIG)
        assert metre == JIG
        assert slow <= bpm <= fast


def test_a_closing_chord_is_a_beat_and_a_downbeat():
    pieces = [compose(np.random.default_rng(seed)) for seed in range(20)]
    closed = [piece for piece in pieces if piece.closed]
    assert 5 <= len(closed) <= 15
    for piece in closed:
        end = float(piece.n_beats)
        assert any(note.at == end for part in piece.parts for note in part.notes)
        assert piece.beats[-1] == piece.downbeats[-1] == piece.clock.time(np.array([end]))[0]


@pytest.mark.parametrize("seed", range(20))
def test_chords_change_at_every_bar_of_two_beats(seed):
    bars = Harmony(np.random.default_rng(seed)).section(JIG, 8)
    degrees = [chord.degree for bar in bars for chord in bar]
    assert len(degrees) == 8
    assert all(a != b for a, b in itertools.pairwise(degrees))

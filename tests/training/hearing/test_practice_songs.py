"""Practice songs have consistent labels and the announced properties."""

import numpy as np
import pytest

from training.hearing.compose import compose
from training.hearing.groove import Groove
from training.hearing.harmony import Chord
from training.hearing.metre import SIX_EIGHT, THREE_FOUR, Metre, any_clock
from training.hearing.parts import Pushed
from training.hearing.score import Clock, Note
from training.hearing.songs import metre_of, targets

WALTZ = Metre((3,))


def test_the_same_seed_gives_the_same_song() -> None:
    one, other, third = (compose(np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert one.parts == other.parts
    np.testing.assert_array_equal(one.beats, other.beats)
    assert one.parts != third.parts


@pytest.mark.parametrize("seed", range(40))
def test_labels_are_consistent(seed: int) -> None:
    piece = compose(np.random.default_rng(seed))
    assert np.all(np.diff(piece.beats) > 0.2)
    assert np.all(np.isin(piece.downbeats, piece.beats))
    assert len(piece.downbeats) == len(piece.bars) + piece.closed
    assert len(piece.beats) == sum(piece.bars) + piece.pickup + piece.closed
    assert piece.beats[0] >= 0
    assert any(part.notes for part in piece.parts)
    for part in piece.parts:
        assert all(-piece.pickup - 1 <= note.at <= piece.n_beats for note in part.notes)


def test_some_songs_have_shortened_bars() -> None:
    """One in thirty or so; the bars before and after keep the metre."""
    songs = [compose(np.random.default_rng(seed), metre=Metre((2, 2))) for seed in range(120)]
    cut = [song for song in songs if set(song.bars) != {4}]
    assert 1 <= len(cut) <= 20
    for song in cut:
        assert max(song.bars) == 4
        assert song.bars.count(4) > len(song.bars) / 2


def test_swing_moves_notes_between_the_beats() -> None:
    clock = Clock(np.arange(3.0), np.array([0.0, 0.6, 1.2]), swing=2 / 3)
    np.testing.assert_allclose(
        clock.time(np.array([0.0, 0.25, 0.5, 0.75, 1.0])), [0, 0.2, 0.4, 0.5, 0.6]
    )


def test_a_steady_clock_keeps_its_tempo() -> None:
    for seed in range(60):
        clock = any_clock(np.random.default_rng(seed), 100.0, -1, [4] * 16, 0.5)
        assert np.all(np.diff(clock.seconds) < 60 / 45)
        assert np.all(np.diff(clock.seconds) > 60 / 220)


def test_a_pushed_player_anticipates_the_bar_but_not_the_song() -> None:
    chord = Chord(0.0, 3.0, 0, 0, (0, 2, 4, 5, 7, 9, 11))
    later = Chord(3.0, 3.0, 0, 0, chord.scale)

    def ones(row: list[Chord]) -> list[Note]:
        return [Note(row[0].at, 1.0, 60, 1.0), Note(row[0].at + 1, 1.0, 60, 1.0)]

    pushed = Pushed(np.random.default_rng(0), WALTZ, ones)
    pushed.often = 1.0
    assert [note.at for note in pushed([chord])] == [0.0, 1.0]
    assert [note.at for note in pushed([later])] == [2.5, 4.0]


def test_a_groove_of_two_bars_repeats_every_second_bar() -> None:
    for seed in range(200):
        groove = Groove(np.random.default_rng(seed), Metre((2, 2)), 100.0)
        if any(len(rows) == 2 and rows[0] != rows[1] for _, rows, _ in groove.rows):
            break
    groove.sloppy = groove.extra = 0.0
    strokes = [{(n.at - 4 * bar, n.pitch) for n in groove.bar(4.0 * bar)} for bar in range(4)]
    assert strokes[0] == strokes[2] != strokes[1] == strokes[3]


def test_targets_are_triangles_around_the_times() -> None:
    """A beat at 0.105 s lies a quarter of a frame after frame 5."""
    expected = np.zeros(10)
    expected[4:8] = [0.375, 0.875, 0.625, 0.125]
    np.testing.assert_allclose(targets(10, np.array([0.105])), expected, atol=1e-6)


def test_two_songs_in_five_are_in_six_quavers() -> None:
    metres = [metre_of(seed) for seed in range(1000)]
    assert {SIX_EIGHT, THREE_FOUR, None} == set(metres)
    assert sum(metre is not None for metre in metres) == pytest.approx(400, abs=50)
    assert metres.count(SIX_EIGHT) == pytest.approx(200, abs=40)

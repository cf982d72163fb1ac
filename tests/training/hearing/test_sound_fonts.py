"""Rendered practice songs start their notes on time."""

import shutil

import mido
import numpy as np
import pytest

from training.hearing import kits
from training.hearing.paths import FONTS
from training.hearing.render import RATE, midi, with_font
from training.hearing.score import DRUMS, Clock, Note, Part, Piece
from training.hearing.studio import add_effects, without_beat

CLOCK = Clock(np.arange(-1.0, 12.0), np.arange(0.0, 6.5, 0.5))  # 120 BPM, beat 0 at 0.5 s


def click_song() -> Piece:
    return Piece([Part(DRUMS, [Note(float(b), 0.1, 42, 1.0) for b in range(8)])], CLOCK, [4, 4], 0)


def attacks(sound: np.ndarray) -> np.ndarray:
    """Times at which the sound exceeds a tenth of its peak after 0.2 s below it, in seconds."""
    loud = np.flatnonzero(np.abs(sound) > 0.1 * np.abs(sound).max())
    return loud[np.diff(loud, prepend=-RATE) > 0.2 * RATE] / RATE


def test_the_synthetic_kit_strikes_on_the_beat() -> None:
    sound = kits.render(click_song(), np.random.default_rng(0))
    np.testing.assert_allclose(attacks(sound), 0.5 + 0.5 * np.arange(8), atol=0.002)


@pytest.mark.skipif(not shutil.which("fluidsynth"), reason="needs FluidSynth")
@pytest.mark.parametrize(("font", "late"), [row[1:] for row in FONTS])
def test_a_sound_font_strikes_on_the_beat(font, late) -> None:
    """Within 3 ms, the length of FluidSynth's blocks."""
    if not font.exists():
        pytest.skip(f"needs {font.name}")
    sound = with_font(click_song(), font, late, np.random.default_rng(0))
    np.testing.assert_allclose(attacks(sound), 0.5 + 0.5 * np.arange(8), atol=0.003)


def test_midi_has_the_notes_on_time_and_the_kit() -> None:
    piece = click_song()
    piece.parts[0].kit = 25
    now, strokes, kits_chosen = 0.0, [], []
    for message in midi(piece, np.random.default_rng(0)):
        now += message.time
        if message.type == "note_on":
            strokes.append(now)
        if message.type == "program_change":
            kits_chosen.append((message.channel, message.program))
    np.testing.assert_allclose(strokes, 0.5 + 0.5 * np.arange(8), atol=1e-3)
    assert kits_chosen == [(9, 25)]
    assert isinstance(message, mido.Message | mido.MetaMessage)


@pytest.mark.parametrize("seed", range(12))
def test_effects_leave_a_finite_sound_of_the_same_length(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sound = add_effects(rng.standard_normal(RATE), rng)
    assert sound.shape == (RATE,)
    assert np.abs(sound).max() == pytest.approx(0.8, rel=1e-5)
    assert np.isfinite(without_beat(rng, 3.0)).all()

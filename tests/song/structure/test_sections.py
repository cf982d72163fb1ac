from collections.abc import Callable

import numpy as np
import pytest

from phosphene.song.audio.spectrum import spectrum
from phosphene.song.beats.pulse import SILENCE, Pulse, Sound
from phosphene.song.features.onsets import onset_curves
from phosphene.song.song import Section
from phosphene.song.structure import pitches
from phosphene.song.structure.sections import find_sections
from phosphene.song.structure.views import sketch_of

RATE = 22050
BAR = 2.0  # seconds, of four beats


def bar_of(letter: str) -> np.ndarray:
    """Two seconds of music: each letter has its own chord, timbre and rhythm."""
    t = np.arange(round(BAR * RATE)) / RATE
    noise = np.random.default_rng(ord(letter)).standard_normal(len(t))
    beat = np.exp(-((t % 0.5) / 0.06))
    eighth = np.exp(-((t % 0.25) / 0.02))
    kick = np.sin(2 * np.pi * 60 * (t % 0.5)) * beat

    def chord(*notes: float) -> np.ndarray:
        return sum(np.sin(2 * np.pi * note * t) for note in notes) / len(notes)

    return {
        "I": 0.1 * chord(220.0, 277.2, 329.6),
        "V": 0.15 * chord(220.0, 261.6, 329.6) + 0.3 * kick,
        "C": 0.3 * chord(349.2, 440.0, 523.3) + 0.4 * kick + 0.1 * noise * eighth,
        "B": 0.12 * chord(293.7, 370.0, 440.0) + 0.02 * noise,
        " ": 0 * t,
    }[letter].astype(np.float32)


def analysed(samples: np.ndarray, bars: bool = True) -> tuple[Section, ...]:
    seen = spectrum(samples, RATE)
    curves = onset_curves(seen, RATE)
    duration = len(samples) / RATE
    beats = np.arange(0.0, duration, BAR / 4)
    pulse = Pulse(beats, beats[::4], 120.0, 1.0, 4) if bars else SILENCE
    sound = Sound(samples, RATE, curves, seen.rms, np.zeros(0), np.zeros(0))
    return find_sections(sound, sketch_of(seen, RATE), pulse, duration)


def song(form: str, bars: int = 8) -> np.ndarray:
    return np.concatenate([bar_of(letter) for letter in form for _ in range(bars)])


def test_the_form_of_a_song_is_found():
    found = analysed(song("IVCVCBC"))
    assert [part.start for part in found] == pytest.approx([16.0 * k for k in range(7)], abs=1e-6)
    assert found[-1].end == 112.0
    assert "".join(part.label for part in found) == "ABCBCDC"
    roles = ["intro", "verse", "chorus", "verse", "chorus", "break", "chorus"]
    assert [part.role for part in found] == roles
    assert max(found, key=lambda part: part.energy).label == "C"


def test_equal_input_gives_equal_sections():
    samples = song("VCV", 4)
    assert analysed(samples) == analysed(samples.copy())


def test_without_beats_boundaries_are_where_the_sound_changes():
    found = analysed(song("IC", 7), bars=False)
    assert [part.start for part in found] == pytest.approx([0.0, 14.0], abs=0.1)


@pytest.mark.parametrize("form", ["V", "VC"])
def test_a_few_bars_are_one_section(form):
    (only,) = analysed(song(form, 2))
    assert (only.start, only.label, only.confidence) == (0.0, "A", 0.0)


def test_a_silence_is_a_break_without_energy():
    found = analysed(song("V V", 6))
    assert [part.role for part in found][1] == "break"
    assert (found[1].start, found[1].end) == (pytest.approx(12.0), pytest.approx(24.0))
    assert found[1].energy < 0.1


@pytest.mark.parametrize("samples", [np.zeros(1, np.float32), np.zeros(40 * RATE, np.float32)])
def test_silence_is_one_section(samples):
    (only,) = analysed(samples, bars=False)
    assert (only.start, only.end) == (0.0, len(samples) / RATE)


def test_a_truncated_bar_moves_the_boundary_to_its_beat():
    """The last bar of the first section is half as long, and the bars after it are off."""
    samples = np.concatenate([song("V", 7), bar_of("V")[:RATE], song("C", 8)])
    found = analysed(samples)
    assert 15.0 in [part.start for part in found]


@pytest.fixture
def tone() -> Callable[[float], np.ndarray]:
    t = np.arange(4 * RATE) / RATE
    return lambda frequency: (0.3 * np.sin(2 * np.pi * frequency * t)).astype(np.float32)


@pytest.mark.parametrize(("frequency", "pitch"), [(261.63, 0), (440.0, 9), (932.33, 10)])
@pytest.mark.parametrize("tuning", [0.0, 0.3, -0.3])  # semitones
def test_the_chroma_of_a_tone_is_its_pitch_in_any_tuning(tone, frequency, pitch, tuning):
    chroma = pitches.chroma(tone(frequency * 2 ** (tuning / 12)), RATE).mean(axis=0)
    assert np.argmax(chroma) == pitch

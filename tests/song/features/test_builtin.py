"""Features of ranges, drums and notes, on sounds with known content."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from phosphene.errors import SongError
from phosphene.plugins import Registry
from phosphene.song import Song
from phosphene.song.features.builtin import MODULES, PITCHES
from phosphene.song.report import MAJOR, MINOR, NOTES, key_of
from phosphene.testing import synthetic_song

RATE = 22050
NAMES = [name for features in MODULES.values() for name in features]
IN_KEY = {"major": (0, 4, 7), "minor": (0, 3, 7)}


@pytest.fixture
def song(registry: Registry) -> Callable[[np.ndarray], Song]:
    """Makes a song in memory from samples, with every registered feature."""

    def make(samples: np.ndarray) -> Song:
        made = synthetic_song(len(samples) / RATE)
        return replace(made, samples=samples, features={}, extra=registry.features)

    return make


def tone(frequency: float, seconds: float = 4.0, level: float = 0.3) -> np.ndarray:
    return level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)


def middle(song: Song, name: str) -> float:
    values = song.feature(name).values
    return float(np.median(values[len(values) // 4 : 3 * len(values) // 4]))


def test_every_feature_is_registered_by_the_public_hook(registry: Registry) -> None:
    assert set(NAMES) <= registry.features.keys()
    assert {registry.owner("features", name).package for name in NAMES} == {"phosphene"}


def test_every_feature_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "hearing.md").read_text()
    for name, description in ((n, d) for features in MODULES.values() for n, d in features.items()):
        assert description
        if not name.startswith("chroma_"):
            assert f"`{name}`" in page


def test_registering_imports_no_heavy_library() -> None:
    code = (
        "import sys, phosphene.song.features.builtin, phosphene.song.report\n"
        "print({'librosa', 'scipy', 'torch'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(RATE),
        np.zeros(1),
        np.ones(50),
        0.1 * np.random.default_rng(0).standard_normal(RATE),
    ],
    ids=["silence", "one sample", "50 samples", "noise"],
)
def test_all_are_finite_and_0_to_1(song: Callable[..., Song], samples: np.ndarray) -> None:
    made = song(samples)
    for name in NAMES:
        feature = made.feature(name)
        assert feature.values.ndim == 1
        assert feature.values.min() >= 0
        assert feature.values.max() <= 1
        # Value k is centred at k hops, and the last within a hop of the end.
        assert abs((len(feature.values) - 1) * feature.hop - len(samples) / RATE) <= feature.hop
        if not samples.any():
            assert not feature.values.any()


@pytest.mark.parametrize(
    ("frequency", "loud"),
    [(80, {"bass"}), (500, {"mids", "voice"}), (3000, {"treble", "voice"}), (8000, {"treble"})],
)
def test_a_tone_is_in_its_ranges(
    song: Callable[..., Song], frequency: float, loud: set[str]
) -> None:
    # A short loud noise, in all ranges, is what they are scaled by.
    noise = np.random.default_rng(0).standard_normal(RATE // 4) * 0.3
    made = song(np.concatenate([tone(frequency), noise]))
    found = {name: middle(made, name) for name in ("bass", "mids", "treble", "voice")}
    quiet = max(level for name, level in found.items() if name not in loud)
    assert min(found[name] for name in loud) > 10 * quiet


def test_brightness_follows_the_pitch(song: Callable[..., Song]) -> None:
    made = song(np.concatenate([tone(200), tone(800), tone(3200)]))
    values = made.feature("brightness").values
    thirds = [float(np.median(part)) for part in np.array_split(values, 3)]
    assert thirds == pytest.approx([0.0, 0.5, 1.0], abs=0.05)


def test_steady_brightness_is_not_scaled_up(song: Callable[..., Song]) -> None:
    assert np.ptp(song(tone(440)).feature("brightness").values[5:-5]) < 0.1


def test_flux_is_where_something_changes(song: Callable[..., Song]) -> None:
    flux = song(np.concatenate([tone(300), tone(1000), tone(5000)])).feature("flux")
    loud = np.flatnonzero(flux.values > 0.3) * flux.hop
    assert all(min(abs(t - x) for x in (0.0, 4.0, 8.0)) < 0.1 for t in loud)
    assert {min((0.0, 4.0, 8.0), key=lambda x: abs(t - x)) for t in loud} == {0.0, 4.0, 8.0}


def test_percussive_and_harmonic_parts(
    song: Callable[..., Song], hits: Callable[..., np.ndarray]
) -> None:
    times = np.arange(0.5, 7.9, 0.5)
    made = song(tone(440, 8.0, 0.2) + 0.5 * hits(times, 8.0, kind="noise"))
    percussive, harmonic = (made.feature(name).values for name in ("percussive", "harmonic"))
    hop = made.feature("percussive").hop
    on = np.rint(times / hop).astype(int) + 1
    off = np.rint((times[:-1] + 0.25) / hop).astype(int)
    assert percussive[on].min() > 10 * percussive[off].max()
    inner = harmonic[20:-20]
    assert inner.min() > 0.7 * inner.max()


def test_drums_are_distinguished(song: Callable[..., Song], make_song: ModuleType) -> None:
    """The kit of the sample song, alone: kick, snare and hat in turn, a second apart."""
    rng = np.random.default_rng(0)
    sounds = {"kick": make_song.kick(), "snare": make_song.snare(rng), "hat": make_song.hat(rng)}
    tape = np.zeros(make_song.RATE * 12)
    for second in range(12):
        sound = list(sounds.values())[second % 3]
        tape[second * make_song.RATE :][: len(sound)] += sound
    made = song(0.8 * tape[::2])  # 22,050 Hz; what folds over is faint in this kit
    for number, name in enumerate(sounds):
        feature = made.feature(name)
        peaks = [feature.values[max(round(s / feature.hop) - 2, 0) :][:6].max() for s in range(12)]
        own = peaks[number::3]
        # A hat cannot be distinguished from the noise of a snare by its range.
        silent = {"kick": (1, 2), "snare": (0, 2), "hat": (0,)}[name]
        others = [peak for k, peak in enumerate(peaks) if k % 3 in silent]
        assert min(own[1:]) > 0.6, name  # what begins with the song has no rise
        assert max(others) < 0.5 * min(own[1:]), name


def chord(root: int, mode: str, seconds: float = 1.0) -> np.ndarray:
    notes = [48 + root + step + octave for step in IN_KEY[mode] for octave in (0, 12)]
    return sum(tone(440 * 2 ** ((note - 69) / 12), seconds, 0.1) for note in notes)


@pytest.mark.parametrize("pitch", range(12))
def test_a_note_is_the_loudest_of_the_twelve(song: Callable[..., Song], pitch: int) -> None:
    made = song(tone(440 * 2 ** ((60 + pitch - 69) / 12)))
    levels = [middle(made, f"chroma_{name}") for name in PITCHES]
    assert int(np.argmax(levels)) == pitch
    assert levels[pitch] == pytest.approx(1.0, abs=0.05)
    assert sorted(levels)[-2] < 0.5


@pytest.mark.parametrize(
    ("tonic", "mode"), [(0, "major"), (2, "minor"), (10, "major"), (6, "minor")]
)
def test_the_key_of_a_cadence(song: Callable[..., Song], tonic: int, mode: str) -> None:
    four, five = (5, mode), (7, "major")
    steps = [(0, mode), four, five, (0, mode)] * 2
    made = song(np.concatenate([chord(tonic + step, kind) for step, kind in steps]))
    assert key_of(made) == f"{NOTES[tonic]} {mode}"


def test_noise_and_silence_have_no_key(song: Callable[..., Song]) -> None:
    assert key_of(song(np.zeros(RATE))) == ""
    assert key_of(song(0.1 * np.random.default_rng(0).standard_normal(RATE * 4))) == ""


def test_the_profiles_are_krumhansls() -> None:
    assert len(MAJOR) == len(MINOR) == 12
    assert sum(MAJOR) == pytest.approx(41.79)
    assert sum(MINOR) == pytest.approx(44.51)
    assert (int(np.argmax(MAJOR)), int(np.argmax(MINOR))) == (0, 0)


def test_an_unknown_feature_names_the_nearest(song: Callable[..., Song]) -> None:
    with pytest.raises(SongError, match="unknown feature 'brihgtness'") as error:
        song(np.zeros(10)).feature("brihgtness")
    assert "'brightness'" in error.value.fix

"""What every source must keep: the same path at 12 and 48 fps, the same numbers twice, and calm
on silence, on one frame and on an hour."""

from fractions import Fraction

import numpy as np
import pytest

from phosphene.composing.compose import FrameFormat, compose
from phosphene.testing import synthetic_song

TO = {"to": {"translation_x": 3.0, "rotation": -2.0, "zoom": 0.04}}
SOURCES = {
    "keyframes": [{"use": "keyframes", "ease": "easeOutElastic", "rotation": {"0": 0, "3s": 2}, "zoom": {"0": 1, "5s": 1.03}}],
    "steps": [{"use": "keyframes", "ease": "step", "rotation": {"0": 0, "1.3s": 2, "2.7s": 1}}],
    "orbit": [{"use": "orbit", "period": "1 beat"}],
    "spiral": [{"use": "spiral", "end_zoom": 1.05, "period": "5s"}],
    "path": [{"use": "path", "points": {"0": [0, 0], "2.1s": [90, 20], "7s": [-30, 5]}}],
    "oscillator": [{"use": "oscillator", "period": "0.31s", **TO}],
    "pulses": [{"use": "oscillator", "wave": "pulse", "period": "1 beat", "duty": 0.1, **TO}],
    "noise": [{"use": "noise", "octaves": 5, "period": "0.4s", **TO}],
    "expression": [{"use": "expression", "rotation": "2 * exp(-6 * since_beat)", "zoom": "where(frame % 7 == 0, 1.05, 1)"}],
    "follow": [{"use": "noise", "to": {"translation_y": 2.0}}, {"use": "follow", "of": "translation_y", "delay": "0.5s", **TO}],
    "beat": [{"use": "beat", "attack": "0.05s", "decay": "0.1s", "sustain": 0.4, "length": "0.15s", "release": "0.1s", **TO}],
    "look-ahead": [{"use": "beat", "attack": "0.1s", "look_ahead": True, **TO}],
    "pattern": [{"use": "beat", "pattern": "..x.x...", "subdivision": 2, "release": "0.2s", **TO}],
    "onset": [{"use": "onset", **TO}],
    "cue": [{"use": "cue", "at": "beat 1", "release": "0.4s", **TO}],
    "level": [{"use": "level", "feature": "low", **TO}],
}  # fmt: skip


@pytest.fixture
def composed(project):
    def at(name, fps, song, own=12):
        made = project(*SOURCES[name], video={"fps": own, "width": 256})
        return compose(made, song, FrameFormat(Fraction(fps), 256, 256))

    return at


def test_every_modulator_is_among_them(registry):
    used = {layer["use"] for layers in SOURCES.values() for layer in layers}
    own = {
        name
        for name in registry.modulators
        if registry.owner("modulators", name).package == "phosphene"
    }
    assert used == own


# What is taken over each frame's interval has come equally far where frames end together; what is
# carried from the project's frames, where they begin together, counted from the first.
FROM_STARTS = {"keyframes", "steps", "orbit", "spiral", "path", "expression"}
HITS = {"beat", "look-ahead", "pattern", "onset", "cue"}


def path(name, score, every):
    """How far each channel has come at the frames that both rates share; shape (3, n)."""
    steps = [score.channels[channel] for channel in ("translation_x", "rotation", "zoom")]
    steps = np.array([steps[0], steps[1], np.log(steps[2])])
    if name in FROM_STARTS:
        return np.cumsum(steps, axis=1)[:, ::every] - steps[:, :1]
    return np.cumsum(steps, axis=1)[:, every - 1 :: every]


@pytest.mark.parametrize("own", [12, 24, 48, 30])
@pytest.mark.parametrize("name", SOURCES)
def test_the_integrated_path_at_12_and_at_48_fps(composed, name, own):
    song = synthetic_song(8.0, bpm=90, first_beat=0.13)
    slow, fast = (composed(name, fps, song, own) for fps in (12, 48))
    here, there = path(name, slow, 1), path(name, fast, 4)
    reach = np.ptp(here, axis=1, keepdims=True) + 1e-9
    if name in HITS:  # hits begin with their frames; between them they have come equally far
        here, there = here[:, -3:], there[:, -3:]
    assert np.all(np.abs(here - there) <= 1e-3 * reach)


@pytest.mark.parametrize("name", SOURCES)
def test_another_size_is_the_same_move(project, name):
    song = synthetic_song(8.0)
    made = project(*SOURCES[name], video={"fps": 12, "width": 256, "height": 256})
    small, large = compose(made, song), compose(made, song, FrameFormat(Fraction(12), 512, 512))
    for channel, curve in small.channels.items():
        scale = 2.0 if channel.startswith("translation") else 1.0
        np.testing.assert_allclose(large.channels[channel], scale * curve, rtol=1e-12)


@pytest.mark.parametrize("name", SOURCES)
def test_it_is_deterministic(composed, name):
    song = synthetic_song(8.0)
    first, second = composed(name, 24, song), composed(name, 24, song)
    for channel, curve in first.channels.items():
        np.testing.assert_array_equal(curve, second.channels[channel])


@pytest.mark.parametrize(
    "song", [synthetic_song(8.0, bpm=0, level=0.0), synthetic_song(8.0, level=0.0)]
)
@pytest.mark.parametrize("name", SOURCES)
def test_silence(composed, name, song):
    assert all(np.all(np.isfinite(curve)) for curve in composed(name, 30, song).channels.values())


@pytest.mark.parametrize("name", ["beat", "look-ahead", "pattern", "onset", "level"])
def test_silence_gives_calm_curves(composed, name):
    score = composed(name, 30, synthetic_song(4.0, bpm=0, level=0.0))
    assert not score.channels["rotation"].any()


@pytest.mark.parametrize(("own", "fps"), [(12, 12), (12, 48), (48, 12)])
@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"keyframes", "steps", "path"}))
def test_one_frame(composed, name, own, fps):
    for bpm in (0, 120):
        score = composed(name, fps, synthetic_song(0.01, bpm=bpm), own)
        assert len(score) == 1
        assert all(np.all(np.isfinite(curve)) for curve in score.channels.values())


@pytest.mark.parametrize("name", sorted(HITS))
def test_what_is_no_speed_keeps_its_height_at_another_frame_rate(project, name):
    layers = [layer | {"to": {"strength": 0.2}} for layer in SOURCES[name]]
    made, song = project(*layers, video={"fps": 12}), synthetic_song(8.0)
    for fps in (12, 48):
        score = compose(made, song, FrameFormat(Fraction(fps), 256, 256))
        assert score.channels["strength"].max() == pytest.approx(0.75)


@pytest.mark.parametrize("name", SOURCES)
def test_an_hour(composed, name):
    hour, minute = synthetic_song(3600.0), synthetic_song(60.0)
    long, short = composed(name, 12, hour), composed(name, 12, minute)
    assert len(long) == 43200
    for channel, curve in long.channels.items():
        assert np.all(np.isfinite(curve))
        # What is not printed by the song's length begins alike in both.
        np.testing.assert_allclose(curve[:600], short.channels[channel][:600], rtol=1e-6, atol=1e-6)

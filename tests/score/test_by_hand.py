"""Keyframes, beat, oscillator and a plugin, gated, against hand arithmetic at ten frames."""

from itertools import pairwise

import pytest

from phosphene.composing.compose import compose
from phosphene.composing.trace import Trace
from phosphene.modulators.modulator import Modulator
from phosphene.plugins import load_plugins
from phosphene.project.file import make_project
from phosphene.testing import synthetic_song


class Ramp(Modulator):
    """A plugin: half a degree more in every frame of a second."""

    name = "ramp"

    def curves(self, song, timeline):
        return {"rotation": 0.5 * (timeline.times * float(timeline.project_fps) % 10)}


LAYERS = [
    {"use": "keyframes", "zoom": {"0": 1.0, "40": 1.04}, "rotation": {"0": 1.0}, "strength": {"0": 0.5}},
    {"use": "beat", "release": "0.4s", "to": {"zoom": 0.05, "strength": 0.2}, "amount": 0.5,
     "between": ["bar 2", "bar 3"]},
    {"use": "oscillator", "wave": "square", "period": "2s", "to": {"rotation": 3.0, "translation_x": 8.0},
     "when": {"pattern": "xx.x"}},
    {"use": "ramp", "mix": "max", "amount": {"0": 0.0, "40": 1.0}},
]  # fmt: skip

# 120 BPM at 10 fps: a beat every 5 frames, bars at 0, 20, 40. By frame:
#   hit: (1 - k / 4)**2, k frames after a beat, in bar 2 alone;
#   wave: 3 degrees and 8 px, up in the first 10 frames of 20 and down in the others;
#   open: all beats of a bar but the third; ramp: half a degree for each frame of its second.
BY_HAND = {
    #    hit    wave open ramp
    0: (0.0, 1, 1, 0.0),
    7: (0.0, 1, 1, 3.5),
    12: (0.0, -1, 0, 1.0),
    16: (0.0, -1, 1, 3.0),
    20: (1.0, 1, 1, 0.0),
    21: (0.5625, 1, 1, 0.5),
    27: (0.25, 1, 1, 3.5),
    33: (0.0625, -1, 0, 1.5),
    35: (1.0, -1, 1, 2.5),
    45: (0.0, 1, 1, 2.5),
}


def expected(frame):
    hit, wave, opened, ramp = BY_HAND[frame]
    turned = 1.0 + opened * 3.0 * wave
    faded = min(frame, 40) / 40
    return {
        "translation_x": opened * 8.0 * wave,
        "translation_y": 0.0,
        "rotation": turned + faded * (max(turned, ramp) - turned),
        "zoom": (1.0 + 0.04 * min(frame, 40) / 40) * 1.05 ** (0.5 * hit),
        "strength": 0.5 + 0.5 * 0.2 * hit,
    }


@pytest.fixture
def composed(tmp_path):
    registry = load_plugins()
    registry.modulators["ramp"] = Ramp
    data = {"song": {"file": "x.wav"}, "video": {"fps": 10}, "motion": LAYERS}
    trace = Trace()
    score = compose(
        make_project(data, tmp_path / "p.toml", registry), synthetic_song(8.0), trace=trace
    )
    return score, trace


@pytest.mark.parametrize("frame", BY_HAND)
def test_ten_frames_equal_hand_arithmetic(composed, frame):
    score, _ = composed
    for channel, value in expected(frame).items():
        assert score.channels[channel][frame] == pytest.approx(value, abs=1e-12), channel


@pytest.mark.parametrize("frame", BY_HAND)
def test_the_trace_holds_the_numbers_of_the_fold(composed, frame):
    score, trace = composed
    hit, wave, opened, ramp = BY_HAND[frame]
    steps = {(step.use, step.channel): step for step in trace.steps}
    beat, square, plugin = (
        steps[key] for key in (("beat", "zoom"), ("oscillator", "rotation"), ("ramp", "rotation"))
    )
    inside = 20 <= frame < 40
    assert beat.amount[frame] == 0.5 * inside
    if inside:
        assert beat.m[frame] == pytest.approx(1.05**hit, abs=1e-12)
    assert (square.m[frame], square.amount[frame]) == (pytest.approx(3.0 * wave, abs=1e-12), opened)
    assert (plugin.m[frame], plugin.amount[frame]) == pytest.approx(
        (ramp, min(frame, 40) / 40), abs=1e-12
    )
    for channel in ("rotation", "zoom", "strength"):
        chain = [step for step in trace.steps if step.channel == channel]
        for below, above in pairwise(chain):
            assert below.result is above.base
        assert chain[-1].result[frame] == score.channels[channel][frame]

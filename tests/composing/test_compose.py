import contextlib
from fractions import Fraction
from pathlib import Path

import article
import numpy as np
import pytest

from phosphene.composing.compose import FrameFormat, compose
from phosphene.errors import PluginError, ProjectError
from phosphene.modulators.modulator import Modulator
from phosphene.plugins import load_plugins
from phosphene.project.file import make_project
from phosphene.testing import synthetic_song

ARTICLE = {
    "use": "keyframes",
    **{
        name: {str(frame): value for frame, value in keys.items()}
        for name, keys in {
            "translation_x": article.TRANSLATION_X, "translation_y": article.TRANSLATION_Y,
            "rotation": article.ROTATION, "zoom": article.ZOOM, "strength": article.STRENGTH,
        }.items()
    },
}  # fmt: skip


def test_keyframes_equal_the_articles(project):
    score = compose(project(ARTICLE), synthetic_song(8.0))
    for channel in ("translation_x", "translation_y", "rotation", "zoom", "strength"):
        keys = getattr(article, channel.upper())
        expected = [article.interpolate_keyframes(keys, frame) for frame in range(120)]
        np.testing.assert_allclose(score.channels[channel], expected, atol=1e-9, rtol=0)


def test_orbit_and_spiral_equal_the_articles_at_their_keyframes(project):
    layers = (
        {"use": "orbit", "period": "120"},
        {"use": "spiral", "end_zoom": 1.5, "period": "120"},
    )
    score = compose(project(*layers), synthetic_song(9.0))
    across, down = article.circular_motion_keys(120)
    expected = {
        "translation_x": across, "translation_y": down, "zoom": article.spiral_zoom_keys(120),
    }  # fmt: skip
    for channel, keys in expected.items():
        got = [score.channels[channel][frame] for frame in keys]
        np.testing.assert_allclose(got, list(keys.values()), atol=1e-9, rtol=0)


def path(score, channel):
    """What a channel adds up to over the frames, the first of which is not moved."""
    steps = score.channels[channel][1:]
    return np.cumsum(np.log(steps) if channel == "zoom" else steps)


@pytest.mark.parametrize("fps", [30, 12, 24, 60])
@pytest.mark.parametrize(
    "layers",
    [(ARTICLE,), ({"use": "orbit", "period": "3s"}, {"use": "spiral"})],
    ids=["keyframes", "orbit and spiral"],
)
def test_another_fps_and_size_travel_the_same_path(project, layers, fps):
    song = synthetic_song(8.0)
    own = compose(project(*layers), song)
    other = compose(project(*layers), song, FrameFormat(Fraction(fps), 1024, 1024))
    width = {"translation_x": 2.0, "translation_y": 2.0}
    for channel in ("translation_x", "translation_y", "rotation", "zoom"):
        here = np.interp(other.frames[1:] / fps, own.frames[1:] / 15, path(own, channel))
        there = path(other, channel) / width.get(channel, 1.0)
        inside = (other.frames[1:] / fps > 1 / 15) & (other.frames[1:] / fps < 119 / 15)
        reach = np.ptp(path(own, channel)) + 1e-9
        # Between its own frames a path is a line, which is what costs most of the 0.1 %.
        same_time = np.isclose((other.frames[1:] / fps * 15) % 1, 0) & inside
        assert np.max(np.abs(here - there)[same_time]) < 1e-3 * reach
        assert np.max(np.abs(here - there)[inside]) < 1e-2 * reach


def test_the_whole_article_at_twice_the_rate_and_size(project):
    song = synthetic_song(8.0)
    own = compose(project(ARTICLE), song)
    other = compose(project(ARTICLE), song, FrameFormat(Fraction(30), 1024, 1024))
    for channel, ratio in {
        "translation_x": 2,
        "translation_y": 2,
        "rotation": 1,
        "zoom": 1,
    }.items():
        # Frame 119 at 15 fps and frame 238 at 30 fps are the same moment.
        there = path(other, channel)[237] / ratio
        assert there == pytest.approx(path(own, channel)[118], rel=1e-3)


def test_keyframes_beat_and_a_gate_by_hand(project):
    # 120 BPM at 10 fps: a beat every 5 frames. Release 0.4 s: after the hit (1 - k / 4)**2.
    layers = (
        {"use": "keyframes", "zoom": {"0": 1.0, "40": 1.02}, "strength": {"0": 0.5}},
        {"use": "beat", "release": "0.4s", "to": {"zoom": 0.04, "strength": -0.1},
         "amount": 0.5, "between": ["bar 2", "bar 3"]},
    )  # fmt: skip
    score = compose(project(*layers, video={"fps": 10}), synthetic_song(8.0))
    envelope = {0: 1.0, 1: 0.5625, 2: 0.25, 3: 0.0625, 4: 0.0}
    for frame in (0, 5, 10, 19, 20, 21, 22, 27, 39, 40, 45):
        inside = 20 <= frame < 40  # bar 2 begins at 2 s, bar 3 at 4 s
        hit = envelope[frame % 5] if inside else 0.0
        lead = 1.0 + 0.02 * min(frame, 40) / 40
        assert score.channels["zoom"][frame] == pytest.approx(lead * 1.04 ** (0.5 * hit), abs=1e-12)
        assert score.channels["strength"][frame] == pytest.approx(0.5 - 0.05 * hit, abs=1e-12)


def test_amount_by_keyframes_fades_a_layer(project):
    layer = {"use": "keyframes", "rotation": {"0": 2.0}, "amount": {"0": 0.0, "20": 1.0}}
    score = compose(project(layer, video={"fps": 10}), synthetic_song(4.0))
    np.testing.assert_allclose(score.channels["rotation"][:31:10], [0, 1, 2, 2])


def test_muting_a_layer_equals_leaving_it_out(project):
    beat = {"use": "beat", "to": {"zoom": 0.1}}
    with_it = compose(
        project(ARTICLE | {"zoom": {"0": 1.01}}, beat | {"amount": 0}), synthetic_song(8.0)
    )
    without = compose(project(ARTICLE | {"zoom": {"0": 1.01}}), synthetic_song(8.0))
    np.testing.assert_allclose(with_it.channels["zoom"], without.channels["zoom"], rtol=1e-14)


def test_values_are_clamped_once_and_counted(project):
    up = {"use": "keyframes", "strength": {"0": 1.55}}
    down = {"use": "keyframes", "strength": {"0": 0.05}}
    score = compose(project(up, down), synthetic_song(1.0))
    np.testing.assert_allclose(score.channels["strength"], 1.0)  # 0.55 + 1.0 - 0.5 = 1.05
    assert score.clamped == {"strength": 15}


def test_an_excerpt_shorter_than_a_frame_is_one_frame(project):
    made = project(video={"start": "2s", "end": "2.05s"})
    assert compose(made, synthetic_song(8.0)).frames.tolist() == [30]
    assert compose(
        made, synthetic_song(8.0), FrameFormat(Fraction(1, 10), 64, 64)
    ).frames.tolist() == [0]


def test_clamps_are_counted_in_the_frames_that_are_shown(project):
    high = {"use": "keyframes", "strength": 1.5}
    score = compose(project(high, video={"start": "1s", "end": "25"}), synthetic_song(8.0))
    assert score.clamped == {"strength": 10}


@pytest.mark.parametrize("fps", [15, 30, 12])
@pytest.mark.parametrize("zoom", [0.0, -1.0, 0.0009])
def test_a_zoom_of_0_or_below_is_counted_as_clamped(project, zoom, fps):
    layer = {"use": "keyframes", "ease": "step", "zoom": {"0": 1.0, "1s": zoom}}
    score = compose(project(layer), synthetic_song(2.0), FrameFormat(Fraction(fps), 512, 512))
    assert score.clamped == {"zoom": pytest.approx(fps, abs=1)}
    np.testing.assert_allclose(score.channels["zoom"][-2], 0.001 ** (15 / fps), rtol=1e-6)


SAME = "'{}' and '{}' are the same time, 2.00 s, but have different values"


@pytest.mark.parametrize(
    ("layer", "keys", "where"),
    [
        ({"zoom": {"0": 1.0, "30": 1.0, "2s": 1.1}}, ("30", "2s"), r"motion\[0\] \(keyframes\): zoom: "),
        ({"zoom": {"30": 1.0, " 30": 1.1}}, ("30", " 30"), r"motion\[0\] \(keyframes\): zoom: "),
        ({"zoom": {"0:02": 1.0, "2.0000001s": 1.1}}, ("0:02", "2.0000001s"), ".*zoom: "),
        ({"zoom": 1.0, "amount": {"bar 2": 1, "BAR 2": 2}}, ("bar 2", "BAR 2"), r"motion\[0\]\.amount: "),
        ({"use": "path", "points": {"0": [0, 0], "beat 5": [1, 1], "25%": [2, 2]}}, ("beat 5", "25%"), ".*points: "),
    ],
    ids=range(5),
)  # fmt: skip
def test_two_values_at_the_same_moment_are_a_conflict(project, layer, keys, where):
    with pytest.raises(ProjectError, match=f"^{where}{SAME.format(*keys)}$"):
        compose(project({"use": "keyframes"} | layer), synthetic_song(8.0))


@pytest.mark.parametrize(("blend", "weights"), [
    ("0s", [0, 0, 0, 0, 1, 1, 1, 1]),  # in the frame that contains it: 1.2 s is in frame 4
    ("1s", [0, 0.05, 0.3, 0.55, 0.8, 1, 1, 1]),
    (None, [0, 0, 0, 0.1, 0.6, 1, 1, 1]),
])  # fmt: skip
def test_a_prompt_comes_by_its_own_blend(project, blend, weights):
    shot = {"prompt": "b"} | ({"blend": blend} if blend else {})
    prompts = {"blend": "0.5s", "at": {"0": "a", "1.2s": shot}}
    score = compose(project(prompts=prompts, video={"fps": 4}), synthetic_song(2.0))
    np.testing.assert_allclose(score.weights[:, 1], weights, atol=1e-9)


def test_two_prompts_at_the_same_moment_are_a_conflict(project):
    with pytest.raises(ProjectError, match=f"^prompts.at: {SAME.format('30', '2s')}$"):
        compose(project(prompts={"at": {"30": "a", "2s": "b"}}), synthetic_song(8.0))


def test_the_same_value_at_the_same_moment_is_fine(project):
    layer = {"use": "keyframes", "zoom": {"0": 1.0, "30": 1.02, "2s": 1.02, "0:04": 1.0}}
    score = compose(project(layer, prompts={"at": {"30": "a", "2s": "a"}}), synthetic_song(8.0))
    assert score.channels["zoom"][30] == pytest.approx(1.02)
    assert score.prompts == ("a",)


GROWING = {"use": "expression", "value": "exp(3*t)"}


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([GROWING | {"to": {"zoom": 0.67}}], r"^motion\[0\] \(expression\): zoom becomes inf at frame"),
        ([{"use": "orbit"}, {"use": "follow", "of": "translation_x", "full": 0.02, "to": {"zoom": 0.1}},
          GROWING | {"to": {"zoom": 0.67}, "when": {"pattern": "x.x."}}], r"^motion\[2\] \(expression\): zoom becomes inf"),
        ([{"use": "keyframes", "hue": 9e18}] * 2 + [{"use": "oscillator", "high": 9e18, "mix": "multiply", "to": {"hue": 9e18}}] * 9,
         r"^motion\[9\] \(oscillator\): hue becomes -?inf"),
    ],
    ids=range(3),
)  # fmt: skip
def test_a_channel_that_is_not_finite_is_refused_with_its_layer(project, layers, message):
    with pytest.raises(ProjectError, match=message):
        compose(project(*layers), synthetic_song(8.0))


def test_a_channel_that_another_frame_rate_makes_infinite_is_refused_with_its_layers(project):
    layers = (
        {"use": "keyframes", "zoom": 30.0},
        {"use": "spiral", "end_zoom": 30.0, "period": "1"},
    )
    made = project(*layers, video={"fps": 240})
    assert compose(made, synthetic_song(20.0)).channels["zoom"].max() == pytest.approx(900.0)
    message = r"^motion\[0\] \(keyframes\), motion\[1\] \(spiral\) at 0\.1 fps: zoom becomes inf"
    with pytest.raises(ProjectError, match=message):
        compose(made, synthetic_song(20.0), FrameFormat(Fraction(1, 10), 512, 512))


def test_infinities_in_a_silent_layer_do_no_harm(project):
    layer = GROWING | {"to": {"zoom": 0.1, "rotation": 1e18}, "between": ["0", "1s"]}
    score = compose(project(layer), synthetic_song(200.0))
    assert np.all(score.channels["zoom"][15:] == 1.0)
    assert np.all(score.channels["rotation"][15:] == 0.0)


def test_infinities_outside_the_film_do_no_harm(project):
    made = project(GROWING | {"to": {"zoom": 0.1}}, video={"end": "1s"})
    score = compose(made, synthetic_song(8.0))
    assert np.all(np.isfinite(score.channels["zoom"]))
    assert len(score) == 15


def test_a_zoom_that_underflows_does_not_harm_the_layers_above_it(project):
    layers = (
        GROWING | {"to": {"zoom": -0.9}, "between": ["0", "4s"]},
        {"use": "keyframes", "zoom": 1.02},
    )
    score = compose(project(*layers), synthetic_song(8.0))
    assert score.channels["zoom"][59] == pytest.approx(0.00102)
    assert score.channels["zoom"][100] == pytest.approx(1.02)


@pytest.mark.parametrize(
    "layer",
    [
        {"use": "follow", "of": "hue", "full": 5e-324, "to": {"zoom": 0.1}},
        {"use": "oscillator", "low": -9e18, "high": 9e18, "to": {"zoom": 0.1}},
        {"use": "keyframes", "ease": "cubic", "hue": {"0": -9e18, "0.000002s": 9e18}},
        {"use": "path", "points": {"0": [0, 0], "0.000002s": [9e18, -9e18]}},
        {"use": "spiral", "start_zoom": 5e-324, "end_zoom": 9e18, "mix": "multiply"},
        {"use": "noise", "period": 1e-9, "octaves": 8, "to": {"zoom": 9e18}},
        {
            "use": "beat",
            "release": "1000000000 bars",
            "attack": "1000000000s",
            "to": {"zoom": 9e18},
        },
    ],
    ids=range(7),
)
def test_extreme_parameters_are_the_users_mistake_or_finite(project, layer):
    made = project({"use": "keyframes", "hue": 1.0}, layer)
    with contextlib.suppress(ProjectError):  # which names the layer; no other error may come out
        score = compose(made, synthetic_song(2.0))
        assert all(np.all(np.isfinite(curve)) for curve in score.channels.values())


def test_an_excerpt_has_the_rows_of_the_whole(project):
    song = synthetic_song(8.0)
    whole = compose(project(ARTICLE), song)
    part = compose(project(ARTICLE, video={"start": "3s", "end": "bar 4"}), song)
    assert (part.frames[0], part.frames[-1], len(part)) == (45, 89, 45)
    assert part.start == 3
    np.testing.assert_array_equal(part.channels["zoom"], whole.channels["zoom"][45:90])
    np.testing.assert_array_equal(part.seeds, 42 + np.arange(45, 90))


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"motion": [{"use": "keyframes", "zoom": {"bar 99": 1.0}}]}, r'motion\[0\]\.zoom\."bar 99": position'),
        ({"motion": [{"use": "beat", "to": {"zoom": 1}, "between": ["0", "bar 99"]}]}, r"motion\[0\]\.between\[1\]"),
        ({"motion": [{"use": "beat", "to": {"zoom": 1}, "between": ["5s", "2s"]}]}, "is not after"),
        ({"motion": [{"use": "beat", "to": {"zoom": 1}, "amount": {"99s": 1}}]}, r'motion\[0\]\.amount\."99s"'),
        ({"motion": [{"use": "beat"}]}, r"motion\[0\]\.to is missing"),
        ({"motion": [{"use": "orbit", "to": {"zoom": 1}}]}, "drives its channels directly"),
        ({"motion": [{"use": "level", "feature": "rsm", "to": {"zoom": 1}}]}, r"motion\[0\].*feature 'rsm'"),
        ({"prompts": {"at": {"bar 99": "x"}}}, r'prompts\.at\."bar 99"'),
        ({"video": {"start": "99s"}}, "video.start"),
        ({"video": {"start": "3s", "end": "2s"}}, "is not after video.start"),
    ],
)  # fmt: skip
def test_positions_outside_the_song_are_named(project, tables, message):
    motion = tables.pop("motion", [])
    with pytest.raises(ProjectError if "rsm" not in message else Exception, match=message):
        compose(project(*motion, **tables), synthetic_song(8.0))


def given_by(curves):
    class Odd(Modulator):
        name = "odd"

        def curves(self, song, timeline):
            return curves(timeline.n_frames)

    return Odd


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        (lambda n: {"zoom": np.ones(n - 1)}, r"shape \(14,\); expected \(15,\)"),
        (lambda n: {"zoom": np.full(n, np.nan)}, "'zoom' = nan at frame 0"),
        (lambda n: {"zom": np.ones(n)}, "Did you mean 'zoom'"),
        (lambda n: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_modulator_that_breaks_is_named(curves, message):
    registry = load_plugins()
    registry.modulators["odd"] = given_by(curves)
    data = {"song": {"file": "x"}, "motion": [{"use": "odd"}]}
    project = make_project(data, Path("p.toml"), registry)
    with pytest.raises(PluginError, match=f"(?s)motion.*odd.*{message}"):
        compose(project, synthetic_song(1.0))


class OwnError(ProjectError):
    """An error of a plugin that is made in its own way."""

    def __init__(self, *, code):
        super().__init__(f"code {code}", "Try again.")
        self.code = code


def test_an_error_keeps_its_class_when_the_layer_is_named():
    def fail(n):
        raise OwnError(code=7)

    registry = load_plugins()
    registry.modulators["odd"] = given_by(fail)
    data = {"song": {"file": "x"}, "motion": [{"use": "odd"}]}
    with pytest.raises(OwnError) as caught:
        compose(make_project(data, Path("p.toml"), registry), synthetic_song(1.0))
    assert str(caught.value) == "motion[0] (odd): code 7"
    assert (caught.value.code, caught.value.fix) == (7, "Try again.")


@pytest.mark.parametrize("start", ["0", "2s"])
def test_an_image_is_held_while_strength_rises_to_its_curve(project, start):
    layers = {"use": "keyframes", "strength": {"0": 0.5}, "detail_match": {"0": 0.8}}
    video = {"fps": 10, "start": start}
    song = synthetic_song(8.0)
    free = compose(project(layers, video=video), song)
    held = compose(project(layers, video=video | {"image": "i.png", "image_hold": "4s"}), song)
    rise = np.clip(np.arange(len(held)) / 40, 0, 1)
    for name in ("strength", "colour_match", "detail_match"):
        np.testing.assert_allclose(held.channels[name], rise * free.channels[name])
    assert held.diffuses.tolist() == [False] + [True] * (len(held) - 1)
    np.testing.assert_array_equal(held.channels["zoom"], free.channels["zoom"])


def test_without_an_image_there_is_nothing_to_hold(project):
    with pytest.raises(ProjectError, match=r"video\.image_hold.*video\.image is missing"):
        project(video={"image_hold": "2 bars"})


@pytest.mark.parametrize("song", [synthetic_song(0.05, 0), synthetic_song(3.0, 0, level=0.0)])
def test_every_modulator_is_fine_with_silence_and_one_frame(project, registry, song):
    layers = [
        {"use": "keyframes", "zoom": {"0": 1.01}}, {"use": "orbit"}, {"use": "spiral"},
        {"use": "beat", "to": {"zoom": 0.1}}, {"use": "onset", "to": {"zoom": 0.1}},
        {"use": "level", "to": {"zoom": 0.1}}, {"use": "oscillator", "to": {"zoom": 0.1}},
        {"use": "noise", "to": {"zoom": 0.1}}, {"use": "expression", "zoom": "1 + 0.1 * rms"},
        {"use": "path", "points": {"0": [0, 0], "0.05s": [1, 1]}},
        {"use": "follow", "of": "zoom", "to": {"rotation": 0.1}},
        {"use": "cue", "at": "0", "to": {"zoom": 0.1}},
    ]  # fmt: skip
    assert {layer["use"] for layer in layers} == {
        name
        for name in registry.modulators
        if registry.owner("modulators", name).package == "phosphene"
    }
    score = compose(project(*layers), song)
    assert len(score) == max(1, round(song.duration * 15 + 0.4))
    assert all(np.all(np.isfinite(curve)) for curve in score.channels.values())


def test_colour_and_detail_matching_rest_at_the_values_of_the_model(project):
    given = {"colour_match": 0.8, "detail_match": 0.3}
    held = compose(project(model=given), synthetic_song(1.0)).channels
    assert set(held["colour_match"]) == {0.8}
    assert set(held["detail_match"]) == {0.3}
    # A layer is folded upon that: 0.2 is 0.3 below neutral.
    layer = {"use": "keyframes", "colour_match": {"0": 0.2}}
    held = compose(project(layer, model=given), synthetic_song(1.0)).channels
    np.testing.assert_allclose(held["colour_match"], 0.5)
    assert set(held["detail_match"]) == {0.3}
    replaced = compose(
        project(layer | {"mix": "replace"}, model=given), synthetic_song(1.0)
    ).channels
    np.testing.assert_allclose(replaced["colour_match"], 0.2)

from fractions import Fraction
from pathlib import Path

import article
import numpy as np
import pytest

from phosphene.errors import PluginError, ProjectError
from phosphene.modulator import Modulator
from phosphene.plugins import load_plugins
from phosphene.project_file import make_project
from phosphene.score.compose import Format, compose
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
    score = compose(synthetic_song(8.0), project(ARTICLE))
    for channel in ("translation_x", "translation_y", "rotation", "zoom", "strength"):
        keys = getattr(article, channel.upper())
        expected = [article.interpolate_keyframes(keys, frame) for frame in range(120)]
        np.testing.assert_allclose(score.channels[channel], expected, atol=1e-9, rtol=0)


def test_orbit_and_spiral_equal_the_articles_at_their_keyframes(project):
    layers = (
        {"use": "orbit", "period": "120"},
        {"use": "spiral", "end_zoom": 1.5, "period": "120"},
    )
    score = compose(synthetic_song(9.0), project(*layers))
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
    own = compose(song, project(*layers))
    other = compose(song, project(*layers), Format(Fraction(fps), 1024, 1024))
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
    own = compose(song, project(ARTICLE))
    other = compose(song, project(ARTICLE), Format(Fraction(30), 1024, 1024))
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
    score = compose(synthetic_song(8.0), project(*layers, video={"fps": 10}))
    envelope = {0: 1.0, 1: 0.5625, 2: 0.25, 3: 0.0625, 4: 0.0}
    for frame in (0, 5, 10, 19, 20, 21, 22, 27, 39, 40, 45):
        inside = 20 <= frame < 40  # bar 2 begins at 2 s, bar 3 at 4 s
        hit = envelope[frame % 5] if inside else 0.0
        lead = 1.0 + 0.02 * min(frame, 40) / 40
        assert score.channels["zoom"][frame] == pytest.approx(lead * 1.04 ** (0.5 * hit), abs=1e-12)
        assert score.channels["strength"][frame] == pytest.approx(0.5 - 0.05 * hit, abs=1e-12)


def test_amount_by_keyframes_fades_a_layer(project):
    layer = {"use": "keyframes", "rotation": {"0": 2.0}, "amount": {"0": 0.0, "20": 1.0}}
    score = compose(synthetic_song(4.0), project(layer, video={"fps": 10}))
    np.testing.assert_allclose(score.channels["rotation"][:31:10], [0, 1, 2, 2])


def test_muting_a_layer_equals_leaving_it_out(project):
    beat = {"use": "beat", "to": {"zoom": 0.1}}
    with_it = compose(
        synthetic_song(8.0), project(ARTICLE | {"zoom": {"0": 1.01}}, beat | {"amount": 0})
    )
    without = compose(synthetic_song(8.0), project(ARTICLE | {"zoom": {"0": 1.01}}))
    np.testing.assert_allclose(with_it.channels["zoom"], without.channels["zoom"], rtol=1e-14)


def test_values_are_clamped_once_and_counted(project):
    up = {"use": "keyframes", "strength": {"0": 1.55}}
    down = {"use": "keyframes", "strength": {"0": 0.05}}
    score = compose(synthetic_song(1.0), project(up, down))
    np.testing.assert_allclose(score.channels["strength"], 1.0)  # 0.55 + 1.0 - 0.5 = 1.05
    assert score.clamped == {"strength": 15}


def test_an_excerpt_has_the_rows_of_the_whole(project):
    song = synthetic_song(8.0)
    whole = compose(song, project(ARTICLE))
    part = compose(song, project(ARTICLE, video={"start": "3s", "end": "bar 4"}))
    assert (part.frames[0], part.frames[-1], len(part)) == (45, 89, 45)
    assert part.start == 3
    np.testing.assert_array_equal(part.channels["zoom"], whole.channels["zoom"][45:90])
    np.testing.assert_array_equal(part.seeds, 42 + np.arange(45, 90))


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"motion": [{"use": "keyframes", "zoom": {"bar 99": 1.0}}]}, r'motion\[0\]\.zoom\."bar 99": position'),
        ({"motion": [{"use": "beat", "to": {"zoom": 1}, "between": ["0", "bar 99"]}]}, r"motion\[0\]\.between\[1\]"),
        ({"motion": [{"use": "beat", "to": {"zoom": 1}, "between": ["5s", "2s"]}]}, "does not come after"),
        ({"motion": [{"use": "beat", "to": {"zoom": 1}, "amount": {"99s": 1}}]}, r'motion\[0\]\.amount\."99s"'),
        ({"motion": [{"use": "beat"}]}, r"motion\[0\]\.to is missing"),
        ({"motion": [{"use": "orbit", "to": {"zoom": 1}}]}, "names its channels itself"),
        ({"motion": [{"use": "level", "feature": "rsm", "to": {"zoom": 1}}]}, r"motion\[0\].*feature 'rsm'"),
        ({"prompts": {"at": {"bar 99": "x"}}}, r'prompts\.at\."bar 99"'),
        ({"video": {"start": "99s"}}, "video.start"),
        ({"video": {"start": "3s", "end": "2s"}}, "does not come after video.start"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_song_is_named(project, tables, message):
    motion = tables.pop("motion", [])
    with pytest.raises(ProjectError if "rsm" not in message else Exception, match=message):
        compose(synthetic_song(8.0), project(*motion, **tables))


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
        compose(synthetic_song(1.0), project)


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
        compose(synthetic_song(1.0), make_project(data, Path("p.toml"), registry))
    assert str(caught.value) == "motion[0] (odd): code 7"
    assert (caught.value.code, caught.value.fix) == (7, "Try again.")


@pytest.mark.parametrize("start", ["0", "2s"])
def test_an_image_is_held_while_strength_rises_to_its_curve(project, start):
    layers = {"use": "keyframes", "strength": {"0": 0.5}, "detail_match": {"0": 0.8}}
    video = {"fps": 10, "start": start}
    song = synthetic_song(8.0)
    free = compose(song, project(layers, video=video))
    held = compose(song, project(layers, video=video | {"image": "i.png", "image_hold": "4s"}))
    rise = np.clip(np.arange(len(held)) / 40, 0, 1)
    for name in ("strength", "colour_match", "detail_match"):
        np.testing.assert_allclose(held.channels[name], rise * free.channels[name])
    assert held.diffuses.tolist() == [False] + [True] * (len(held) - 1)
    np.testing.assert_array_equal(held.channels["zoom"], free.channels["zoom"])


def test_without_an_image_there_is_nothing_to_hold(project):
    with pytest.raises(ProjectError, match=r"video\.image_hold.*no image to hold"):
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
    ]  # fmt: skip
    assert {layer["use"] for layer in layers} == {
        name
        for name in registry.modulators
        if registry.owner("modulators", name).package == "phosphene"
    }
    score = compose(song, project(*layers))
    assert len(score) == max(1, round(song.duration * 15 + 0.4))
    assert all(np.all(np.isfinite(curve)) for curve in score.channels.values())


def test_what_holds_a_scene_rests_where_the_model_says(project):
    given = {"colour_match": 0.8, "detail_match": 0.3}
    held = compose(synthetic_song(1.0), project(model=given)).channels
    assert set(held["colour_match"]) == {0.8}
    assert set(held["detail_match"]) == {0.3}
    # A layer is folded upon that: 0.2 is 0.3 below neutral.
    layer = {"use": "keyframes", "colour_match": {"0": 0.2}}
    held = compose(synthetic_song(1.0), project(layer, model=given)).channels
    np.testing.assert_allclose(held["colour_match"], 0.5)
    assert set(held["detail_match"]) == {0.3}
    replaced = compose(
        synthetic_song(1.0), project(layer | {"mix": "replace"}, model=given)
    ).channels
    np.testing.assert_allclose(replaced["colour_match"], 0.2)

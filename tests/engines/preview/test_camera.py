"""`none`: the picture moves as the Score says, without end, and shows strength and prompts."""

from dataclasses import replace
from itertools import pairwise
from unittest import mock

import cv2
import numpy as np
import pytest
import torch
from scores import score

from benchmarks.motion.camera import CHANNELS, Fidelity, Flow
from benchmarks.motion.films import decoded, luma
from phosphene.engines.preview.camera import Camera
from phosphene.film import Film
from phosphene.painting.loop import paint
from phosphene.painting.motion.step import step_matrix
from phosphene.painting.pictures import read_image, to_bytes
from phosphene.plugins import load_plugins
from phosphene.testing import EngineContract

SIZE = 128


class TestContract(EngineContract):
    spec = next(spec for name, spec in load_plugins().engines.items() if name == "none")


def about(n=2, prompts=("a forest",), **channels):
    """A Score of one prompt, each channel a number or a curve."""
    made = score(n=n, width=SIZE, height=SIZE, prompts=prompts)
    curves = {name: np.broadcast_to(np.float64(value), n) for name, value in channels.items()}
    strength = curves.get("strength", made.channels["strength"])
    return replace(
        made,
        channels=made.channels | curves,
        weights=np.eye(len(prompts))[np.zeros(n, int)],
        diffuses=strength > 0.0,
    )


def painted(made):
    return [frame.picture for frame in paint(made, Camera(made))]


def frame(made, i):
    return Camera(made).draw_moved(made.row(i))


@pytest.fixture
def photo(tmp_path):
    """Boxes of many colours and sizes, 160 x 130."""
    random, picture = np.random.default_rng(3), np.zeros((130, 160, 3), np.uint8)
    for x, y, side in zip(*random.integers((160, 130, 25), size=(150, 3)).T, strict=True):
        cv2.rectangle(
            picture, (x, y, side + 4, side + 4), random.integers(256, size=3).tolist(), -1
        )
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), picture)
    return path


def moves(n):
    """A zoom, a turn and a pan that change, and a kick every sixth frame."""
    time = np.arange(n)
    kick = 0.5 ** (time % 6)
    return {
        "zoom": np.exp(0.01 + 0.015 * np.sin(time / 4.0) + 0.03 * kick),
        "rotation": 1.2 * np.sin(time / 5.0 + 1.0),
        "translation_x": 2.0 * np.sin(time / 3.0),
        "translation_y": 1.5 * np.cos(time / 6.0),
        "strength": 0.3 + 0.45 * kick,
    }


@pytest.mark.parametrize("image", [False, True])
def test_a_decoded_film_shows_the_camera_of_the_score(tmp_path, photo, image):
    made = about(48, **moves(48))
    made = replace(made, image=photo if image else None)
    with Film(tmp_path / "film.mp4", SIZE, SIZE, made.fps) as film:
        for picture in painted(made):
            film.write(to_bytes(picture))
    flow, frames = Flow(SIZE, SIZE), map(luma, decoded(tmp_path / "film.mp4"))
    seen = np.array([flow.seen(*both) for both in pairwise(frames)])
    steps = [step_matrix(made.row(i), SIZE, SIZE) for i in range(1, 48)]
    commanded = np.array([flow.commanded(step) for step in steps])
    for k, channel in enumerate(CHANNELS):
        fidelity = Fidelity.of(seen[:, k], commanded[:, k])
        assert fidelity.correlation >= 0.95, channel
        assert 0.95 <= fidelity.slope <= 1.05, channel


@pytest.mark.parametrize("channels", [{"zoom": 1.05}, {"zoom": 0.95}, {"pan": 0.7, "tilt": 0.2}])
def test_contrast_and_detail_are_the_same_after_2000_frames(channels):
    made = about(2001, strength=0.0, **channels)
    camera = Camera(made)

    def looks(rows):
        pictures = [camera.draw_moved(made.row(i))[0].mean(0) for i in rows]
        contrast = np.mean([picture.std() for picture in pictures])
        return contrast, np.mean([picture.diff(dim=1).abs().mean() for picture in pictures])

    np.testing.assert_allclose(looks(range(1850, 2001, 10)), looks(range(0, 151, 10)), rtol=0.2)


def test_frames_do_not_depend_on_earlier_ones_or_on_the_cores(photo):
    made = replace(about(12, **moves(12)), image=photo)
    whole = list(paint(made, Camera(made)))
    kept = whole[6]
    with mock.patch.object(torch, "get_num_threads", return_value=3):
        rest = list(paint(made, Camera(made), after=(kept.row, kept.state)))
    assert [one.row for one in rest] == list(range(7, 12))
    for one, other in zip(rest, whole[7:], strict=True):
        assert one.picture.equal(other.picture)


def test_an_excerpt_starts_the_plane_again():
    made = about(12, zoom=1.1)
    excerpt = made.excerpt(5, 9)
    assert frame(excerpt, 0).equal(frame(made, 0))
    assert len(painted(excerpt)) == 4


def test_the_first_frame_is_the_image_itself(photo):
    made = replace(about(3), image=photo)
    assert painted(made)[0].equal(read_image(photo, SIZE, SIZE))


@pytest.mark.parametrize("channels", [{"zoom": 0.95}, {"translation_x": 8.0}, {"pan": 3.0}])
def test_beyond_the_edge_of_the_image_is_the_drawn_plane(tmp_path, channels):
    grey = np.full((SIZE, SIZE, 3), 250, np.uint8)
    cv2.imwrite(str(tmp_path / "grey.png"), grey)
    made = replace(about(12, strength=0.0, **channels), image=tmp_path / "grey.png")
    shown, plane = frame(made, 11), frame(replace(made, image=None), 11)
    drawn = (shown - plane).abs().amax(1) < 1e-6
    assert 0.2 < drawn.float().mean() < 0.8
    assert shown[:, :, drawn[0]].std() > 0.05


def test_drawn_detail_appears_beyond_the_resolution_of_the_image(tmp_path):
    cv2.imwrite(str(tmp_path / "flat.png"), np.full((SIZE, SIZE, 3), 60, np.uint8))
    made = replace(about(7, strength=0.0, zoom=2.0), image=tmp_path / "flat.png")
    detail = [float(frame(made, i).diff(dim=3).abs().mean()) for i in range(7)]
    assert detail[0] == 0.0 < detail[1] < detail[2]
    assert min(detail[3:]) > 0.02


def test_a_zoom_in_and_out_again_returns_to_the_image(photo):
    zoom = np.r_[1.0, np.full(40, 4.0), np.full(40, 0.25)]
    made = replace(about(81, strength=0.0, zoom=zoom), image=photo)
    torch.testing.assert_close(frame(made, 80), read_image(photo, SIZE, SIZE), atol=1e-3, rtol=0)


def test_each_prompt_has_its_colours_and_a_morph_passes_from_one_to_the_other():
    made = about(1, prompts=("a forest", "a city", "a forest"))
    camera = Camera(made)

    def seen(*weights):
        return camera.draw_moved(replace(made.row(0), weights=np.array(weights)))

    forest, city, half = seen(1, 0, 0), seen(0, 1, 0), seen(0.5, 0.5, 0)
    assert seen(0, 0, 1).equal(forest)
    whole = (forest - city).abs().mean()
    assert whole > 0.03
    assert 0.3 * whole < (half - forest).abs().mean() < 0.7 * whole
    assert 0.3 * whole < (half - city).abs().mean() < 0.7 * whole


def test_strength_shows_as_light_that_moves_with_the_camera_and_fades():
    strength = np.zeros(12)
    strength[4] = 0.75
    made, calm = about(12, strength=strength), about(12, strength=0.0)
    added = [(a - b).mean() for a, b in zip(painted(made), painted(calm), strict=True)]
    assert max(added[:4]) == max(added[8:]) == 0.0
    assert added[4] > 0.005
    assert added[4] > added[5] > added[6] > added[7] > 0.0


def test_more_strength_shows_more():
    lights = [painted(about(2, strength=value))[1].mean() for value in (0.1, 0.3, 0.55, 0.75, 1.0)]
    assert lights == sorted(lights)
    assert len(set(lights)) == 5


def test_frames_that_are_not_repainted_are_as_exact():
    still = {"zoom": 0.9, "rotation": 5.0}
    strength = np.zeros(20)
    for one, i in zip(painted(about(20, strength=strength, **still)), range(20), strict=True):
        assert one.equal(frame(about(20, **still, strength=strength), i))

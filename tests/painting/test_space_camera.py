"""The frame loop with depth: estimates, cadence, resuming, and what stays without depth."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scores import card, score

from phosphene.errors import EngineError
from phosphene.painting.depth import DepthSpec, with_depth
from phosphene.painting.loop import paint
from phosphene.painting.motion.relief import Range, moved, sharpened
from phosphene.painting.motion.step import space_matrix
from phosphene.project.tables.model import Depth

WIDTH, HEIGHT = 64, 48


class Keeper:
    """Keeps the moved picture, with a little of the noise."""

    device = torch.device("cpu")
    noise_shape = (1, 6, 8)

    def __init__(self, noise=0.0):
        self.noise = noise

    def first(self, row):
        return 0.5 + 0.5 * card(WIDTH, HEIGHT)

    def img2img(self, picture, row, noise):
        grain = torch.nn.functional.interpolate(noise.seen(), scale_factor=8)
        return (picture + self.noise * grain).clamp(0, 1)


def box(picture):
    """A near box before a far wall."""
    distance = torch.full((1, 1, HEIGHT, WIDTH), 3.0)
    distance[..., 14:34, 20:44] = 0.7
    return distance


def of_light(picture):
    """What is light is near, and so the depth depends on the picture."""
    return 4.0 - 3.0 * picture.mean(1, keepdim=True)


def plane(picture):
    return torch.ones(1, 1, HEIGHT, WIDTH)


class Source:
    """A source of depth that counts its estimates."""

    def __init__(self, estimate):
        self.estimate, self.rows = estimate, 0

    def __call__(self, picture):
        self.rows += 1
        return self.estimate(picture)


def deep(about, estimate=of_light, fixed=False, noise=0.05, **settings):
    source = Source(estimate)
    spec = DepthSpec("test", "a test", lambda depth, score, device: source, fixed=fixed)
    depth = Depth.model_validate({"source": "test", **settings})
    return with_depth(Keeper(noise), spec, depth, about), source


def film(about, engine, **options):
    return list(paint(about, engine, **options))


def cadenced(n, painted, **channels):
    return replace(score(n=n, **channels), diffuses=np.isin(np.arange(n), painted))


def test_a_plane_at_a_distance_of_1_is_the_camera_without_depth():
    about = score(n=5, dolly=0.04, rotation=1.0, translation_x=1.0, renewal=0.2)
    flat = film(about, Keeper(0.05))
    for strength, estimate in ((1.0, plane), (0.0, of_light)):
        engine, _ = deep(about, estimate, strength=strength)
        for one, other in zip(flat, film(about, engine), strict=True):
            torch.testing.assert_close(one.picture, other.picture, rtol=0, atol=1e-4)


def test_without_a_depth_the_engine_is_the_same():
    engine = Keeper()
    assert with_depth(engine, None, None, score()) is engine


def test_no_holes_in_200_frames():
    """The picture is 0.5 or lighter: a hole, filled with nothing, would be dark."""
    about = score(
        n=200, dolly=[0.03] * 100 + [-0.03] * 100, translation_x=1.5, rotation=0.5, renewal=0.0
    )
    engine, _ = deep(about, box, noise=0.0)
    for frame in paint(about, engine):
        assert frame.picture.isfinite().all()
        assert frame.picture.min() > 0.4


def test_a_frame_between_repaints_is_one_resample_along_the_path():
    about = cadenced(4, [0], dolly=0.03, translation_x=1.0)
    engine, source = deep(about)
    first, *others = film(about, engine)
    bounds, path = Range(2.0, 0.25), np.eye(4)
    disparity = sharpened(1.0 / of_light(first.picture), bounds)
    for frame in others:
        path = space_matrix(about.row(frame.row), WIDTH, HEIGHT) @ path
        expected, _ = moved(first.picture, disparity, path, bounds)
        torch.testing.assert_close(frame.picture, expected, rtol=0, atol=1e-5)
    assert source.rows == 1


def test_a_repaint_fades_in_along_the_path_with_the_depth_of_each():
    about = cadenced(4, [0, 3], dolly=0.03, strength=0.5, renewal=0.2)
    engine, _ = deep(about, noise=0.1)
    frames = [frame.picture for frame in film(about, engine)]
    bounds, step = Range(2.0, 0.25), space_matrix(about.row(1), WIDTH, HEIGHT)
    before = sharpened(1.0 / of_light(frames[0]), bounds)
    after = sharpened(1.0 / of_light(frames[3]), bounds)
    ahead, _ = moved(frames[0], before, step, bounds)
    back, _ = moved(frames[3], after, step @ np.linalg.inv(step @ step @ step), bounds)
    torch.testing.assert_close(frames[1], torch.lerp(ahead, back, 1 / 3), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("painted", "every", "fixed", "estimates"),
    [
        (range(9), 1, False, 9),
        (range(9), 3, False, 3),  # in rows 0, 3 and 6
        ([0, 3, 6], 1, False, 3),
        ([0, 3, 6], 4, False, 2),
        (range(9), 1, True, 1),
    ],
)
def test_depth_is_estimated_when_it_is_due(painted, every, fixed, estimates):
    about = cadenced(9, painted, dolly=0.02, strength=0.5)
    engine, source = deep(about, every=every, fixed=fixed)
    film(about, engine)
    assert source.rows == estimates


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize("stop", [0, 3, 4])
def test_continued_after_any_frame_the_rest_is_the_same_to_the_bit(stop, every):
    about = cadenced(8, [0, 1, 2, 5, 6], dolly=0.03, strength=0.5, renewal=0.3, pan=0.4)
    complete = film(about, deep(about, every=every)[0])
    after = (stop, complete[stop].state)
    rest = film(about, deep(about, every=every)[0], after=after)
    assert [frame.row for frame in rest] == list(range(stop + 1, 8))
    for one, other in zip(complete[stop + 1 :], rest, strict=True):
        assert torch.equal(one.picture, other.picture)


def test_between_estimates_the_depth_moves_with_the_camera():
    about = score(n=3, translation_x=4.0, strength=0.5)
    engine, _ = deep(about, box, every=2, noise=0.0)
    first, second, _ = film(about, engine)
    assert first.state["depth_row"] == second.state["depth_row"] == 0
    edges = [torch.diff(frame.state["depth"][0, 0, 24]).argmax() for frame in (first, second)]
    assert int(edges[1] - edges[0]) == round(4.0 / 0.7)  # px; at a distance of 1 it would be 4


def test_a_wrong_shape_of_depth_is_refused():
    about = score()
    engine, _ = deep(about, lambda picture: torch.ones(HEIGHT, WIDTH))
    with pytest.raises(EngineError, match=r"'test' returned the shape \(48, 64\)"):
        film(about, engine)


def test_distances_that_are_not_numbers_are_far():
    about = score(n=2, translation_x=2.0)
    engine, _ = deep(about, lambda picture: plane(picture) * torch.nan)
    far, _ = deep(about, lambda picture: plane(picture) * 4.0)
    one, other = (film(about, each)[-1].picture for each in (engine, far))
    assert torch.equal(one, other)

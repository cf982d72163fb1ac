"""The warp with depth, against geometry: where each pixel comes from, edges, and holes."""

import numpy as np
import pytest
import torch
from fake_gpu import Copies, fake_gpu
from scores import card, score

from phosphene.painting.motion.relief import Range, moved, sharpened, trace
from phosphene.painting.motion.step import space_matrix, step_matrix
from phosphene.painting.motion.warp import warp

WIDTH, HEIGHT = 128, 96
BOUNDS = Range(2.0, 0.25)
STEPS = [
    {"dolly": 0.05},
    {"dolly": -0.04},
    {"translation_x": 6.0, "translation_y": -2.0},
    {"dolly": 0.03, "translation_y": -3.0, "pan": 1.0, "tilt": -0.7, "rotation": 2.0},
    {"dolly": 0.02, "zoom": 1.03, "translation_x": -4.0},
]


def row(**channels):
    return score(width=WIDTH, height=HEIGHT, **channels).row(0)


def space(**channels):
    return space_matrix(row(**channels), WIDTH, HEIGHT)


def pixels():
    x, y = np.meshgrid(np.arange(float(WIDTH)), np.arange(float(HEIGHT)))
    return x, y


def seen_from(x, y, disparity, matrix):
    """Where points are in the new frame, and their inverse distance."""
    points = np.stack([x, y, np.ones_like(x), disparity]).reshape(4, -1)
    new = matrix @ points
    return (new[[0, 1, 3]] / new[2]).reshape(3, *np.shape(x))


def surfaces():
    y, x = torch.meshgrid(
        torch.linspace(-1, 1, HEIGHT), torch.linspace(-1, 1, WIDTH), indexing="ij"
    )
    radius = torch.hypot(x, y) / 2**0.5
    waves = 0.5 + 0.25 * torch.sin(5.0 * x + 1.0) + 0.25 * torch.cos(4.0 * y)
    shares = {"slope": 0.5 + 0.5 * y, "cone": radius, "bowl": radius**2, "waves": waves}
    return {name: (0.25 + 1.75 * share)[None, None] for name, share in shares.items()}


def test_a_step_in_space_is_exact_trigonometry():
    """A point in camera space, by hand: moved back by the camera, turned, and projected."""
    focal = 0.5 * WIDTH / np.tan(np.radians(30.0))
    point = np.array([0.3, -0.2, 1.6])  # in distances of the picture plane
    forward = 1.0 - np.exp(-0.2)
    pan = np.radians(3.0)
    turned = np.array(
        [[np.cos(pan), 0, -np.sin(pan)], [0, 1, 0], [np.sin(pan), 0, np.cos(pan)]]
    ) @ (point - [0.0, 0.0, forward])
    turned[0] += 5.0 / focal * np.exp(-0.2) * np.cos(pan)
    x, y = focal * point[:2] / point[2] + ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    new = seen_from(x, y, 1.0 / point[2], space(dolly=0.2, pan=3.0, translation_x=5.0))
    expected = focal * turned[:2] / turned[2] + ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    np.testing.assert_allclose(new[:2], expected, atol=1e-9)
    # Distances are in those of the plane, which the camera has come closer to.
    assert new[2] == pytest.approx(np.exp(-0.2) * np.cos(pan) / turned[2])


@pytest.mark.parametrize("step", [*STEPS[:3], STEPS[4], {"pan": 4.0, "tilt": 2.0, "dolly": 0.1}])
def test_at_a_distance_of_1_it_is_the_homography(step):
    x, y = pixels()
    new = seen_from(x, y, np.ones_like(x), space(**step))
    flat = np.stack([x, y, np.ones_like(x)]).reshape(3, -1)
    flat = step_matrix(row(**step), WIDTH, HEIGHT) @ flat
    np.testing.assert_allclose(new[:2], (flat[:2] / flat[2]).reshape(2, HEIGHT, WIDTH), atol=1e-9)
    if "pan" not in step:
        np.testing.assert_allclose(new[2], 1.0)


@pytest.mark.parametrize("name", ["slope", "cone", "waves"])
@pytest.mark.parametrize("step", STEPS)
def test_displacements_are_those_of_geometry(name, step):
    """Within 3 % of the displacement, and a hundredth of a pixel, for every pixel."""
    surface, matrix = surfaces()[name], space(**step)
    found = trace(surface, matrix, BOUNDS)
    x, y = pixels()
    inside = (found.x >= 0) & (found.x <= WIDTH - 1) & (found.y >= 0) & (found.y <= HEIGHT - 1)
    grid = torch.stack([found.x / (WIDTH - 1), found.y / (HEIGHT - 1)], -1)[None] * 2 - 1
    there = torch.nn.functional.grid_sample(surface, grid, align_corners=True)[0, 0]
    new = seen_from(
        found.x.double().numpy(), found.y.double().numpy(), there.double().numpy(), matrix
    )
    away = np.hypot(new[0] - x, new[1] - y)
    travelled = np.hypot(found.x.numpy() - x, found.y.numpy() - y)
    assert not found.hole.any()
    assert np.all((away <= 0.03 * travelled + 0.01)[inside.numpy()])


def layers(step, near=1.5, far=0.4):
    """A near square before a far wall: the disparity, and where geometry shows each of them."""
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[30:66, 44:84] = True
    disparity = torch.from_numpy(np.where(inside, near, far).astype(np.float32))[None, None]
    matrix = space(**step)
    x, y = pixels()

    def back(at):
        plane = matrix[:3, :3].copy()
        plane[:, 2] += at * matrix[:3, 3]
        old = np.linalg.inv(plane) @ np.stack([x, y, np.ones_like(x)]).reshape(3, -1)
        return (old[:2] / old[2]).reshape(2, HEIGHT, WIDTH)

    def within(place, margin):
        return (
            (place[0] > 43.5 + margin)
            & (place[0] < 83.5 - margin)
            & (place[1] > 29.5 + margin)
            & (place[1] < 65.5 - margin)
        )

    return disparity, matrix, back(near), back(far), within


@pytest.mark.parametrize(
    "step", [{"translation_x": 8.0}, {"translation_x": -5.0, "translation_y": 3.0}, {"dolly": 0.06}, {"dolly": -0.08}]
)  # fmt: skip
def test_near_things_cover_far_ones_without_tearing(step):
    disparity, matrix, near, far, within = layers(step)
    found = trace(disparity, matrix, BOUNDS)
    place = np.stack([found.x.numpy(), found.y.numpy()])
    front = within(near, 0.75)
    np.testing.assert_allclose(place[:, front], near[:, front], atol=0.02)
    assert not found.hole.numpy()[front].any()
    clear = ~within(near, -0.75) & ~within(far, -0.75)  # the wall, not hidden before
    np.testing.assert_allclose(place[:, clear], far[:, clear], atol=0.02)
    hidden = ~within(near, -0.75) & within(far, 0.75)
    assert found.hole.numpy()[hidden].all()
    # Nothing lies between the two: no surface spans from near to far.
    seen = found.disparity.numpy()
    assert np.minimum(np.abs(seen - 1.5), np.abs(seen - 0.4)).max() < 0.05


def test_a_hole_continues_the_background():
    """The wall is grey, the square is red: no hole is red, and none is black."""
    disparity, matrix, near, far, within = layers({"translation_x": 10.0})
    picture = torch.full((1, 3, HEIGHT, WIDTH), 0.5)
    picture[0, :, 30:66, 44:84] = torch.tensor([1.0, 0.0, 0.0])[:, None, None]
    seen, _ = moved(picture, disparity, matrix, BOUNDS)
    hidden = torch.from_numpy(~within(near, -1.5) & within(far, 1.5))
    assert hidden.sum() > 100
    filled = seen[0][:, hidden]
    assert (filled - 0.5).abs().mean() < 0.02
    assert filled.min() > 0.3


def test_the_depth_moves_with_the_picture():
    disparity, matrix, near, _, within = layers({"dolly": 0.06})
    _, new = moved(card(WIDTH, HEIGHT), disparity, matrix, BOUNDS)
    expected = np.exp(-0.06) * 1.5 / (1.0 - 1.5 * (1.0 - np.exp(-0.06)))
    np.testing.assert_allclose(new[0, 0].numpy()[within(near, 0.75)], expected, rtol=1e-4)


@pytest.mark.parametrize(
    "step", [{"zoom": 1.04, "rotation": 3.0}, {"pan": 2.0, "tilt": 1.0, "zoom": 0.98}]
)
def test_motion_equal_at_all_distances_is_the_flat_warp(step):
    picture = card(WIDTH, HEIGHT)
    seen, _ = moved(picture, surfaces()["waves"], space(**step), BOUNDS)
    flat = warp(picture, step_matrix(row(**step), WIDTH, HEIGHT))
    torch.testing.assert_close(seen, flat, rtol=0, atol=1e-5)


def test_at_rest_nothing_changes():
    picture, disparity = card(WIDTH, HEIGHT), surfaces()["waves"]
    seen = moved(picture, disparity, space(), BOUNDS)
    assert seen[0] is picture
    assert seen[1] is disparity


@pytest.mark.parametrize(
    "step", [{"dolly": 5.0}, {"dolly": -5.0}, {"translation_x": 1e4}, {"pan": 60.0, "dolly": 1.0}, {"zoom": 1e3, "tilt": -60.0, "translation_y": 9.0}]
)  # fmt: skip
def test_extreme_steps_give_a_picture(step):
    seen, disparity = moved(card(WIDTH, HEIGHT), surfaces()["waves"], space(**step), BOUNDS)
    assert seen.isfinite().all()
    assert seen.min() >= 0.0
    assert seen.max() <= 1.0
    assert disparity.min() >= BOUNDS.farthest
    assert disparity.max() <= BOUNDS.nearest


def test_a_soft_edge_becomes_sharp_and_a_slope_stays():
    """The near side is a pixel wider, where the picture mixes the colours of both sides."""
    soft = torch.tensor([0.4, 0.4, 0.4, 0.6, 0.9, 1.4, 1.5, 1.5, 1.5])
    edge = sharpened(soft.expand(1, 1, 9, 9), BOUNDS)[0, 0, 4]
    torch.testing.assert_close(edge, torch.tensor([0.4] * 4 + [1.5] * 5))
    slope = surfaces()["slope"]
    assert torch.equal(sharpened(slope, BOUNDS), slope)


def test_on_a_device_nothing_is_copied_or_waited_for():
    with fake_gpu() as device, Copies() as copies:
        shape = HEIGHT, WIDTH
        picture, disparity = (
            torch.empty((1, channels, *shape), dtype=torch.float32, device=device)
            for channels in (3, 1)
        )
        for step in (STEPS[3], {"zoom": 1.02}):
            sharp = sharpened(disparity, BOUNDS)
            seen, depth = moved(picture, sharp, space(**step), BOUNDS)
            assert (seen.shape, depth.shape) == (picture.shape, disparity.shape)
            assert seen.device == depth.device == picture.device
    assert copies.made == []

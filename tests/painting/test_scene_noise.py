"""Noise that travels with the camera: white, of unit variance, and at the picture's place."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scores import score

from phosphene.painting.depth import DepthSpec, SceneDepth
from phosphene.painting.motion.camera import DepthCamera
from phosphene.painting.motion.cells import key_of, mixed
from phosphene.painting.motion.noise import SceneNoise, seeded_noise
from phosphene.painting.motion.step import step_matrix
from phosphene.project.tables.model import Depth

WIDTH = 512
SHAPE = (8, 64, 64)
CPU = torch.device("cpu")
MOVES = {
    "zoom in": {"zoom": 1.02},
    "zoom out": {"zoom": 0.98},
    "rotation": {"rotation": 1.3},
    "pan": {"translation_x": 1.7, "translation_y": -0.4},
    "perspective": {"pan": 0.5, "tilt": 0.3},
    "all at once": {"zoom": 1.013, "rotation": 0.7, "translation_x": 1.1, "pan": 0.3},
}


def step(**channels):
    return step_matrix(score(n=1, **channels).row(0), WIDTH, WIDTH)


def new_noise(seed=3):
    return SceneNoise(SHAPE, (WIDTH, WIDTH), seed)


def correlation(one, other):
    return float((one * other).mean() / (one.std() * other.std()))


class Whiteness:
    """The variance and the correlations between neighbours of several noises."""

    def __init__(self):
        self._variances, self._across, self._down = [], [], []

    def add(self, seen):
        self._variances.append(float(seen.var()))
        self._across.append(correlation(seen[..., 1:], seen[..., :-1]))
        self._down.append(correlation(seen[..., 1:, :], seen[..., :-1, :]))

    def check(self):
        assert np.mean(self._variances) == pytest.approx(1.0, abs=0.02)
        assert abs(np.mean(self._across)) < 0.02
        assert abs(np.mean(self._down)) < 0.02


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
@pytest.mark.parametrize("renewal", [0.3, 0.0])
def test_it_stays_white_and_of_unit_variance(move, renewal):
    noise, matrix = new_noise(), step(**move)
    white = Whiteness()
    for frame in range(200):
        noise.move(matrix, renewal, 100 + frame)
        if frame >= 150 and frame % 5 == 0:
            white.add(noise.seen())
    white.check()


def test_it_moves_with_the_picture_also_by_less_than_a_latent_pixel():
    noise = new_noise()
    before = noise.seen()
    for _ in range(4):  # 4 steps of 2 px are one latent pixel
        noise.move(step(translation_x=2.0), 0.0, 7)
    torch.testing.assert_close(noise.seen(), before.roll(1, 3))


def test_a_zoom_enlarges_it():
    noise = new_noise()
    before = noise.seen()
    noise.move(step(zoom=2.0), 0.0, 7)
    enlarged = torch.nn.functional.interpolate(before, scale_factor=2, mode="nearest")
    # A latent pixel holds a quarter of the old one's cells, so half of its deviation.
    assert correlation(noise.seen(), enlarged[..., 32:96, 32:96]) == pytest.approx(0.5, abs=0.03)
    assert abs(correlation(noise.seen(), before)) < 0.03


@pytest.mark.parametrize("renewal", [0.1, 0.3, 0.7])
def test_renewal_is_the_share_of_the_variance_that_is_new(renewal):
    noise = new_noise()
    before = noise.seen()
    noise.move(np.eye(3), renewal, 7)
    assert correlation(noise.seen(), before) == pytest.approx((1 - renewal) ** 0.5, abs=0.02)


def test_at_a_renewal_of_1_it_is_the_drawn_noise_to_the_bit():
    noise = new_noise(seed=3)
    assert torch.equal(noise.seen(2), seeded_noise((2, *SHAPE), 3, CPU))
    noise.move(step(zoom=1.1), 1.0, 9)
    assert torch.equal(noise.seen(), seeded_noise((1, *SHAPE), 9, CPU))
    noise.move(np.eye(3), 0.0, 10)  # and the field continues from it
    torch.testing.assert_close(noise.seen(), seeded_noise((1, *SHAPE), 9, CPU))


def test_each_step_of_a_sampler_has_noise_of_its_own():
    noise = new_noise()
    noise.move(step(zoom=1.02), 0.3, 7)
    one, other = noise.seen(2)
    assert abs(correlation(one, other)) < 0.02
    assert float(other.var()) == pytest.approx(1.0, abs=0.03)


def test_a_restored_state_gives_the_same_noise_to_the_bit():
    noise, other = new_noise(), new_noise(seed=99)
    for frame in range(30):
        noise.move(step(**MOVES["all at once"]), 0.2, frame)
        noise.seen()
    other.restore({name: part.clone() for name, part in noise.state.items()})
    for frame in range(30, 45):
        for one in (noise, other):
            one.move(step(**MOVES["all at once"]), 0.2, frame)
        assert torch.equal(noise.seen(), other.seen())


def test_a_restored_state_of_drawn_noise_gives_the_same_noise_to_the_bit():
    noise, other = new_noise(), new_noise(seed=99)
    noise.move(step(zoom=1.1), 1.0, 9)
    assert set(noise.state) == {"noise_seed"}
    other.restore(noise.state)
    for one in (noise, other):
        one.move(step(zoom=1.1), 0.2, 10)
    assert torch.equal(noise.seen(), other.seen())


def test_cells_are_normal_white_and_independent_of_those_of_the_next_seed():
    """Moments to three deviations of their estimates over 2^20 values."""
    blank = np.zeros((512, 512, 4), np.float32)
    one, other = (mixed(blank, 0.0, 1.0, key_of(seed)).astype(np.float64) for seed in (7, 8))
    count = one.size
    assert abs(one.mean()) < 3 / count**0.5
    assert one.var() == pytest.approx(1.0, abs=3 * (2 / count) ** 0.5)
    # The fourth moment of a normal variable is 3; without the tails beyond 3.7 deviations, 2.993.
    assert np.mean(one**4) == pytest.approx(2.993, abs=3 * (96 / count) ** 0.5)
    for shift in (one[1:] * one[:-1], one[:, 1:] * one[:, :-1], one[..., 1:] * one[..., :-1]):
        assert abs(shift.mean()) < 3 / shift.size**0.5
    assert abs((one * other).mean()) < 3 / count**0.5


def test_the_parts_of_split_cells_add_up_to_them():
    noise = new_noise()
    noise.move(np.eye(3), 0.3, 6)
    before = noise.seen()
    noise.move(step(zoom=2.0), 0.0, 7)
    # Each cell becomes 2 x 2 parts with twice its value as their sum, a quarter as many a pixel.
    halves = torch.nn.functional.avg_pool2d(noise.seen(), 2)
    torch.testing.assert_close(halves, before[..., 16:48, 16:48] / 2)


def test_a_state_of_another_shape_is_ignored():
    noise, other = new_noise(), SceneNoise((4, 64, 64), (WIDTH, WIDTH), 5)
    other.move(np.eye(3), 0.3, 6)
    noise.restore(other.state)
    assert torch.equal(noise.seen(), seeded_noise((1, *SHAPE), 3, CPU))


def test_a_camera_that_looks_past_the_horizon_still_has_noise():
    noise = new_noise()
    for frame in range(5):
        noise.move(step(tilt=30.0), 0.0, frame)
        assert float(noise.seen().var()) == pytest.approx(1.0, abs=0.05)


def depth_camera(distance):
    """A camera over a fixed depth, shape (height, width)."""
    spec = DepthSpec("fixed", "", lambda *about: lambda picture: distance[None, None], fixed=True)
    depth = Depth.model_validate({"source": "fixed"})
    about = score(width=WIDTH, height=WIDTH)
    camera = DepthCamera(about, SceneDepth(spec, depth, spec.load(depth, about, CPU)))
    camera.view(torch.zeros(1, 3, WIDTH, WIDTH), 0)
    return camera


def row_of(seed, **channels):
    return replace(score(width=WIDTH, height=WIDTH, **channels).row(0), seed=seed)


@pytest.mark.parametrize("move", [{"dolly": 0.03}, {"dolly": -0.02, "translation_x": 1.3}])
def test_through_depth_it_stays_white_and_of_unit_variance(move):
    side = torch.linspace(-1.0, 1.0, WIDTH)
    camera = depth_camera(0.5 / torch.hypot(side[:, None], side[None]).clamp_min(0.1))
    noise, white = new_noise(), Whiteness()
    for frame in range(20):
        camera.move_noise(noise, row_of(100 + frame, renewal=0.1, **move))
        if frame >= 8 and frame % 3 == 0:
            white.add(noise.seen())
    white.check()


def test_through_depth_near_noise_moves_further():
    """The upper half is at twice the picture plane's distance, the lower one at half of it."""
    distance = torch.full((WIDTH, WIDTH), 2.0)
    distance[WIDTH // 2 :] = 0.5
    camera, noise = depth_camera(distance), new_noise()
    before = noise.seen()
    for frame in range(8):  # 8 steps of 2 px at a distance of 1 are two latent pixels
        camera.move_noise(noise, row_of(frame, renewal=0.0, translation_x=2.0))
    seen = noise.seen()
    torch.testing.assert_close(seen[..., :31, 8:], before.roll(1, 3)[..., :31, 8:])
    torch.testing.assert_close(seen[..., 33:, 8:], before.roll(4, 3)[..., 33:, 8:])


def test_through_depth_it_continues_from_a_state():
    side = torch.linspace(0.5, 4.0, WIDTH)
    camera, one, other = depth_camera(side.expand(WIDTH, WIDTH)), new_noise(), new_noise(5)
    for frame in range(9):
        if frame == 4:
            other.restore({name: part.clone() for name, part in one.state.items()})
        for noise in [one, other][: 1 + (frame >= 4)]:
            camera.move_noise(noise, row_of(frame, renewal=0.2, dolly=0.03))
            seen = noise.seen()
        if frame >= 4:
            assert torch.equal(seen, one.seen())

"""The camera's step as a homography, and the resample that moves a picture by it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from phosphene.painting.motion.step import step_matrix
from phosphene.painting.motion.warp import (
    PHASES,
    TAPS,
    _on_cpu,
    _on_device,
    resample_at,
    table,
    warp,
    weights,
)
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Row


def row(**channels):
    still = {name: channel.neutral for name, channel in CHANNELS.items()}
    return Row(0, still | channels, np.ones(1), 0, True)


def picture(height=48, width=64):
    rng = np.random.default_rng(0)
    smooth = rng.random((1, 3, height // 8, width // 8)).astype(np.float32)
    return torch.nn.functional.interpolate(
        torch.from_numpy(smooth), (height, width), mode="bicubic"
    ).clamp(0, 1)


def test_200_still_steps_change_nothing_to_the_bit():
    before = picture()
    after = before
    for _ in range(200):
        after = warp(after, step_matrix(row(), 64, 48))
    assert torch.equal(before, after)


@pytest.mark.parametrize(("name", "axis"), [("translation_x", 3), ("translation_y", 2)])
def test_positive_translation_moves_right_and_down(name, axis):
    before = picture()
    after = warp(before, step_matrix(row(**{name: 3.0}), 64, 48))
    expected = torch.roll(before, 3, dims=axis)
    inside = (slice(None), slice(None), slice(8, 40), slice(8, 56))
    torch.testing.assert_close(after[inside], expected[inside], atol=1e-5, rtol=0)


def test_positive_rotation_turns_clockwise_on_screen():
    before = torch.zeros(1, 3, 65, 65)
    before[..., 10:15, 30:35] = 1.0  # a spot above the centre
    after = warp(before, step_matrix(row(rotation=90.0), 65, 65))
    assert after[0, 0, 30:35, 50:55].mean() > 0.9  # is now on the right


def test_zoom_moves_in_about_the_centre():
    matrix = step_matrix(row(zoom=2.0), 65, 65)
    np.testing.assert_allclose((matrix @ [32, 32, 1])[:2], [32, 32])
    np.testing.assert_allclose((matrix @ [40, 30, 1])[:2], [48, 28])


def test_zoom_and_rotation_come_before_translation():
    matrix = step_matrix(row(zoom=2.0, rotation=90.0, translation_x=5.0), 65, 65)
    np.testing.assert_allclose((matrix @ [33, 32, 1])[:2], [32 + 5, 34], atol=1e-12)


def test_borders_are_mirrored():
    before = torch.ones(1, 3, 32, 32) * 0.5
    after = warp(before, step_matrix(row(zoom=0.7, rotation=30, translation_x=9), 32, 32))
    torch.testing.assert_close(after, before)


@given(
    st.floats(-20, 20), st.floats(-20, 20), st.floats(-45, 45), st.floats(0.8, 1.25)
)  # fmt: skip
def test_both_devices_paint_the_same_picture(x, y, rotation, zoom):
    matrix = step_matrix(
        row(translation_x=x, translation_y=y, rotation=rotation, zoom=zoom), 64, 48
    )
    back = np.linalg.inv(matrix)
    here, there = _on_cpu(picture(), back), _on_device(picture(), back)
    torch.testing.assert_close(here, there, atol=1e-3, rtol=0)


@pytest.mark.parametrize("move", [_on_cpu, _on_device])
def test_on_the_horizon_the_picture_is_finite(move):
    # The pixels of column 32 come from infinitely far away, those beyond it from behind.
    back = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0 / 32.0, 0.0, 1.0]])
    got = move(picture(), back)
    assert torch.isfinite(got).all()
    assert got.min() > -0.5
    assert got.max() < 1.5


def test_the_number_of_cores_changes_nothing():
    matrix = step_matrix(row(rotation=3.0, pan=4.0), 64, 48)
    before = torch.get_num_threads()
    try:
        got = []
        for cores in (1, 2, 5):
            torch.set_num_threads(cores)
            got.append(warp(picture(), matrix))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(got[0], got[1])
    assert torch.equal(got[0], got[2])


def test_the_vector_sum_is_the_sum():
    # Places between the pixels, whose phases lie between those of the table, by plain NumPy.
    places = np.random.default_rng(0).uniform(8.0, 40.0, (2, 3, 5)).astype(np.float32)
    got = resample_at(picture(), *torch.from_numpy(places))[0].numpy()
    rows, pixels = table().numpy().astype(float), picture()[0].numpy().astype(float)

    def taps(place):
        first = int(place)
        phase = (float(place) - first) * PHASES
        before = int(phase)
        change = rows[before + 1] - rows[before]
        return slice(first - 3, first - 3 + TAPS), rows[before] + (phase - before) * change

    for y, x in np.ndindex(3, 5):
        (columns, across), (lines, down) = taps(places[0, y, x]), taps(places[1, y, x])
        expected = down @ pixels[:, lines, columns] @ across
        np.testing.assert_allclose(got[:, y, x], expected.clip(0.0, 1.0), atol=1e-6)


def test_a_slow_drift_is_not_lost():
    # 100 steps of 0.01 px are one pixel, not none.
    moved = picture()
    for _ in range(100):
        moved = warp(moved, step_matrix(row(translation_x=0.01), 64, 48))
    whole = torch.roll(picture(), 1, dims=3)[..., 8:40, 8:56]
    still = picture()[..., 8:40, 8:56]
    moved = moved[..., 8:40, 8:56]
    assert (moved - whole).abs().mean() < 0.4 * (moved - still).abs().mean()


@pytest.mark.parametrize("way", [(0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, -0.5)])
@pytest.mark.parametrize("wave", [(0.25, 0.0), (0.0, 0.25), (0.25, 0.25)])
@pytest.mark.parametrize("move", [_on_cpu, _on_device])
def test_twenty_half_pixels_keep_the_contrast(way, wave, move):
    # Waves of a quarter cycle per pixel, ten half-pixel shifts there and ten back.
    x, y = np.arange(96)[None, :], np.arange(80)[:, None]
    pixels = 0.5 + 0.4 * np.cos(2 * np.pi * (wave[0] * x + wave[1] * y) + 0.3)
    before = torch.from_numpy(pixels.astype(np.float32)).expand(1, 3, -1, -1).contiguous()
    after = before
    for sign in [1.0] * 10 + [-1.0] * 10:
        shift = row(translation_x=sign * way[0], translation_y=sign * way[1])
        after = move(after, np.linalg.inv(step_matrix(shift, 96, 80)))
    inside = (slice(None), slice(None), slice(20, 60), slice(20, 76))
    ratio = after[inside].std() / before[inside].std()
    assert 0.9 < ratio < 1.1


@given(st.floats(0.0, 1.0))
def test_weights_add_up_to_one_and_hardly_amplify(phase):
    taps = weights(torch.tensor(phase, dtype=torch.float64)).numpy()
    assert taps.sum() == pytest.approx(1.0)
    gains = np.abs(np.fft.fft(taps, 512))
    assert gains.max() < 1.001  # or a thousand frames would ring
    assert gains[:129].min() > 0.997  # up to a quarter cycle per pixel


def test_a_shift_by_a_pixel_does_not_blur():
    assert weights(torch.zeros(())).tolist() == pytest.approx([0, 0, 0, 1, 0, 0, 0, 0], abs=1e-7)
    shifted = warp(picture(), step_matrix(row(translation_x=1.0), 64, 48))
    torch.testing.assert_close(shifted[..., 1:], picture()[..., :-1], atol=1e-6, rtol=0)


def test_between_the_phases_of_the_table_it_is_linear_enough():
    phases = torch.linspace(0, 1, 4001, dtype=torch.float64)
    rows, place = table().double(), phases * PHASES
    before = place.long().clamp_max(PHASES - 1)
    share = (place - before)[:, None]
    linear = rows[before] + share * (rows[before + 1] - rows[before])
    torch.testing.assert_close(linear, weights(phases), atol=2e-5, rtol=0)


SIZE = 101  # the centre is pixel 50


def step(**channels):
    still = {name: channel.neutral for name, channel in CHANNELS.items()}
    return step_matrix(Row(0, still | channels, np.ones(1), 0, True), SIZE, SIZE)


def moved(point, **channels):
    x, y, depth = step(**channels) @ [*point, 1.0]
    return x / depth, y / depth


def test_at_rest_it_is_the_identity():
    np.testing.assert_array_equal(step(), np.eye(3))


@pytest.mark.parametrize("fov", [30.0, 60.0, 90.0])
def test_pan_and_tilt_by_the_geometry_of_a_pinhole(fov):
    # A camera with field of view f sees the middle of the edge at f / 2: panning by f / 2 to the
    # right brings that point to the centre.
    edge = 50.0 + SIZE / 2
    assert moved((edge, 50.0), pan=fov / 2, field_of_view=fov) == pytest.approx((50.0, 50.0))
    assert moved((50.0, 50.0 - SIZE / 2), tilt=fov / 2, field_of_view=fov) == pytest.approx(
        (50.0, 50.0)
    )


def test_pan_right_moves_the_picture_left_and_tilt_up_moves_it_down():
    assert moved((50.0, 50.0), pan=1.0)[0] < 50.0
    assert moved((50.0, 50.0), tilt=1.0)[1] > 50.0


def test_perspective_grows_towards_the_side_that_comes_closer():
    top, bottom = (moved((x, 20.0), pan=10.0)[1] for x in (20.0, 80.0))
    assert abs(top - 50.0) != pytest.approx(abs(bottom - 50.0), rel=0.01)


def test_pans_add_up():
    twice = step(pan=5.0) @ step(pan=5.0)
    once = step(pan=10.0)
    np.testing.assert_allclose(twice / twice[2, 2], once / once[2, 2], atol=1e-9)


def test_a_dolly_enlarges_by_the_same_at_any_frame_rate():
    np.testing.assert_allclose(step(dolly=0.1), step(zoom=np.exp(0.1)))
    np.testing.assert_allclose(step(dolly=0.05) @ step(dolly=0.05), step(dolly=0.1))

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from phosphene.paint.step import step_matrix
from phosphene.paint.warp import _with_cv2, _with_grid_sample, warp
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
    here, there = _with_cv2(picture(), matrix), _with_grid_sample(picture(), matrix)
    assert (here - there).abs().max() < 0.02
    assert (here - there).abs().mean() < 0.002


def test_a_slow_drift_is_not_lost():
    # 100 steps of 0.01 px are one pixel, not none.
    moved = picture()
    for _ in range(100):
        moved = warp(moved, step_matrix(row(translation_x=0.01), 64, 48))
    whole = torch.roll(picture(), 1, dims=3)[..., 8:40, 8:56]
    still = picture()[..., 8:40, 8:56]
    moved = moved[..., 8:40, 8:56]
    assert (moved - whole).abs().mean() < 0.4 * (moved - still).abs().mean()


def test_half_pixels_there_and_back_keep_most_of_the_contrast():
    # A quarter cycle per pixel, ten half-pixel shifts right and ten back.
    wave = 0.5 + 0.4 * np.cos(2 * np.pi * 0.25 * np.arange(128))
    before = torch.from_numpy(np.broadcast_to(wave, (1, 3, 64, 128)).astype(np.float32).copy())
    after = before
    for shift in [0.5] * 10 + [-0.5] * 10:
        after = warp(after, step_matrix(row(translation_x=shift), 128, 64))
    ratio = after[..., 20:44, 32:96].std() / before[..., 20:44, 32:96].std()
    assert ratio > 0.03  # bilinear leaves less than 0.002

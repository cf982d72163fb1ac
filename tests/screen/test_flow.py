"""Frames between two frames, against the camera's own path."""

import cv2
import numpy as np
import pytest
from scores import card, score

from phosphene.painting.motion.step import step_matrix
from phosphene.screen.flow import extrapolate, interpolate, powers

SIZE = 96
PICTURE = (255 * card(SIZE, SIZE)[0].permute(1, 2, 0).numpy()).round().astype(np.uint8)


def step(**motion):
    return step_matrix(score(2, SIZE, SIZE, **motion).row(1), SIZE, SIZE)


def moved(matrix):
    return cv2.warpPerspective(
        PICTURE, matrix, (SIZE, SIZE), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101
    )


MOTIONS = {
    "zoom in": {"zoom": 1.2},
    "zoom out": {"zoom": 0.85},
    "rotation": {"rotation": 20.0},
    "translation": {"translation_x": 7.0, "translation_y": -3.0},
    "pan": {"pan": 4.0, "tilt": -3.0},
    "all": {"zoom": 1.05, "rotation": -4.0, "translation_x": 3.0, "pan": 2.0},
}


@pytest.mark.parametrize("motion", MOTIONS.values(), ids=MOTIONS)
def test_half_a_step_done_twice_is_the_step(motion):
    whole = step(**motion)
    half, quarter = powers(whole, [0.5, 0.25])
    for twice, once in ((half @ half, whole), (quarter @ quarter, half)):
        np.testing.assert_allclose(twice / twice[2, 2], once / once[2, 2], atol=1e-9)


def test_a_zoom_is_parted_by_its_root():
    (half,) = powers(step(zoom=1.44), [0.5])
    assert half[0, 0] == pytest.approx(1.2)


def test_a_step_without_a_logarithm_is_not_parted():
    np.testing.assert_array_equal(powers(np.diag([-1.0, 1.0, 1.0]), [0.5])[0], np.eye(3))


@pytest.mark.parametrize("motion", MOTIONS.values(), ids=MOTIONS)
def test_where_the_camera_explains_all_frames_lie_on_its_path(motion):
    """In the middle, where neither frame shows its mirrored border."""
    whole = step(**motion)
    shares = [0.25, 0.5, 0.75]
    made = interpolate(PICTURE, moved(whole), whole, shares)
    inner = np.s_[24:-24, 24:-24]
    for frame, path in zip(made, powers(whole, shares), strict=True):
        assert frame.dtype == np.uint8
        assert cv2.PSNR(frame[inner], moved(path)[inner]) > 37.0
        faded = cv2.addWeighted(PICTURE, 0.5, moved(whole), 0.5, 0.0)
        assert cv2.PSNR(frame[inner], moved(path)[inner]) > cv2.PSNR(
            faded[inner], moved(path)[inner]
        )


def test_motion_that_the_camera_does_not_explain_is_found():
    """The picture moved by 4 px, and the camera did not."""
    true = step(translation_x=4.0)
    (made,) = interpolate(PICTURE, moved(true), np.eye(3), [0.5])
    inner = np.s_[16:-16, 16:-16]
    wanted = moved(powers(true, [0.5])[0])[inner]
    faded = cv2.addWeighted(PICTURE, 0.5, moved(true), 0.5, 0.0)[inner]
    assert cv2.PSNR(made[inner], wanted) > cv2.PSNR(faded, wanted) + 3.0


def test_another_picture_is_faded_to():
    flat = np.full_like(PICTURE, 90)
    (made,) = interpolate(flat, np.full_like(PICTURE, 190), np.eye(3), [0.3])
    np.testing.assert_allclose(made, 120, atol=1)


def test_onward_is_the_camera_alone():
    whole = step(zoom=1.1, rotation=5.0)
    (made,) = extrapolate(PICTURE, whole, [0.5])
    assert cv2.PSNR(made[24:-24, 24:-24], moved(powers(whole, [0.5])[0])[24:-24, 24:-24]) > 45.0


def test_the_number_of_threads_changes_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    one, two = (
        cv2.blur(rng.integers(0, 255, (256, 256, 3)).astype(np.uint8), (5, 5)) for _ in "ab"
    )
    found, threads = [], cv2.getNumThreads()
    try:
        for count in (1, 4):
            cv2.setNumThreads(count)
            found.append(np.stack(list(interpolate(one, two, np.eye(3), [0.25, 0.5]))))
            assert cv2.getNumThreads() == count
    finally:
        cv2.setNumThreads(threads)
    np.testing.assert_array_equal(*found)

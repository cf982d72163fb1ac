import numpy as np
import pytest

from phosphene.painting.step import step_matrix
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Row

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


def test_pan_to_the_right_takes_the_picture_left_and_tilt_up_takes_it_down():
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

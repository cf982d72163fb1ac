import numpy as np
import pytest

from phosphene.score.easing import EASINGS, interpolate

KEYS = np.array([0.0, 2.0, 4.0])
VALUES = np.array([0.0, 1.0, -1.0])


@pytest.mark.parametrize("ease", EASINGS)
def test_every_easing_meets_its_keys_and_is_held_beyond(ease):
    times = np.array([-5.0, 0.0, 2.0, 4.0, 9.0])
    expected = [0.0, 0.0, 1.0, -1.0, -1.0]
    np.testing.assert_allclose(interpolate(KEYS, VALUES, times, ease), expected, atol=1e-12)


@pytest.mark.parametrize("ease", EASINGS)
def test_one_key_is_a_constant(ease):
    np.testing.assert_array_equal(
        interpolate(np.array([3.0]), np.array([0.7]), np.array([0.0, 9.0]), ease), [0.7, 0.7]
    )


def test_between_keys():
    at = np.array([0.5, 1.0, 3.0])
    np.testing.assert_allclose(interpolate(KEYS, VALUES, at, "linear"), [0.25, 0.5, 0.0])
    # 3 u**2 - 2 u**3 at u = 1/4, 1/2 and 1/2
    np.testing.assert_allclose(interpolate(KEYS, VALUES, at, "smooth"), [0.15625, 0.5, 0.0])
    np.testing.assert_allclose(interpolate(KEYS, VALUES, at, "step"), [0.0, 0.0, 1.0])


def test_a_cubic_rests_at_both_ends():
    # With two keys and slopes of 0 the clamped spline is 3 u**2 - 2 u**3.
    two = interpolate(np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.array([0.25]), "cubic")
    np.testing.assert_allclose(two, [0.15625])

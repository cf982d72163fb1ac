"""Splines, against those of SciPy."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline, PchipInterpolator

from phosphene.score.curves.splines import clamped, monotone

KEYS = np.cumsum(np.random.default_rng(0).uniform(0.05, 3.0, 40))
VALUES = np.random.default_rng(1).uniform(-1.0, 1.0, 40)
TIMES = np.linspace(KEYS[0], KEYS[-1], 997)


@pytest.mark.parametrize("count", [2, 3, 40])
def test_a_clamped_spline_is_that_of_scipy(count):
    keys, values = KEYS[:count], VALUES[:count]
    times = np.linspace(keys[0], keys[-1], 101)
    expected = CubicSpline(keys, values, bc_type="clamped")
    np.testing.assert_allclose(clamped(keys, values)(times), expected(times), atol=1e-12)


def test_its_integral_is_that_of_scipy():
    expected = CubicSpline(KEYS, VALUES, bc_type="clamped").antiderivative()
    np.testing.assert_allclose(clamped(KEYS, VALUES).integral(TIMES), expected(TIMES), atol=1e-12)


def test_by_hand():
    # From 0 to 1 with slopes of 0 the piece is 3 u**2 - 2 u**3; its integral is u**3 - u**4 / 2.
    spline, at = clamped(np.array([0.0, 2.0]), np.array([0.0, 1.0])), np.array([1.0, 2.0])
    np.testing.assert_allclose(spline(at), [0.5, 1.0])
    np.testing.assert_allclose(spline.integral(at), [2 * (1 / 8 - 1 / 32), 1.0])


def test_a_monotone_spline_is_that_of_scipy():
    path = np.cumsum(np.r_[0.0, 0.3, 0.3, VALUES, 0.0, 0.0, -0.2, -0.2])  # begins and ends straight
    times = np.linspace(0.0, len(path) - 1.0, 1001)
    expected = PchipInterpolator(np.arange(len(path)), path)(times)
    np.testing.assert_allclose(monotone(path)(times), expected, atol=1e-12)


def test_a_monotone_spline_does_not_overshoot():
    steps = monotone(np.array([0.0, 0.0, 1.0, 1.0, 5.0]))(np.linspace(0.0, 4.0, 401))
    assert np.all(np.diff(steps) >= 0.0)
    assert np.all(steps[:100] == 0.0)

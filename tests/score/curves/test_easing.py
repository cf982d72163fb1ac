import numpy as np
import pytest

from phosphene.score.curves.easing import EASINGS, interpolate

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


@pytest.mark.parametrize(
    ("name", "quarter", "three_quarters"),
    [
        # By the formulas of easings.net, worked out by hand or with a calculator.
        ("easeInSine", 1 - np.cos(np.pi / 8), 1 - np.cos(3 * np.pi / 8)),
        ("easeOutSine", np.sin(np.pi / 8), np.sin(3 * np.pi / 8)),
        ("easeInOutSine", (1 - np.cos(np.pi / 4)) / 2, (1 + np.cos(np.pi / 4)) / 2),
        ("easeInQuad", 1 / 16, 9 / 16), ("easeOutQuad", 7 / 16, 15 / 16), ("easeInOutQuad", 1 / 8, 7 / 8),
        ("easeInCubic", 1 / 64, 27 / 64), ("easeOutCubic", 37 / 64, 63 / 64), ("easeInOutCubic", 1 / 16, 15 / 16),
        ("easeInQuart", 1 / 256, 81 / 256), ("easeOutQuart", 175 / 256, 255 / 256),
        ("easeInOutQuart", 1 / 32, 31 / 32), ("easeInQuint", 1 / 1024, 243 / 1024),
        ("easeOutQuint", 781 / 1024, 1023 / 1024), ("easeInOutQuint", 1 / 64, 63 / 64),
        ("easeInExpo", 2**-7.5, 2**-2.5), ("easeOutExpo", 1 - 2**-2.5, 1 - 2**-7.5),
        ("easeInOutExpo", 2**-6, 1 - 2**-6),
        ("easeInCirc", 1 - np.sqrt(15) / 4, 1 - np.sqrt(7) / 4), ("easeOutCirc", np.sqrt(7) / 4, np.sqrt(15) / 4),
        ("easeInOutCirc", (1 - np.sqrt(0.75)) / 2, (1 + np.sqrt(0.75)) / 2),
        ("easeInBack", 2.70158 / 64 - 1.70158 / 16, 2.70158 * 27 / 64 - 1.70158 * 9 / 16),
        ("easeOutBack", 1 - (2.70158 * 27 - 1.70158 * 36) / 64, 1 - (2.70158 - 1.70158 * 4) / 64),
        ("easeInOutBack", (3.5949095 / 8 - 2.5949095 / 4) / 2, 1 - (3.5949095 / 8 - 2.5949095 / 4) / 2),
        ("easeInElastic", -(2**-7.5) * np.sin((2.5 - 10.75) * 2 * np.pi / 3), -(2**-2.5) * np.sin((7.5 - 10.75) * 2 * np.pi / 3)),
        ("easeOutElastic", 2**-2.5 * np.sin((2.5 - 0.75) * 2 * np.pi / 3) + 1, 2**-7.5 * np.sin((7.5 - 0.75) * 2 * np.pi / 3) + 1),
        ("easeInOutElastic", -(2**-5) * np.sin((5 - 11.125) * 2 * np.pi / 4.5) / 2, 2**-5 * np.sin((15 - 11.125) * 2 * np.pi / 4.5) / 2 + 1),
        ("easeInBounce", 0.02734375, 0.52734375), ("easeOutBounce", 0.47265625, 0.97265625),
        ("easeInOutBounce", 0.1171875, 0.8828125),
    ],
)  # fmt: skip
def test_the_easings_of_easings_net(name, quarter, three_quarters):
    keys = np.array([0.0, 1.0])
    got = interpolate(keys, keys, np.array([0.25, 0.75]), name)
    np.testing.assert_allclose(got, [quarter, three_quarters], atol=1e-12)


def test_there_are_thirty_besides_the_four():
    assert sum(name.startswith("ease") for name in EASINGS) == 30
    assert set(EASINGS) >= {"linear", "smooth", "cubic", "step"}

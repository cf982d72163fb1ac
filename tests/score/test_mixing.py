import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.score.channels import CHANNELS
from phosphene.score.mixing import MIXES, mix, routed

ZOOM, ROTATION, STRENGTH = CHANNELS["zoom"], CHANNELS["rotation"], CHANNELS["strength"]
number = st.floats(-50, 50)
factor = st.floats(0.5, 2.0)
share = st.floats(0, 1)
any_mix = st.sampled_from(sorted(MIXES))


def one(value):
    return np.array([value], dtype=np.float64)


@given(number, number, any_mix)
def test_amount_0_is_the_identity(base, m, how):
    np.testing.assert_allclose(mix(ROTATION, one(base), one(m), 0.0, how), [base], atol=1e-12)


@given(factor, factor, any_mix)
def test_amount_0_is_the_identity_of_zoom(base, m, how):
    np.testing.assert_allclose(mix(ZOOM, one(base), one(m), 0.0, how), [base], rtol=1e-12)


@given(number, number)
def test_amount_1_is_the_pure_op(base, m):
    pure = {
        "add": base + m,
        "multiply": base * m,
        "replace": m,
        "min": min(base, m),
        "max": max(base, m),
    }
    for how, expected in pure.items():
        got = mix(ROTATION, one(base), one(m), 1.0, how)
        np.testing.assert_allclose(got, [expected], rtol=1e-9, atol=1e-9)


@given(factor, factor)
def test_zooms_compose(base, m):
    pure = {
        "add": base * m,
        "multiply": base**m,
        "replace": m,
        "min": min(base, m),
        "max": max(base, m),
    }
    for how, expected in pure.items():
        np.testing.assert_allclose(mix(ZOOM, one(base), one(m), 1.0, how), [expected], rtol=1e-12)


@given(number, number, share, any_mix)
def test_amount_goes_straight_from_one_to_the_other(base, m, amount, how):
    whole = mix(ROTATION, one(base), one(m), 1.0, how)
    got = mix(ROTATION, one(base), one(m), amount, how)
    np.testing.assert_allclose(got, base + amount * (whole - base), rtol=1e-9, atol=1e-9)


@given(st.lists(factor, min_size=2, max_size=5))
def test_added_zooms_do_not_depend_on_their_order(zooms):
    def fold(order):
        value = one(1.0)
        for zoom in order:
            value = mix(ZOOM, value, one(zoom), 1.0, "add")
        return value

    np.testing.assert_allclose(fold(zooms), fold(zooms[::-1]), rtol=1e-12)
    np.testing.assert_allclose(fold(zooms), [np.prod(zooms)], rtol=1e-12)


def test_order_matters_where_it_should():
    first = mix(ROTATION, mix(ROTATION, one(1), one(2), 1.0, "add"), one(3), 1.0, "multiply")
    second = mix(ROTATION, mix(ROTATION, one(1), one(3), 1.0, "multiply"), one(2), 1.0, "add")
    assert (first[0], second[0]) == (9.0, 5.0)


@pytest.mark.parametrize(
    ("channel", "how", "full"),
    [
        (ZOOM, "add", 1.04),
        (STRENGTH, "add", 0.59),
        (ROTATION, "add", 0.04),
        (ZOOM, "multiply", 1.04),
    ],
)
def test_an_envelope_reaches_from_rest(channel, how, full):
    rest = 1.0 if how == "multiply" else channel.neutral
    np.testing.assert_allclose(routed(channel, np.array([0.0, 1.0]), 0.04, how), [rest, full])


def test_amount_may_be_a_curve():
    got = mix(ROTATION, np.zeros(3), np.full(3, 2.0), np.array([0.0, 0.5, 1.0]), "add")
    np.testing.assert_array_equal(got, [0.0, 1.0, 2.0])

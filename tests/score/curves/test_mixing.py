from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phosphene.composing.compose import compose
from phosphene.plugins import load_plugins
from phosphene.project.file import make_project
from phosphene.score.channels import CHANNELS
from phosphene.score.curves.mixing import MIXES, mix, routed
from phosphene.testing import synthetic_song

REGISTRY = load_plugins()
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
def test_amount_interpolates_linearly(base, m, amount, how):
    full = mix(ROTATION, one(base), one(m), 1.0, how)
    got = mix(ROTATION, one(base), one(m), amount, how)
    np.testing.assert_allclose(got, base + amount * (full - base), rtol=1e-9, atol=1e-9)


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
def test_an_envelope_starts_at_rest(channel, how, full):
    rest = 1.0 if how == "multiply" else channel.neutral
    np.testing.assert_allclose(routed(channel, np.array([0.0, 1.0]), 0.04, how), [rest, full])


def test_amount_may_be_a_curve():
    got = mix(ROTATION, np.zeros(3), np.full(3, 2.0), np.array([0.0, 0.5, 1.0]), "add")
    np.testing.assert_array_equal(got, [0.0, 1.0, 2.0])


LAYER = st.fixed_dictionaries(
    {
        "use": st.just("keyframes"),
        "zoom": st.dictionaries(st.sampled_from(["0", "7", "20"]), factor, min_size=1),
        "rotation": st.dictionaries(st.sampled_from(["0", "5", "19"]), number, min_size=1),
        "amount": st.one_of(share, st.fixed_dictionaries({"0": share, "15": share})),
        "mix": any_mix,
    }
)
SONG = synthetic_song(2.0)


def composed(layers):
    data = {"song": {"file": "x"}, "video": {"fps": 10}, "motion": layers}
    return compose(make_project(data, Path("p.toml"), REGISTRY), SONG).channels


@settings(max_examples=40)
@given(st.lists(LAYER, min_size=1, max_size=4), st.data())
def test_muting_a_layer_equals_deleting_it(layers, data):
    number = data.draw(st.integers(0, len(layers) - 1))
    muted = [layer | {"mute": k == number} for k, layer in enumerate(layers)]
    silent = [layer | ({"amount": 0} if k == number else {}) for k, layer in enumerate(layers)]
    without_it, zero = composed(muted), composed(silent)
    for channel, curve in composed(layers[:number] + layers[number + 1 :]).items():
        np.testing.assert_array_equal(without_it[channel], curve)
        np.testing.assert_allclose(zero[channel], curve, rtol=1e-9, atol=1e-9)


@settings(max_examples=40)
@given(st.lists(LAYER, min_size=1, max_size=4), st.data())
def test_a_solo_layer_is_alone(layers, data):
    number = data.draw(st.integers(0, len(layers) - 1))
    soloed = [layer | {"solo": k == number} for k, layer in enumerate(layers)]
    found = composed(soloed)
    for channel, curve in composed([layers[number]]).items():
        np.testing.assert_array_equal(found[channel], curve)


@settings(max_examples=40)
@given(
    st.lists(LAYER, min_size=2, max_size=4), st.sampled_from(["add", "min", "max"]), st.randoms()
)
def test_order_does_not_matter_among_layers_that_add_or_that_bound(layers, how, random):
    full = 1.0 if how != "add" else None  # a share of a bound depends on what it bounds
    layers = [layer | {"mix": how} | ({"amount": full} if full else {}) for layer in layers]
    shuffled = composed(random.sample(layers, len(layers)))
    for channel, curve in composed(layers).items():
        np.testing.assert_allclose(shuffled[channel], curve, rtol=1e-9, atol=1e-9)


@given(factor, share)
def test_half_a_hit_and_half_an_amount_are_the_same_zoom(full, part):
    reach = full - 1.0
    by_hit = routed(ZOOM, one(part), reach, "add")
    by_amount = mix(ZOOM, one(1.0), routed(ZOOM, one(1.0), reach, "add"), part, "add")
    np.testing.assert_allclose(by_hit, by_amount, rtol=1e-12)

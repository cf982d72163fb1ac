"""Colours: OKLab and the match to a scene's palette."""

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from phosphene.painting.colour import (
    MAX_CHANGE,
    Palette,
    from_oklab,
    hold_colour,
    to_oklab,
    transfer,
)

SPREAD = [[0.15, 0.0, 0.0], [0.02, 0.04, 0.0], [-0.03, 0.01, 0.03]]  # a Cholesky factor


def lab(mean=(0.5, 0.02, -0.03), spread=SPREAD, scale=1.0, seed=0):
    """A picture in OKLab of exactly this mean and covariance."""
    colours = np.random.default_rng(seed).standard_normal((3, 64 * 64))
    colours -= colours.mean(1, keepdims=True)
    white = np.linalg.inv(np.linalg.cholesky(colours @ colours.T / colours.shape[1])) @ colours
    colours = scale * np.array(spread) @ white + np.array(mean)[:, None]
    return torch.from_numpy(colours.astype(np.float32)).view(1, 3, 64, 64)


def test_a_palette_is_mean_and_covariance():
    palette = Palette.of(lab())
    np.testing.assert_allclose(palette.mean.flatten(), [0.5, 0.02, -0.03], atol=1e-5)
    np.testing.assert_allclose(palette.covariance, np.array(SPREAD) @ np.array(SPREAD).T, atol=1e-6)


def test_a_share_of_1_gives_the_anchors_palette():
    turned = [[0.155, 0.0, 0.0], [0.018, 0.041, 0.0], [-0.027, 0.0115, 0.031]]
    anchor = Palette.of(lab((0.55, -0.02, 0.01), turned, seed=1))
    held = Palette.of(hold_colour(lab(), anchor, 1.0))
    torch.testing.assert_close(held.mean, anchor.mean, atol=1e-4, rtol=0)
    torch.testing.assert_close(held.covariance, anchor.covariance, atol=2e-5, rtol=0.02)


def test_a_share_of_0_leaves_the_picture():
    before = lab()
    assert hold_colour(before, Palette.of(lab((0.2, 0.0, 0.0))), 0.0) is before


def test_its_own_palette_leaves_the_picture():
    torch.testing.assert_close(hold_colour(lab(), Palette.of(lab()), 1.0), lab(), atol=1e-4, rtol=0)


@pytest.mark.parametrize("scale", [0.3, 3.0])
def test_a_share_each_frame_converges(scale):
    anchor = Palette.of(lab((0.6, 0.05, 0.0)))
    held = lab((0.3, -0.05, 0.05), scale=scale)
    for _ in range(40):
        held = hold_colour(held, anchor, 0.3)
    got = Palette.of(held)
    torch.testing.assert_close(got.mean, anchor.mean, atol=2e-3, rtol=0)
    torch.testing.assert_close(got.covariance, anchor.covariance, atol=1e-5, rtol=0.05)


def test_one_frame_gains_little():
    held = hold_colour(lab(scale=0.1), Palette.of(lab()), 1.0)
    gain = (
        Palette.of(held).covariance.diagonal().sqrt()
        / Palette.of(lab(scale=0.1)).covariance.diagonal().sqrt()
    )
    assert gain.max() <= 1.0 + MAX_CHANGE + 1e-3
    assert gain.min() > 1.0


@pytest.mark.parametrize("flat", [0.0, 0.2, 1.0])
def test_a_flat_picture_is_not_amplified(flat):
    one = torch.tensor([flat, 0.0, 0.0]).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    held = hold_colour(one, Palette.of(lab((0.5, 0.0, 0.0))), 1.0)
    torch.testing.assert_close(held[:, 0], torch.full((1, 8, 8), 0.5), atol=1e-3, rtol=0)
    assert torch.isfinite(held).all()


def definite(factor):
    return factor @ factor.T + 0.02 * np.eye(3)


factors = arrays(np.float64, (3, 3), elements=st.floats(-1.0, 1.0, width=32))


@given(factors, factors)
def test_the_map_is_the_one_that_scipy_finds(one, two):
    own, wanted = definite(one), definite(two)
    root = scipy.linalg.sqrtm(own @ wanted).real
    expected = np.linalg.solve(own, root) - np.eye(3)
    got = transfer(torch.from_numpy(own), torch.from_numpy(wanted)).numpy()
    np.testing.assert_allclose(got, expected, atol=1e-4 * (1.0 + np.abs(expected).max()))
    # ... and it does what it is for.
    whole = got + np.eye(3)
    np.testing.assert_allclose(whole @ own @ whole.T, wanted, atol=1e-4 * np.abs(wanted).max())


def test_a_picture_of_two_colours_is_matched():
    line = lab(spread=[[0.15, 0.0, 0.0], [0.05, 0.0, 0.0], [-0.03, 0.0, 0.0]])
    anchor = Palette.of(
        lab((0.6, 0.0, 0.0), [[0.17, 0.0, 0.0], [0.05, 0.0, 0.0], [-0.03, 0.0, 0.0]])
    )
    held = Palette.of(hold_colour(line, anchor, 1.0))
    torch.testing.assert_close(held.mean, anchor.mean, atol=1e-4, rtol=0)
    torch.testing.assert_close(held.covariance, anchor.covariance, atol=2e-4, rtol=0)


def lab_of(*colour):
    return to_oklab(torch.tensor(colour).view(1, 3, 1, 1)).flatten().tolist()


def test_reference_colours_of_the_paper():
    # From the table of XYZ white and from sRGB primaries, as published with OKLab.
    assert lab_of(1.0, 1.0, 1.0) == pytest.approx([1.0, 0.0, 0.0], abs=1e-5)
    assert lab_of(1.0, 0.0, 0.0) == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-4)
    assert lab_of(0.0, 1.0, 0.0) == pytest.approx([0.86644, -0.23389, 0.17950], abs=1e-4)
    assert lab_of(0.0, 0.0, 1.0) == pytest.approx([0.45201, -0.03246, -0.31153], abs=1e-4)
    assert lab_of(0.0, 0.0, 0.0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)


@given(st.tuples(*[st.floats(0.0, 1.0, width=32)] * 3))
def test_a_round_trip_is_exact(colour):
    before = torch.tensor(colour).view(1, 3, 1, 1)
    torch.testing.assert_close(from_oklab(to_oklab(before)), before, atol=2e-4, rtol=0)


def test_grey_has_no_hue():
    greys = torch.linspace(0, 1, 33).view(1, 1, 1, -1).expand(1, 3, 1, -1)
    lab = to_oklab(greys)
    assert lab[:, 1:].abs().max() < 1e-5
    assert (lab[0, 0, 0].diff() > 0).all()


def test_colours_outside_srgb_are_clamped():
    got = from_oklab(
        torch.tensor([[1.4, 0.0, 0.0], [0.5, 0.5, 0.5], [-0.2, 0.0, 0.0]]).T.view(1, 3, 1, 3)
    )
    assert got.min() >= 0.0
    assert got.max() <= 1.0
    assert got[0, :, 0, 0].tolist() == pytest.approx([1.0, 1.0, 1.0], abs=1e-5)
    assert got[0, :, 0, 2].tolist() == [0.0, 0.0, 0.0]

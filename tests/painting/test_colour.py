import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from phosphene.painting.colour import MOST, Palette, hold_colour, transfer

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


def test_a_whole_share_gives_the_anchors_palette():
    turned = [[0.155, 0.0, 0.0], [0.018, 0.041, 0.0], [-0.027, 0.0115, 0.031]]
    anchor = Palette.of(lab((0.55, -0.02, 0.01), turned, seed=1))
    held = Palette.of(hold_colour(lab(), anchor, 1.0))
    torch.testing.assert_close(held.mean, anchor.mean, atol=1e-4, rtol=0)
    torch.testing.assert_close(held.covariance, anchor.covariance, atol=2e-5, rtol=0.02)


def test_no_share_leaves_the_picture():
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
    assert gain.max() <= 1.0 + MOST + 1e-3
    assert gain.min() > 1.0


@pytest.mark.parametrize("flat", [0.0, 0.2, 1.0])
def test_a_flat_picture_is_not_blown_up(flat):
    one = torch.tensor([flat, 0.0, 0.0]).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    held = hold_colour(one, Palette.of(lab((0.5, 0.0, 0.0))), 1.0)
    torch.testing.assert_close(held[:, 0], torch.full((1, 8, 8), 0.5), atol=1e-3, rtol=0)
    assert torch.isfinite(held).all()


def definite(factor):
    return factor @ factor.T + 0.02 * np.eye(3)


factors = arrays(np.float64, (3, 3), elements=st.floats(-1.0, 1.0, width=32))


@settings(deadline=None)
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


def test_a_picture_in_two_colours_is_held_too():
    line = lab(spread=[[0.15, 0.0, 0.0], [0.05, 0.0, 0.0], [-0.03, 0.0, 0.0]])
    anchor = Palette.of(
        lab((0.6, 0.0, 0.0), [[0.17, 0.0, 0.0], [0.05, 0.0, 0.0], [-0.03, 0.0, 0.0]])
    )
    held = Palette.of(hold_colour(line, anchor, 1.0))
    torch.testing.assert_close(held.mean, anchor.mean, atol=1e-4, rtol=0)
    torch.testing.assert_close(held.covariance, anchor.covariance, atol=2e-4, rtol=0)

"""The compiled match of colours and detail against the tensor operations."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scores import score

from phosphene.painting.anchors import Anchor, hold, hold_on_device
from phosphene.painting.colour import Palette, to_oklab
from phosphene.painting.holding import hold_on_cpu

GENERATOR = torch.Generator().manual_seed(0)
ANCHOR = Anchor.of(torch.rand(1, 3, 64, 64, generator=GENERATOR) * 0.4 + 0.3)


def row(colour=0.5, detail=0.5, seed=42):
    one = score(colour_match=colour, detail_match=detail).row(1)
    return replace(one, seed=seed)


def noisy(height, width):
    """Smooth colours and noise; much of it is black or white."""
    coarse = torch.rand(1, 3, 4, 4, generator=GENERATOR) * 2.0 - 0.5
    smooth = torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic")
    noise = torch.randn(1, 3, height, width, generator=GENERATOR)
    return (smooth + 0.1 * noise).clamp(0.0, 1.0)


def both(picture, anchor, row):
    parts = picture, anchor.palette, anchor.detail, row
    return hold_on_cpu(*parts), hold_on_device(*parts)


@pytest.mark.parametrize("size", [(64, 64), (37, 53), (8, 129)])
@pytest.mark.parametrize(("colour", "detail"), [(0.5, 0.5), (1.0, 1.0), (0.7, 0.0), (0.0, 0.7)])
def test_it_differs_by_the_last_bits(size, colour, detail):
    here, there = both(noisy(*size), ANCHOR, row(colour, detail, seed=2**40 + 7))
    assert (to_oklab(here) - to_oklab(there)).abs().max() < 2e-6
    assert (here - there).abs().max() < 4e-5  # dark colours lie close together in OKLab


def test_it_is_as_exact_as_the_tensor_operations():
    picture, steps = noisy(128, 128), row()
    palette = Palette(ANCHOR.palette.mean.double(), ANCHOR.palette.covariance.double())
    exact = hold_on_device(picture.double(), palette, ANCHOR.detail.double(), steps)
    here, there = (to_oklab(held.double()) for held in both(picture, ANCHOR, steps))
    assert (here - to_oklab(exact)).abs().max() < 1e-6
    assert (there - to_oklab(exact)).abs().max() < 1e-6


@pytest.mark.parametrize("value", [0.0, 0.02, 0.04045, 0.5, 1.0])
def test_flat_pictures(value):
    here, there = both(torch.full((1, 3, 16, 16), value), ANCHOR, row())
    torch.testing.assert_close(here, there, atol=4e-5, rtol=0)


def test_every_level_comes_back():
    # A share that rounds to nothing leaves the two conversions.
    levels = torch.arange(256.0).view(1, 1, 16, 16).expand(1, 3, 16, 16) / 255.0
    held = hold(levels, ANCHOR, row(1e-12, 0.0))
    torch.testing.assert_close(held, levels, atol=2e-5, rtol=0)
    assert held.min() >= 0.0
    assert held.max() <= 1.0


def test_the_number_of_cores_changes_nothing():
    picture, before, got = noisy(61, 48), torch.get_num_threads(), []
    try:
        for cores in (1, 2, 5, 1):
            torch.set_num_threads(cores)
            got.append(hold(picture, ANCHOR, row()))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(got[0], other) for other in got[1:])


def test_the_picture_is_not_changed():
    picture = noisy(16, 16)
    before = picture.clone()
    hold(picture, ANCHOR, row())
    assert torch.equal(picture, before)


def test_a_picture_in_another_order_of_memory():
    picture = noisy(24, 40)
    other = picture.to(memory_format=torch.channels_last)
    assert torch.equal(hold(picture, ANCHOR, row()), hold(other, ANCHOR, row()))


def test_the_seed_selects_the_noise():
    flat = torch.full((1, 3, 32, 32), 0.5)
    one, again, two = (hold(flat, ANCHOR, row(0.0, 1.0, seed)) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, two)
    assert np.isclose(to_oklab(one)[0, 0].mean(), to_oklab(flat)[0, 0].mean(), atol=1e-4)

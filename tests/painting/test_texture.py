import pytest
import torch

from phosphene.painting.texture import grain, sharpen

PICTURE = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 0.5 + 0.25


def test_none_is_the_picture_itself():
    assert sharpen(PICTURE, 0.0) is PICTURE
    assert grain(PICTURE, 0.0, 1) is PICTURE


def test_sharpening_by_hand():
    # One bright pixel of 1 on 0.5: the blur leaves 0.5 + 0.25 * 0.5 of it, so half of the rest of
    # 0.375 comes on top, and is clamped.
    spot = torch.full((1, 1, 5, 5), 0.5)
    spot[..., 2, 2] = 0.8
    got = sharpen(spot, 0.5)
    assert got[0, 0, 2, 2].item() == pytest.approx(0.8 + 0.5 * (0.3 - 0.3 * 0.25))
    assert got[0, 0, 2, 1].item() == pytest.approx(0.5 - 0.5 * 0.3 * 0.125)
    assert got[0, 0, 0, 0].item() == pytest.approx(0.5)


def test_flat_stays_flat():
    flat = torch.full((1, 3, 8, 8), 0.4)
    torch.testing.assert_close(sharpen(flat, 2.0), flat)


def test_grain_has_its_deviation_and_its_seed():
    grey = torch.full((1, 3, 64, 64), 0.5)
    one = grain(grey, 0.05, 7)
    assert one.std().item() == pytest.approx(0.05, rel=0.05)
    assert torch.equal(one, grain(grey, 0.05, 7))
    assert not torch.equal(one, grain(grey, 0.05, 8))

import numpy as np
import pytest
import torch

from phosphene.paint.colour import Palette, hold_colour, mixed


def picture(mean, deviation, seed=0):
    noise = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(seed))
    noise = (noise - noise.mean((2, 3), keepdim=True)) / noise.std((2, 3), keepdim=True)
    return torch.tensor(mean).view(1, 3, 1, 1) + deviation * noise


def test_a_whole_share_gives_the_anchors_palette():
    anchor = Palette.of(picture([0.5, 0.4, 0.6], 0.06))
    held = Palette.of(hold_colour(picture([0.45, 0.5, 0.5], 0.05), anchor, 1.0))
    torch.testing.assert_close(held.mean, anchor.mean, atol=2e-4, rtol=0)
    torch.testing.assert_close(held.deviation, anchor.deviation, atol=2e-4, rtol=0)


def test_no_share_leaves_the_picture():
    before = picture([0.5, 0.5, 0.5], 0.1).clamp(0, 1)
    torch.testing.assert_close(hold_colour(before, Palette.of(before * 0.3), 0.0), before)


def test_a_share_each_frame_converges():
    anchor = Palette.of(picture([0.5, 0.4, 0.6], 0.1))
    held = picture([0.3, 0.6, 0.4], 0.05)
    for _ in range(20):
        held = hold_colour(held, anchor, 0.3)
    torch.testing.assert_close(Palette.of(held).mean, anchor.mean, atol=2e-3, rtol=0)


def test_a_flat_picture_is_not_blown_up():
    anchor = Palette.of(picture([0.5, 0.5, 0.5], 0.1))
    held = hold_colour(torch.full((1, 3, 8, 8), 0.2), anchor, 1.0)
    torch.testing.assert_close(held, torch.full((1, 3, 8, 8), 0.5))


def test_anchors_mix_by_the_prompts_weights():
    one, two = Palette.of(picture([0.2, 0.2, 0.2], 0.1)), Palette.of(picture([0.6, 0.6, 0.6], 0.1))
    got = mixed([one, two], np.array([0.25, 0.75]))
    assert got.mean.flatten().tolist() == pytest.approx([0.5, 0.5, 0.5], abs=1e-5)

"""Detail: the match to a scene's, sharpening, grain, and the noise that fills in."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from phosphene.painting.detail import (
    GRAIN,
    MAX_GAIN,
    bands,
    detail_of,
    grain,
    hold_detail,
    sharpen,
    white,
)


def wave(frequency, deviation=0.05, size=64):
    """A lightness of one frequency along x, in cycles per px."""
    x = np.arange(size)
    line = 0.5 + deviation * np.sqrt(2.0) * np.cos(2 * np.pi * frequency * x + 0.4)
    return torch.from_numpy(np.tile(line, (size, 1)).astype(np.float32)).view(1, 1, size, size)


@given(st.integers(0, 2**31))
def test_bands_add_up_to_the_picture(seed):
    picture = torch.rand(1, 1, 24, 32, generator=torch.Generator().manual_seed(seed))
    found, rest = bands(picture)
    torch.testing.assert_close(sum(found) + rest, picture)


def test_bands_by_hand():
    # The blur 1-2-1 leaves cos^2(pi f) of a wave: a quarter cycle per px is halved by the first
    # blur, and taken wholly by the second, whose taps lie two px apart.
    found, rest = bands(wave(0.25))
    inside = (..., slice(8, -8), slice(8, -8))
    assert found[0][inside].std().item() == pytest.approx(0.025, rel=0.02)
    assert found[1][inside].std().item() == pytest.approx(0.025, rel=0.02)
    assert rest[inside].std().item() < 1e-6
    # The finest wave there is lies in the first band alone.
    found, _ = bands(wave(0.5))
    assert found[1].std() < 0.01 * found[0].std()


def test_nothing_to_do_changes_nothing():
    picture = wave(0.25)
    assert hold_detail(picture, 3 * detail_of(picture), 0.0, 1) is picture
    held = hold_detail(picture, detail_of(picture), 1.0, 1)
    torch.testing.assert_close(held, picture, atol=1e-4, rtol=0)


@pytest.mark.parametrize("share", [0.5, 1.0])
@pytest.mark.parametrize("wanted", [0.9, 1.2])
def test_a_share_of_the_gain_by_hand(wanted, share):
    picture = wave(0.25, 0.02)
    held = hold_detail(picture, wanted * detail_of(picture), share, 1)
    inside = (..., slice(8, -8), slice(8, -8))
    ratio = (
        torch.fft.rfft(held[inside])[0, 0, :, 12].abs()
        / torch.fft.rfft(picture[inside])[0, 0, :, 12].abs()
    )
    assert ratio.mean().item() == pytest.approx(1.0 + share * (wanted - 1.0), rel=0.02)


@pytest.mark.parametrize("times", [0.01, 100.0])
def test_one_frame_gains_little(times):
    picture = wave(0.25, 0.02)
    ratio = detail_of(hold_detail(picture, times * detail_of(picture), 1.0, 1)) / detail_of(picture)
    assert (ratio <= MAX_GAIN + 2.0 * GRAIN / detail_of(picture)).all()
    assert (ratio >= 0.98 / MAX_GAIN).all()


def test_a_deficit_is_filled_with_noise_of_its_band():
    flat = torch.full((1, 1, 64, 64), 0.5)
    anchor = torch.tensor([0.0, 0.01])
    held = hold_detail(flat, anchor, 1.0, 3)
    assert held.mean().item() == pytest.approx(0.5, abs=1e-4)  # no grey is mixed in
    assert (held - flat).std().item() == pytest.approx(0.01, rel=0.02)
    spectrum = np.abs(np.fft.rfft2((held - flat)[0, 0])) ** 2
    assert spectrum[:, 28:].mean() < 0.3 * spectrum[:, 8:16].mean()  # it is not white
    assert torch.equal(held, hold_detail(flat, anchor, 1.0, 3))
    assert not torch.equal(held, hold_detail(flat, anchor, 1.0, 4))


def test_blur_in_every_frame_is_compensated():
    generator = torch.Generator().manual_seed(0)
    picture = torch.rand(1, 1, 64, 64, generator=generator) * 0.1 + 0.45
    anchor, blurred, held = detail_of(picture), picture, picture
    for seed in range(60):
        blurred = 0.3 * bands(blurred)[0][0] + bands(blurred)[0][1] + bands(blurred)[1]
        held = 0.8 * bands(held)[0][0] + bands(held)[0][1] + bands(held)[1]
        held = hold_detail(held, anchor, 0.5, seed)
    assert (detail_of(blurred) / anchor)[0] < 0.3
    assert ((detail_of(held) / anchor) > 0.75).all()
    assert ((detail_of(held) / anchor) < 1.15).all()


PICTURE = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 0.5 + 0.25


def test_an_amount_of_0_returns_the_picture():
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


CPU = torch.device("cpu")


def test_it_is_the_published_hash():
    # lowbias32 in plain Python, of a pixel's number on top of the seed's hash.
    def hashed(x):
        x = (x ^ (x >> 16)) * 0x7FEB352D & 0xFFFFFFFF
        x = (x ^ (x >> 15)) * 0x846CA68B & 0xFFFFFFFF
        return x ^ (x >> 16)

    seed = 7 + (3 << 32)
    for place, got in enumerate(white(4, 5, seed, CPU).flatten().tolist()):
        word = hashed((place + hashed(7) + hashed(3)) & 0xFFFFFFFF)
        assert got == pytest.approx((word / 2**32 - 0.5) * 12**0.5, abs=1e-6)


def test_it_is_white():
    noise = white(128, 256, 42, CPU)
    assert noise.mean().item() == pytest.approx(0.0, abs=0.02)
    assert noise.std().item() == pytest.approx(1.0, abs=0.01)
    spectrum = np.abs(np.fft.fft2(noise[0, 0])) ** 2 / noise.numel()
    rings = [spectrum[: 1 << k, : 1 << k].mean() for k in (4, 5, 6)]
    assert rings == pytest.approx([1.0, 1.0, 1.0], abs=0.2)


def test_frames_have_noise_of_their_own():
    one, two = white(64, 64, 1, CPU), white(64, 64, 2, CPU)
    assert torch.equal(one, white(64, 64, 1, CPU))
    assert abs((one * two).mean().item()) < 0.06
    assert not torch.equal(one, white(64, 64, 1 + 2**40, CPU))

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from phosphene.painting.detail import GRAIN, MOST, bands, detail_of, hold_detail


def wave(frequency, deviation=0.05, size=64):
    """A lightness of one frequency along x, in cycles per px."""
    x = np.arange(size)
    line = 0.5 + deviation * np.sqrt(2.0) * np.cos(2 * np.pi * frequency * x + 0.4)
    return torch.from_numpy(np.tile(line, (size, 1)).astype(np.float32)).view(1, 1, size, size)


@settings(deadline=None)
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
    assert (ratio <= MOST + 2.0 * GRAIN / detail_of(picture)).all()
    assert (ratio >= 0.98 / MOST).all()


def test_what_is_missing_comes_as_noise_of_its_band():
    flat = torch.full((1, 1, 64, 64), 0.5)
    anchor = torch.tensor([0.0, 0.01])
    held = hold_detail(flat, anchor, 1.0, 3)
    assert held.mean().item() == pytest.approx(0.5, abs=1e-4)  # no grey is mixed in
    assert (held - flat).std().item() == pytest.approx(0.01, rel=0.02)
    spectrum = np.abs(np.fft.rfft2((held - flat)[0, 0])) ** 2
    assert spectrum[:, 28:].mean() < 0.3 * spectrum[:, 8:16].mean()  # it is not white
    assert torch.equal(held, hold_detail(flat, anchor, 1.0, 3))
    assert not torch.equal(held, hold_detail(flat, anchor, 1.0, 4))


def test_blur_in_every_frame_is_made_up_for():
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

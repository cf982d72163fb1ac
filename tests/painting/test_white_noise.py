import numpy as np
import pytest
import torch

from phosphene.painting.noise import white

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

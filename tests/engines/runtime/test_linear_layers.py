"""Folded layers compute what the layers compute, including the borders of a picture."""

from copy import deepcopy

import pytest
import torch
from diffusers import AutoencoderKL, AutoencoderTiny
from torch import nn

from phosphene.engines.runtime.linear_layers import FoldedLayers, fold, fold_autoencoder
from phosphene.engines.runtime.openvino_graphs import Graphs
from phosphene.folders import CACHE_VARIABLE

# Blocks of the encoder and the decoder, and the convolutions that are folded in each.
BLOCKS = [
    ((0, 1, 1, 1), (1, 1, 1, 0), 2, 2),
    ((0, 0, 1, 1), (1, 1, 0, 0), 3, 3),
    ((0, 1, 1, 1), (1, 0, 1, 0), 2, 4),
    ((1, 1, 1, 1), (1, 1, 1, 1), 0, 0),  # as in TAESD
]


def autoencoder(encoder, decoder):
    torch.manual_seed(1)
    return AutoencoderTiny(
        encoder_block_out_channels=(8,) * 4,
        decoder_block_out_channels=(8,) * 4,
        num_encoder_blocks=encoder,
        num_decoder_blocks=decoder,
    ).requires_grad_(False)


def folded(vae):
    copy = deepcopy(vae)
    fold_autoencoder(copy)
    return copy


def convolutions(half):
    runs = [layer.run for layer in half.layers if isinstance(layer, FoldedLayers)]
    return sum(isinstance(layer, nn.Conv2d) for run in runs for layer in run)


def convolution(outputs=1, **about):
    return nn.Conv2d(1, outputs, 3, **{"padding": 1, **about}).requires_grad_(False)


@pytest.mark.parametrize(("encoder", "decoder", "first", "last"), BLOCKS)
@pytest.mark.parametrize("size", [(72, 96), (64, 64), (8, 24), (50, 36)])
def test_an_autoencoder_computes_the_same(encoder, decoder, first, last, size):
    plain = autoencoder(encoder, decoder)
    fewer = folded(plain)
    assert (convolutions(fewer.encoder), convolutions(fewer.decoder)) == (first, last)
    picture = torch.rand(2, 3, *size) * 2 - 1
    latents = torch.randn(2, 4, *(-(-side // 8) for side in size))
    for name, x in (("encoder", picture), ("decoder", latents)):
        expected, found = getattr(plain, name)(x), getattr(fewer, name)(x)
        assert expected.std() > 1e-3
        assert (found - expected).abs().max() < 1e-5 * expected.abs().max()


def test_the_zeros_around_an_intermediate_picture_count_at_the_border():
    """Two 3 x 3 sums of ones: 81 in the middle, 25 in a corner, where 5 x 5 would count 36."""
    layers = nn.Sequential(nn.Upsample(scale_factor=2), convolution(), convolution())
    for layer in layers[1:]:
        layer.weight.fill_(1)
        layer.bias.fill_(0)
    (only,) = fold(layers)
    assert only.weight.shape == (3, 3, 4, 1, 3, 3)
    sums = only(torch.ones(1, 1, 4, 4))[0, 0]
    assert sums[0, :4].tolist() == [25, 40, 45, 45]
    assert sums[2:6, 2:6].eq(81).all()
    assert torch.equal(sums, sums.flip(0))
    assert torch.equal(sums, sums.T)


@pytest.mark.parametrize(
    "between",
    [
        [nn.ReLU()],
        [convolution(padding=0)],
        [convolution(dilation=2, padding=2)],
        [convolution(padding_mode="reflect")],
        [nn.Upsample(scale_factor=2, mode="bilinear")],
        [nn.Upsample(scale_factor=1.5)],
        [nn.Upsample(size=8)],
    ],
)
def test_other_layers_separate_runs(between):
    layers = nn.Sequential(convolution(), *between, convolution(stride=2))
    assert [*fold(layers)] == [*layers]


def test_layers_that_folding_would_slow_down_stay():
    layers = nn.Sequential(convolution(), convolution())  # 25 multiplications instead of 18
    assert [*fold(layers)] == [*layers]
    layers = nn.Sequential(convolution(8), nn.Conv2d(8, 8, 3, padding=1))
    assert [type(layer) for layer in fold(layers)] == [FoldedLayers]


@pytest.mark.parametrize(("factor", "kernel"), [(2, 4), (3, 5)])
def test_upsampling_and_a_convolution_are_a_transposed_convolution(factor, kernel):
    layers = nn.Sequential(nn.Upsample(scale_factor=factor), convolution(2))
    (only,) = fold(layers)
    assert isinstance(only, nn.ConvTranspose2d)
    assert only.weight.shape == (1, 2, kernel, kernel)
    x = torch.randn(1, 1, 5, 7)
    assert (only(x) - layers(x)).abs().max() < 1e-6


def test_folding_again_changes_nothing():
    once = folded(autoencoder(*BLOCKS[0][:2])).decoder.layers
    assert [*fold(once)] == [*once]


def test_other_autoencoders_stay_as_they_are():
    vae = AutoencoderKL(block_out_channels=(32,))
    modules = [*vae.modules()]
    fold_autoencoder(vae)
    assert [*vae.modules()] == modules


def test_a_graph_computes_the_same_and_is_not_that_of_the_layers(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    plain = autoencoder(*BLOCKS[0][:2]).decoder
    fewer = deepcopy(plain)
    fewer.layers = fold(fewer.layers)
    latents = torch.randn(1, 4, 9, 12)
    first, second = (Graphs.of(half, half.forward)(latents) for half in (plain, fewer))
    assert (first - second).abs().max() < 1e-5
    assert len([*(tmp_path / "graphs").iterdir()]) == 2
    assert torch.equal(Graphs.of(fewer, fewer.forward)(latents), second)

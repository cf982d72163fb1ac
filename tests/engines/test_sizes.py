"""Painting at another size than the film's: one scene, no blur, and nothing waits for a device."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from fake_gpu import Copies, fake_gpu
from scores import card, score

from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.loading import load_engine
from phosphene.engines.presets import PRESETS, Preset, Quality
from phosphene.engines.sizes import Resized, lanczos, painted_size
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model

WORLDS = PRESETS["worlds"].trained
PLAIN = replace(PRESETS["worlds"], graphs=False)  # a graph would be traced for each size


class Still:
    """An engine that returns its input, or a picture of its own."""

    def __init__(self, picture=None, device="cpu"):
        self.device = torch.device(device)
        self.picture = picture
        self.given = []

    def first(self, row):
        return self.picture

    def img2img(self, picture, row):
        self.given.append(picture)
        return picture if self.picture is None else self.picture


@pytest.mark.parametrize(
    ("film", "painted"),
    [
        ((256, 256), (256, 256)),
        ((336, 192), (336, 192)),
        ((320, 320), (320, 320)),
        ((64, 64), (64, 64)),
        ((250, 250), (256, 256)),
        ((384, 384), (256, 256)),
        ((512, 512), (256, 256)),
        ((1280, 720), (336, 192)),
        ((1080, 1920), (192, 336)),
        ((3840, 2160), (336, 192)),
        ((1024, 64), (336, 24)),
        ((8192, 16), (336, 8)),
    ],
)
def test_worlds_paints_at_its_trained_size_and_in_multiples_of_8(film, painted):
    assert painted_size(*film, WORLDS) == painted


@pytest.mark.parametrize("size", [(64, 48), (60, 44)])
def test_a_function_like_the_unet_can_replace_it_at_any_size(size, sd15_folder):
    about = score(n=2, width=size[0], height=size[1])
    preset = Preset(str(sd15_folder), {"standard": Quality(1, 1, 1.0)})
    engine = load_engine(preset, Model(device="cpu"), about)
    unet, calls = engine.unet, []
    engine.unet = lambda *inputs, **named: calls.append(inputs) or unet(*inputs, **named)
    list(paint(about, engine))
    assert len(calls) == 2
    assert engine.noise_shape == (4, 24, 32)


def test_without_trained_sizes_only_the_multiple_counts():
    assert painted_size(1024, 576) == (1024, 576)
    assert painted_size(1022, 574) == (1024, 576)


@pytest.mark.parametrize(("small", "large"), [(8, 16), (32, 85), (16, 64), (32, 30)])
def test_the_kernel_keeps_a_colour_and_a_slow_wave(small, large):
    matrix = lanczos(small, large)
    np.testing.assert_allclose(matrix.sum(1), 1.0)
    wave = np.cos(np.pi * (np.arange(small) + 0.5) / small)
    there = np.cos(np.pi * (np.arange(large) + 0.5) / large)
    np.testing.assert_allclose(matrix @ wave, there, atol=0.02)


@pytest.mark.parametrize(
    ("small", "large"),
    [((8, 8), (16, 24)), ((40, 24), (85, 31)), ((336, 192), (640, 360)), ((32, 8), (30, 9))],
)
def test_pictures_are_multiplied_by_the_kernel_and_its_inverse(small, large):
    across, down = (lanczos(*lengths) for lengths in zip(small, large, strict=True))
    painted, picture = card(*small), card(*large)
    row = score(width=large[0], height=large[1], strength=0.5).row(1)
    frame = Resized(Still(painted), small, large).first(row)
    enlarged = down @ painted.double().numpy() @ across.T
    np.testing.assert_allclose(frame.numpy(), enlarged.clip(0.0, 1.0), atol=1e-5)
    engine = Still()
    Resized(engine, small, large).img2img(picture, row)
    reduced = np.linalg.pinv(down) @ picture.double().numpy() @ np.linalg.pinv(across).T
    np.testing.assert_allclose(engine.given[0].numpy(), reduced.clip(0.0, 1.0), atol=1e-5)


def test_a_painted_picture_returns_to_the_engine_unchanged():
    about = score(width=128, height=96, strength=0.5)
    painted = card(64, 48) * 0.8 + 0.1
    engine = Still(painted)
    resized = Resized(engine, (64, 48), (128, 96))
    frame = resized.first(about.row(0))
    assert frame.shape == (1, 3, 96, 128)
    for _ in range(20):
        frame = resized.img2img(frame, about.row(1))
    assert (engine.given[-1] - painted).abs().max() < 1e-3


def test_detail_beyond_the_engine_is_kept_by_1_minus_strength():
    fine = torch.zeros(1, 3, 64, 64)
    fine[..., ::2] = 0.2  # stripes of one pixel: above what 32 pixels can hold
    picture = 0.4 + fine

    def stripes(strength):
        about = score(width=64, height=64, strength=strength)
        out = Resized(Still(), (32, 32), (64, 64)).img2img(picture, about.row(1))
        return (out[..., ::2] - out[..., 1::2]).mean().item()

    assert stripes(0.0) == pytest.approx(0.2, abs=1e-5)
    assert stripes(0.25) == pytest.approx(0.15, abs=0.01)
    assert stripes(1.0) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("size", [(38, 26), (400, 16)])
def test_worlds_paints_films_of_any_even_size(size):
    about = score(n=2, width=size[0], height=size[1])
    engine = load_engine(PLAIN, Model(device="cpu", steps=1), about)
    picture = engine.first(about.row(0))
    assert picture.shape == (1, 3, size[1], size[0])
    assert engine.img2img(picture, about.row(1)).shape == picture.shape


def test_the_noise_of_the_scene_is_that_of_the_painted_size():
    about = score(n=3, width=400, height=400, zoom=1.02)
    engine = load_engine(PLAIN, Model(device="cpu", steps=1), about)
    assert engine.noise_shape == (8, 32, 32)
    first, second, third = paint(about, engine)
    assert third.picture.shape == (1, 3, 400, 400)
    *_, again = paint(about, engine, after=(1, second.state))
    assert torch.equal(again.picture, third.picture)
    assert not torch.equal(first.picture, third.picture)


def test_native_size_false_paints_every_pixel():
    about = score(n=2, width=400, height=16)
    model = Model(device="cpu", steps=1, native_size=False)
    assert isinstance(load_engine(PLAIN, model, about), DiffusionEngine)


def test_resizing_copies_nothing_and_waits_for_nothing():
    about = score(n=2, width=512, height=512, strength=0.5)
    with fake_gpu() as device, device:
        small = torch.zeros(1, 3, 256, 256, dtype=torch.float32)
        picture = torch.zeros(1, 3, 512, 512, dtype=torch.float32)
        resized = Resized(Still(small, device), (256, 256), (512, 512))
        copies = Copies()
        with copies:
            painted = resized.img2img(picture, about.row(1))
    assert painted.shape == (1, 3, 512, 512)
    assert copies.made == []

"""Guides, masks and overlays on Stable Diffusion 1.5 and SDXL, as on any engine."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from clips import FPS, LOSSLESS, clip, greys, write
from scores import card, score

from phosphene.engines.presets import Preset, Quality, load_preset
from phosphene.painting.frames import painted
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model
from phosphene.score.guides import Guide, Inputs, Mask, Overlay

STILL = {"colour_match": 0.0, "detail_match": 0.0, "strength": 0.5, "zoom": 1.02}


@pytest.fixture(scope="module")
def engine(either_folder):
    preset = Preset(str(either_folder), {"standard": Quality(2, 2, 1.0)})
    return load_preset(preset, Model.model_validate({"device": "cpu"}), score())


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A grey video, a mask whose left half is white, and a red square."""
    folder = tmp_path_factory.mktemp("inputs")
    write(folder / "video.mkv", greys(6), *LOSSLESS)
    left = np.zeros((48, 64), np.uint8)
    left[:, :32] = 255
    cv2.imwrite(str(folder / "left.png"), left)
    cv2.imwrite(str(folder / "red.png"), np.full((8, 8, 3), (0, 0, 255), np.uint8))
    return folder


class Keeper:
    """Begins like another engine, or with a picture, and keeps every frame as it is moved."""

    def __init__(self, engine, picture=None, repaints=False):
        self.device, self._engine = engine.device, engine
        self._picture, self._repaints = picture, repaints
        self.noise_shape = engine.noise_shape

    def first(self, row):
        return self._engine.first(row) if self._picture is None else self._picture

    def img2img(self, picture, row, noise):
        return self._engine.img2img(picture, row, noise) if self._repaints else picture


def film(engine, n=3, **inputs):
    about = replace(score(n=n, **STILL), fps=FPS, inputs=Inputs(**inputs))
    return [frame.picture for frame in paint(about, engine)]


def test_a_guide_of_amount_1_is_all_that_is_repainted(engine, files):
    """Nothing is fed back, so the film does not depend on where it began."""
    guides = (Guide(clip(files / "video.mkv", 1), "init"),)
    other = Keeper(engine, card(64, 48), repaints=True)
    begun, begun_elsewhere = film(engine, guides=guides), film(other, guides=guides)
    assert not torch.equal(begun[0], begun_elsewhere[0])
    assert all(map(torch.equal, begun[1:], begun_elsewhere[1:]))
    assert not torch.equal(film(engine)[1], begun[1])


def test_a_mask_repaints_one_half_and_moves_the_other(engine, files):
    halved = film(engine, masks=(Mask("mask[0]", clip(files / "left.png")),))
    repainted, moved = film(engine), film(Keeper(engine))
    assert torch.equal(halved[1][..., :32], repainted[1][..., :32])
    assert torch.equal(halved[1][..., 32:], moved[1][..., 32:])
    assert not torch.equal(repainted[1], moved[1])


def test_an_overlay_is_over_the_film_and_not_fed_back(engine, files):
    """A square of 12 px in the middle, in the second and the third of four frames."""
    overlay = Overlay(files / "red.png", "overlay[0]", 1, 3, 0, 0.25, (0.5, 0.5))
    about = replace(score(n=4, **STILL), fps=FPS)
    bare, drawn = (
        np.stack([levels.numpy() for _, _, levels in painted(one, engine, [])])
        for one in (about, replace(about, inputs=Inputs(overlays=(overlay,))))
    )
    frames, rows, columns = np.nonzero((bare != drawn).any(-1))
    assert sorted({*frames.tolist()}) == [1, 2]
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (18, 29, 26, 37)
    assert drawn[2, 24, 32].tolist() == [255, 0, 0]

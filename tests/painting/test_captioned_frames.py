"""Captions are drawn over frames, and never fed back."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scores import score

from phosphene.engines.preview.camera import Camera
from phosphene.lettering.drawing import draw
from phosphene.lettering.fonts import default_font
from phosphene.painting.frames import paint, painted
from phosphene.painting.inputs.overlays import Captions
from phosphene.score.captions import Caption, Lettering

WHITE = Lettering(default_font(), 0.4, (0.5, 0.5), (255, 255, 255), 0.0)
BARE = score(n=6)
TITLED = replace(BARE, captions=(Caption("HI", 2, 5, 1, WHITE),))


def test_a_caption_covers_its_frames_by_its_opacity():
    captions = Captions(TITLED, torch.device("cpu"))
    black = torch.zeros(1, 3, 48, 64)
    brightest = [captions.over(black, frame).max().item() for frame in range(6)]
    assert brightest == pytest.approx([0, 0, 0.5, 1, 0.5, 0])
    assert captions.over(black, 1) is black
    assert black.max() == 0.0


def test_only_the_pixels_of_the_text_change():
    captions = Captions(TITLED, torch.device("cpu"))
    drawn = draw("HI", WHITE, 64, 48)
    inside = np.zeros((48, 64), bool)
    height, width = drawn.pixels.shape[1:]
    inside[drawn.top : drawn.top + height, drawn.left : drawn.left + width] = drawn.pixels[3] > 0
    changed = captions.over(torch.full((1, 3, 48, 64), 0.25), 3)[0, 0].numpy() != 0.25
    np.testing.assert_array_equal(changed, inside)


def test_other_frames_and_the_state_do_not_change():
    bare = list(painted(BARE, Camera(BARE), []))
    titled = list(painted(TITLED, Camera(TITLED), []))
    same = [torch.equal(one[2], two[2]) for one, two in zip(bare, titled, strict=True)]
    assert same == [True, True, False, False, False, True]
    for (_, one, _), (_, two, _) in zip(bare, titled, strict=True):
        assert torch.equal(one["picture"], two["picture"])


def test_an_excerpt_has_the_captions_of_its_frames():
    alone = list(paint(TITLED.excerpt(3, 4), Camera(TITLED.excerpt(3, 4))))
    assert alone[0].max() == 255
    assert TITLED.excerpt(5, 6).captions == ()

"""Films of arrays: the frames of the frame loop, up to the first that needs PyTorch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scores import score

from phosphene.engines.preview.camera import Camera
from phosphene.lettering.fonts import default_font
from phosphene.painting.drawing import drawn
from phosphene.painting.frames import painted
from phosphene.score.captions import Caption, Lettering
from phosphene.score.guides import Clip, Guide, Inputs, Overlay
from phosphene.score.scenes import Scene

MOVING = score(n=8, zoom=1.02, strength=0.5)
GRADED = replace(MOVING, channels={**MOVING.channels, "brightness": np.linspace(0.8, 2.0, 8)})
RETURNING = replace(GRADED, scenes=(Scene(0), Scene(3, prompt=1), Scene(6, origin=0)))
LETTERS = Lettering(default_font(), 0.4, (0.5, 0.5), (255, 255, 255), 0.0)
CLIP = Clip(Path("dance.mp4"), "guide[0]", 5, 8)
LOGO = Overlay(Path("logo.png"), "overlay[0]", 5, 8, 0, 0.2, (0.5, 0.5))


def rising(name):
    """A channel that rises from 0 in row 5."""
    return {"channels": {**MOVING.channels, name: np.where(np.arange(8) < 5, 0.0, 0.1)}}


def assert_same(one, other):
    """The same row, state and pixels; of arrays and of tensors."""
    assert one[0] == other[0]
    np.testing.assert_array_equal(one[2], other[2].numpy())
    assert one[1].keys() == other[1].keys()
    for name in one[1]:
        np.testing.assert_array_equal(one[1][name], other[1][name].numpy())


@pytest.mark.parametrize("made", [GRADED, RETURNING], ids=["one scene", "a scene that returns"])
def test_a_film_is_drawn_as_the_frame_loop_paints_it_to_the_bit(made):
    frames, expected = list(drawn(made, Camera(made))), list(painted(made, Camera(made), []))
    assert len(frames) == 8
    for one, other in zip(frames, expected, strict=True):
        assert_same(one, other)


@pytest.mark.parametrize(
    "changes",
    [
        {"scenes": (Scene(0), Scene(7, fade=2))},
        {"inputs": Inputs(guides=(Guide(CLIP, "init"),))},
        {"inputs": Inputs(overlays=(LOGO,))},
        {"captions": (Caption("HI", 5, 8, 0, LETTERS),)},
        rising("sharpen"),
        rising("noise"),
    ],
    ids=["dissolve", "guide", "overlay", "caption", "sharpen", "noise"],
)
def test_it_ends_before_the_first_frame_that_needs_pytorch(changes):
    made = replace(MOVING, **changes)
    assert [row for row, _, _ in drawn(made, Camera(made))] == [0, 1, 2, 3, 4]


def test_both_continue_from_the_state_of_the_other():
    camera = Camera(RETURNING)
    frames, expected = list(drawn(RETURNING, camera)), list(painted(RETURNING, camera, []))
    rest = painted(RETURNING, camera, [], frames[4][:2])
    for one, other in zip(frames[5:], rest, strict=True):
        assert_same(one, other)
    arrays = {name: part.numpy() for name, part in expected[4][1].items()}
    for one, other in zip(drawn(RETURNING, camera, (4, arrays)), expected[5:], strict=True):
        assert_same(one, other)

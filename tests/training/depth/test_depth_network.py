"""The bundled depth network on drawings, whose depth is known."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from phosphene.painting.depth import with_depth
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Depth
from phosphene.testing import small_score
from training.look import Look
from training.scenes import paint_with_depth

SIZE, SHIFT = 256, -4.0
DEPTH = Depth.model_validate({"source": "worlds"})


def drawing(world):
    """A picture as a tensor, and its inverse distances; no chunk has this seed."""
    picture, near = paint_with_depth(Look(world), [7, 7], SIZE)
    inverse = 1 / DEPTH.distance(torch.from_numpy(near)).numpy()
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255, inverse


class Keeper:
    """Keeps the moved picture."""

    device = torch.device("cpu")

    def __init__(self, picture):
        self.picture = picture

    def first(self, row):
        return self.picture

    def img2img(self, picture, row):
        return picture


@pytest.mark.parametrize("world", ["ocean", "desert", "temple", "street", "glass", "planets"])
def test_it_knows_the_depth_of_a_drawing(world, registry):
    """Better than a ramp, the drawn depth that fits most worlds."""
    picture, inverse = drawing(world)
    score = small_score(width=SIZE, height=SIZE)
    source = registry.depths["worlds"].load(DEPTH, score, torch.device("cpu"))
    wrong = np.abs(1 / source(picture)[0, 0].numpy() - inverse).mean()
    ramp = np.abs(np.linspace(0.25, 2.0, SIZE)[:, None] - inverse).mean()
    assert wrong < 0.5 * ramp
    assert wrong < 0.25  # of the range from 0.25 to 2


def test_near_water_moves_further_than_far_water(registry):
    """By optical flow in bands below the horizon: the shift of each is that of its true depth."""
    picture, inverse = drawing("ocean")
    score = small_score(n=2, width=SIZE, height=SIZE)
    score = replace(score, channels=score.channels | {"translation_x": np.full(2, SHIFT)})
    engine = with_depth(Keeper(picture), registry.depths["worlds"], DEPTH, score)
    frames = [(255 * frame.picture[0].mean(0)).byte().numpy() for frame in paint(score, engine)]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*frames, None)[..., 0]
    shown, expected = (
        np.array([np.median(one[y : y + 12, 32:-32]) for y in range(150, 240, 20)])
        for one in (flow, SHIFT * inverse)
    )
    assert shown == pytest.approx(expected, rel=0.15)
    assert shown[-1] / shown[0] == pytest.approx(expected[-1] / expected[0], rel=0.15)

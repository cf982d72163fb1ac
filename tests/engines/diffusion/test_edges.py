"""Canny edges on tensors are those of OpenCV."""

import cv2
import numpy as np
import torch
from scores import card

from phosphene.engines.diffusion.edges import canny


def expected(picture):
    levels = (picture[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
    return cv2.Canny(levels, 100, 200)


def test_they_are_those_of_opencv():
    picture = card(96, 64)
    edges = canny(picture)
    assert edges.shape == picture.shape
    assert set(edges.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(edges[:, 0], edges[:, 2])
    wrong = (edges[0, 0].numpy() * 255 != expected(picture)).mean()
    assert wrong < 0.001  # ties of directions, which OpenCV decides in integers
    assert edges.mean() > 0.05


def test_a_flat_picture_has_none_and_a_step_has_one_line():
    assert canny(torch.full((1, 3, 32, 32), 0.5)).max() == 0.0
    step = torch.zeros(1, 3, 32, 32)
    step[..., 16:] = 1.0
    edges = canny(step)
    assert edges[0, 0].sum(1).tolist() == [1.0] * 32
    np.testing.assert_array_equal(edges[0, 0].numpy() * 255, expected(step))


def test_a_weak_edge_is_kept_where_it_continues_a_strong_one():
    ramp = torch.zeros(1, 3, 64, 64)
    ramp[..., 32:] = torch.linspace(0.05, 0.6, 64)[:, None]  # gradients from 51 to 612
    edges = canny(ramp)
    np.testing.assert_array_equal(edges[0, 0].numpy() * 255, expected(ramp))
    assert 0 < edges[0, 0].sum() < 64  # the weakest part is not an edge

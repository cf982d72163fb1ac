"""The frame loop with a cadence: repaints where the Score says so, and the camera between them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scores import score

from phosphene.painting.loop import paint
from phosphene.painting.motion.step import step_matrix
from phosphene.painting.motion.warp import warp


class Recorder:
    """Paints a flat grey that is a little lighter each time, and keeps what it was given."""

    device = torch.device("cpu")
    noise_shape = (1, 6, 8)

    def __init__(self):
        self.rows, self.given, self.noises = [], [], []

    def first(self, row):
        dice = torch.Generator().manual_seed(0)
        coarse = torch.rand(1, 3, 6, 8, generator=dice)
        return torch.nn.functional.interpolate(coarse, scale_factor=8, mode="bicubic").clamp(0, 1)

    def img2img(self, picture, row, noise):
        self.rows.append(row.frame)
        self.given.append(picture)
        self.noises.append(noise.seen())
        return torch.full_like(picture, 0.1 * len(self.rows))


def cadenced(n, painted, **channels):
    about = score(n=n, **channels)
    return replace(about, diffuses=np.isin(np.arange(n), painted))


def test_only_rows_of_the_cadence_are_repainted_and_all_are_yielded():
    engine = Recorder()
    frames = list(paint(cadenced(8, [0, 3, 6], strength=0.5), engine))
    assert engine.rows == [3, 6]
    assert [frame.row for frame in frames] == list(range(8))


def test_a_repaint_fades_in_by_equal_steps():
    frames = list(paint(cadenced(8, [0, 3, 6], strength=0.5), Recorder()))
    shades = [float(frame.picture.mean()) for frame in frames[3:]]
    assert shades == pytest.approx([0.1, 0.1 + 0.1 / 3, 0.1 + 0.2 / 3, 0.2, 0.2])


@pytest.mark.parametrize("channel", ["strength", "renewal"])
def test_nothing_of_a_strike_is_shown_before_it(channel):
    values = {"strength": 0.5, "renewal": 0.2}
    about = cadenced(8, [0, 3, 6], **values | {channel: [values[channel]] * 6 + [0.9] * 2})
    frames = list(paint(about, Recorder()))
    assert [float(f.picture.mean()) for f in frames[3:]] == pytest.approx([0.1, 0.1, 0.1, 0.2, 0.2])


def test_between_repaints_the_camera_moves_the_picture_in_one_resample():
    engine, about = Recorder(), cadenced(4, [0], strength=0.5, zoom=1.05, rotation=2.0)
    first, *others = paint(about, engine)
    path = np.eye(3)
    for frame in others:
        path = step_matrix(about.row(frame.row), 64, 48) @ path
        assert torch.equal(frame.picture, warp(first.picture, path))


def test_a_repaint_is_given_the_picture_where_the_camera_sees_it():
    engine, about = Recorder(), cadenced(4, [0, 3], strength=0.5, zoom=1.05)
    first, *_ = paint(about, engine)
    path = np.linalg.matrix_power(step_matrix(about.row(1), 64, 48), 3)
    torch.testing.assert_close(engine.given[0], warp(first.picture, path))


def test_where_strength_is_0_nothing_fades_in():
    about = cadenced(8, [0, 1, 6], strength=[0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5])
    frames = list(paint(about, Recorder()))
    assert [float(f.picture.mean()) for f in frames[1:]] == pytest.approx([0.1] * 5 + [0.2] * 2)


@pytest.mark.parametrize("stop", range(8))
def test_continued_after_any_frame_the_rest_is_the_same_to_the_bit(stop):
    about = cadenced(9, [0, 3, 6], strength=0.5, zoom=1.03, renewal=0.3)

    def painter():
        engine = Recorder()
        engine.img2img = lambda picture, row, noise: (
            picture + 0.05 * torch.nn.functional.interpolate(noise.seen(), scale_factor=8)
        ).clamp(0, 1)
        return engine

    whole = list(paint(about, painter()))
    rest = list(paint(about, painter(), after=(stop, whole[stop].state)))
    assert [frame.row for frame in rest] == list(range(stop + 1, 9))
    for one, other in zip(whole[stop + 1 :], rest, strict=True):
        assert torch.equal(one.picture, other.picture)


def test_the_noise_travels_also_through_frames_that_are_not_repainted():
    every, third = Recorder(), Recorder()
    moving = {"strength": 0.5, "renewal": 0.0, "translation_x": 2.0}
    list(paint(cadenced(4, range(4), **moving), every))
    list(paint(cadenced(4, [0, 3], **moving), third))
    torch.testing.assert_close(third.noises[0], every.noises[2])

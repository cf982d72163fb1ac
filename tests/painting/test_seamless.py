"""A film that closes: the step from its last frame to its first is one like the others."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from scores import score

from phosphene.painting.frames import painted
from phosphene.painting.seamless import paint_loop

LEAD, N = 6, 24


class Feedback:
    """Mixes a new picture into the one before, as far as strength says."""

    device = torch.device("cpu")

    def first(self, row):
        draw = torch.Generator().manual_seed(row.seed)
        return torch.rand(1, 3, 48, 64, generator=draw)

    def img2img(self, picture, row):
        return torch.lerp(picture, self.first(row), row.strength)


def film(strength=0.1, **channels):
    return score(n=LEAD + N, prompts=("a",), strength=strength, **channels)


def frames(about, after=None):
    return list(paint_loop(about, Feedback(), [], LEAD, after))


def steps(made):
    levels = [frame.float() for _, _, frame in made]
    return [float((a - b).abs().mean()) for a, b in pairwise([*levels, levels[0]])]


def test_frames_are_those_after_the_lead_until_the_dissolve():
    about = film(zoom=1.02)
    made, plain = frames(about), list(painted(about, Feedback(), []))
    assert [number for number, _, _ in made] == list(range(N))
    for number in range(N - LEAD):
        assert torch.equal(made[number][2], plain[LEAD + number][2])


def test_the_last_frame_is_the_one_before_the_first():
    about = film(zoom=1.02, strength=[0.1] * LEAD + ([0.1] * 5 + [0.3]) * 4)
    plain = list(painted(about, Feedback(), []))
    assert torch.equal(frames(about)[-1][2], plain[LEAD - 1][2])


@pytest.mark.parametrize("hit", [0.1, 0.3, 0.9])
def test_no_step_is_smaller_than_that_across_the_seam_even_into_a_hit(hit):
    """The first frame of the film is struck harder than any other."""
    strength = np.full(LEAD + N, 0.1)
    strength[LEAD] = hit
    *others, seam = steps(frames(film(strength)))
    assert seam <= max(others)


def test_a_loop_without_motion_closes_without_a_step():
    assert max(steps(frames(film(strength=0.0)))) == 0.0


@pytest.mark.parametrize("stop", [0, 5, N - LEAD - 1, N - 3, N - 2])
def test_continued_after_any_frame_the_rest_is_the_same_to_the_bit(stop):
    about = film(np.r_[np.full(LEAD, 0.1), 0.9, np.full(N - 1, 0.1)])
    made = frames(about)
    rest = frames(about, (stop, {name: part.clone() for name, part in made[stop][1].items()}))
    assert [number for number, _, _ in rest] == list(range(stop + 1, N))
    assert all(torch.equal(a[2], b[2]) for a, b in zip(made[stop + 1 :], rest, strict=True))

from types import SimpleNamespace

import numpy as np
import torch
from scores import score

from phosphene.painting.anchors import Anchor, SceneAnchors, hold, is_held, mix

PICTURES = torch.rand(2, 1, 3, 32, 48, generator=torch.Generator().manual_seed(0))
ROW = score(colour_match=0.5, detail_match=0.5).row(1)


def test_anchors_mix_by_the_prompts_weights():
    one, two = Anchor.of(PICTURES[0]), Anchor.of(PICTURES[1] * 0.5)
    got = mix([one, two], np.array([0.25, 0.75]))
    for name in ("mean", "covariance"):
        expected = 0.25 * getattr(one.palette, name) + 0.75 * getattr(two.palette, name)
        torch.testing.assert_close(getattr(got.palette, name), expected)
    torch.testing.assert_close(got.detail, 0.25 * one.detail + 0.75 * two.detail)


def test_the_only_anchor_is_not_mixed():
    one, two = Anchor.of(PICTURES[0]), Anchor.of(PICTURES[1])
    assert mix([one, two], np.array([0.0, 1.0])) is two


def test_every_prompt_has_the_anchor_of_its_own_picture():
    engine = SimpleNamespace(
        device=torch.device("cpu"), first=lambda row: PICTURES[int(row.weights.argmax())]
    )
    one, two = SceneAnchors(score(prompts=("a", "b")), engine)
    torch.testing.assert_close(one.palette.mean, Anchor.of(PICTURES[0]).palette.mean)
    torch.testing.assert_close(two.detail, Anchor.of(PICTURES[1]).detail)


def test_anchors_are_painted_when_they_are_needed_and_once():
    painted = []

    def first(row):
        painted.append(int(row.weights.argmax()))
        return PICTURES[0]

    engine = SimpleNamespace(device=torch.device("cpu"), first=first)
    anchors = SceneAnchors(score(prompts=("a", "b", "c")), engine)
    assert (len(anchors), painted) == (3, [])
    for _ in range(2):
        mix(anchors, np.array([0.0, 0.5, 0.5]))
    assert painted == [1, 2]


def test_a_picture_held_to_itself_stays():
    held = hold(PICTURES[0], Anchor.of(PICTURES[0]), ROW)
    torch.testing.assert_close(held, PICTURES[0], atol=2e-3, rtol=0)


def test_colour_and_detail_are_held_apart():
    before, anchor = PICTURES[0] * 0.4 + 0.1, Anchor.of(PICTURES[1] * 0.2 + 0.7)
    none = hold(before, anchor, score(colour_match=0.0, detail_match=0.0).row(1))
    assert none is before
    own = Anchor.of(before)
    colour = Anchor.of(hold(before, anchor, score(colour_match=1.0, detail_match=0.0).row(1)))
    torch.testing.assert_close(colour.palette.mean, anchor.palette.mean, atol=5e-3, rtol=0)
    detail = Anchor.of(hold(before, anchor, score(colour_match=0.0, detail_match=1.0).row(1)))
    torch.testing.assert_close(detail.palette.mean, own.palette.mean, atol=5e-3, rtol=0)
    assert (detail.detail < own.detail).all()


def test_a_score_that_holds_nothing_needs_no_anchors():
    assert is_held(score(colour_match=0.0))
    assert is_held(score(detail_match=0.0))
    assert not is_held(score(colour_match=0.0, detail_match=0.0))

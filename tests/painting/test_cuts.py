"""Scenes in the frame loop: cuts, dissolves and returns, and what each frame depends on."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from scores import score

from phosphene.painting.anchors import SceneAnchors
from phosphene.painting.loop import paint, paint_scene
from phosphene.painting.motion.step import step_matrix
from phosphene.painting.motion.warp import warp
from phosphene.score.parts import parts_of
from phosphene.score.scenes import Scene

CHANNELS = {
    "strength": 0.4, "zoom": 1.03, "renewal": 0.3, "colour_match": 0.5, "detail_match": 0.5
}  # fmt: skip
N = 12


class Feedback:
    """Mixes noise of the scene into the picture; the first picture is noise of the row's seed."""

    device = torch.device("cpu")
    noise_shape = (3, 6, 8)

    def first(self, row):
        draw = torch.Generator().manual_seed(row.seed + 1000 * int(row.weights.argmax()))
        return torch.rand(1, 3, 48, 64, generator=draw)

    def img2img(self, picture, row, noise):
        fine = torch.nn.functional.interpolate(noise.seen(), scale_factor=8)
        target = float(row.weights @ np.linspace(0.2, 0.8, len(row.weights)))
        return (torch.lerp(picture, target + 0.1 * fine, row.strength)).clamp(0, 1)


def film(*scenes, n=N, painted=None, **channels):
    """Scenes of one prompt each."""
    about = score(n=n, prompts=tuple("abcdef"[: len(scenes)]), **CHANNELS | channels)
    scenes = [replace(scene, prompt=k) for k, scene in enumerate(scenes)]
    own = np.searchsorted([scene.start for scene in scenes], np.arange(n), side="right") - 1
    seeds = np.array([scene.seed for scene in scenes])[own] + np.arange(n)
    repaints = np.ones(n, bool) if painted is None else np.isin(np.arange(n), painted)
    weights = np.eye(len(scenes))[own]
    return replace(about, scenes=tuple(scenes), weights=weights, seeds=seeds, diffuses=repaints)


def pictures(about, after=None):
    engine = Feedback()
    return list(paint(about, engine, SceneAnchors(about, engine), after))


def same(one, other):
    return [torch.equal(a.picture, b.picture) for a, b in zip(one, other, strict=True)]


THREE = film(Scene(0, seed=1), Scene(4, seed=2), Scene(8, seed=3, origin=0))


def test_the_frame_of_a_cut_is_a_first_picture_of_the_new_scene():
    frames = pictures(THREE)
    assert torch.equal(frames[0].picture, Feedback().first(THREE.row(0)))
    assert torch.equal(frames[4].picture, Feedback().first(THREE.row(4)))
    steps = [float((b.picture - a.picture).abs().mean()) for a, b in pairwise(frames[:8])]
    assert np.argmax(steps) == 3


@pytest.mark.parametrize("painted", [None, [0, 2, 5, 7, 10]])
def test_a_new_scene_does_not_depend_on_the_frames_before_it(painted):
    whole = film(Scene(0), Scene(4), painted=painted)
    engine = Feedback()
    anchors = SceneAnchors(whole, engine)
    with torch.inference_mode():
        alone = list(paint_scene(whole, engine, 1, anchors))
    assert [frame.row for frame in alone] == list(range(4, N))
    assert all(same(alone, pictures(whole)[4:]))
    assert all(same(pictures(whole.excerpt(4, N)), alone))
    other = replace(
        whole, channels=whole.channels | {"zoom": np.where(np.arange(N) < 4, 1.2, 1.03)}
    )
    assert same(pictures(other), pictures(whole)) == [True] + 3 * [False] + 8 * [True]


def test_a_return_continues_as_if_nothing_were_between():
    """Rows 0 to 3 and 8 to 11 are those of one scene without the others."""
    about = film(Scene(0), Scene(4), Scene(8, origin=0))
    about = replace(about, weights=about.weights[[*range(8), 0, 0, 0, 0]])
    keep = [*range(4), *range(8, 12)]
    joined = replace(
        about,
        scenes=(Scene(0),),
        frames=np.arange(8),
        channels={name: curve[keep] for name, curve in about.channels.items()},
        weights=about.weights[keep],
        seeds=about.seeds[keep],
        diffuses=about.diffuses[keep],
    )
    assert all(same(pictures(about)[8:], pictures(joined)[4:]))


def test_a_return_moves_on_from_the_frame_that_was_shown_last():
    about = film(Scene(0), Scene(4), Scene(8, origin=0), painted=[0, 2, 5])
    frames = pictures(about)
    moved = warp(frames[3].picture, step_matrix(about.row(8), 64, 48))
    assert torch.equal(frames[8].picture, moved)


def test_a_dissolve_mixes_two_scenes_that_are_painted_by_themselves():
    about = film(Scene(0), Scene(6, fade=3, seed=7))
    engine = Feedback()
    anchors = SceneAnchors(about, engine)
    with torch.inference_mode():
        old = list(paint_scene(about, engine, 0, anchors))
        new = list(paint_scene(about, engine, 1, anchors))
    assert [frame.row for frame in old] == list(range(6))
    assert [frame.row for frame in new] == list(range(3, N))
    frames = pictures(about)
    for i, share in ((3, 0.25), (4, 0.5), (5, 0.75)):
        expected = torch.lerp(old[i].picture, new[i - 3].picture, share)
        assert torch.equal(frames[i].picture, expected)
    assert all(same(frames[6:], new[3:]))


SCENES = (Scene(0), Scene(4, fade=2, seed=5), Scene(7), Scene(10, fade=2, origin=0))


@pytest.mark.parametrize("painted", [None, [0, 2, 5, 8, 11]])
@pytest.mark.parametrize("stop", range(N - 1))
def test_continued_after_any_frame_the_rest_is_the_same_to_the_bit(stop, painted):
    about = film(*SCENES, painted=painted)
    whole = pictures(about)
    saved = {name: part.clone() for name, part in whole[stop].state.items()}
    assert all(same(pictures(about, (stop, saved)), whole[stop + 1 :]))


def in_parts(about, stop=None):
    """Row and picture of each frame, painted part by part, in the last one first."""
    engine, found = Feedback(), {}
    anchors = SceneAnchors(about, engine)
    for part in reversed(parts_of(about)):
        frames = list(paint(about, engine, anchors, part=part))
        if stop is not None and stop < len(frames) - 1:
            row, _, state = frames[stop]
            saved = {name: tensor.clone() for name, tensor in state.items()}
            frames[stop + 1 :] = paint(about, engine, anchors, (row, saved), part)
        assert tuple(frame.row for frame in frames) == part.rows
        found |= {frame.row: frame for frame in frames}
    return [found[row] for row in sorted(found)]


@pytest.mark.parametrize("painted", [None, [0, 2, 5, 8, 11]])
@pytest.mark.parametrize(
    "scenes",
    [
        SCENES,
        (Scene(0), Scene(3), Scene(6, fade=2), Scene(9, origin=1)),
        (Scene(0), Scene(4, fade=4), Scene(6, fade=2)),
    ],
)
def test_painted_in_parts_a_film_is_the_same_to_the_bit(scenes, painted):
    about = film(*scenes, painted=painted)
    assert all(same(pictures(about), in_parts(about)))


@pytest.mark.parametrize("stop", range(5))
def test_a_part_is_continued_after_any_frame(stop):
    about = film(Scene(0), Scene(3), Scene(6, fade=2), Scene(9, origin=1))
    assert all(same(pictures(about), in_parts(about, stop)))


def test_states_are_kept_as_long_as_a_scene_comes_back():
    frames = pictures(film(*SCENES))
    assert [len([n for n in f.state if n.endswith("picture")]) for f in frames] == [
        1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1
    ]  # fmt: skip


def test_a_cadence_does_not_reach_across_a_cut():
    """The frames before a cut are moved alone: nothing of the new scene fades in."""
    cut = pictures(film(Scene(0), Scene(4), painted=[0, 2, 5]))
    alone = pictures(film(Scene(0), Scene(4), painted=[0, 2, 5]).excerpt(0, 4))
    assert all(same(cut[:4], alone))


def test_anchors_are_painted_with_the_first_row_of_their_scene():
    rows = []

    class Noted(Feedback):
        def first(self, row):
            rows.append((row.frame, row.seed, int(row.weights.argmax())))
            return super().first(row)

    anchors = SceneAnchors(THREE, Noted())
    assert rows == []
    for prompt in range(3):
        anchors[prompt]
    assert rows == [(0, 1, 0), (4, 6, 1), (0, 1, 2)]

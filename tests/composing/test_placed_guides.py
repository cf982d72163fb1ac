"""Guides, masks and overlays of a project: their frames, and mistakes in them by name."""

from dataclasses import astuple
from fractions import Fraction

import pytest

from phosphene.composing.compose import compose
from phosphene.errors import ProjectError
from phosphene.testing import synthetic_song


@pytest.fixture(scope="module")
def song():
    """Bars of 2 s; 12 s."""
    return synthetic_song(12.0)


@pytest.fixture
def composed(project, song):
    return lambda **tables: compose(project(video={"fps": 10}, **tables), song)


GUIDE = {"video": "dance.mp4", "mode": "init"}


def test_without_positions_a_guide_is_there_throughout(composed):
    (guide,) = composed(guide=[GUIDE]).inputs.guides
    assert (guide.mode, guide.amount, guide.mask) == ("init", 1.0, None)
    assert (guide.clip.first, guide.clip.last, guide.clip.entry) == (0, 120, "guide[0].video")
    assert (guide.clip.loops, guide.clip.contains, guide.clip.begin) == (False, False, 0)


def test_positions_are_those_of_the_song_and_from_is_one_of_the_video(composed):
    about = GUIDE | {
        "at": "bar 2", "until": "bar 4", "from": "1.5s", "end": "loop", "fit": "contain",
        "amount": "40%",
    }  # fmt: skip
    (guide,) = composed(guide=[about]).inputs.guides
    assert (guide.clip.first, guide.clip.last, guide.clip.begin) == (20, 60, Fraction(3, 2))
    assert (guide.clip.loops, guide.clip.contains, guide.amount) == (True, True, 0.4)


def test_the_video_of_a_controlnet_has_its_place_beside_those_without(composed):
    net = {"path": "owner/name", "kind": "canny"}
    video = net | {"video": "dance.mp4", "at": "bar 2", "from": "2s"}
    inputs = composed(model={"control": [net, video]}).inputs
    assert inputs.controls[0] is None
    clip = inputs.controls[1]
    assert (clip.first, clip.last, clip.begin) == (20, 120, 2)
    assert clip.entry == "model.control[1].video"
    assert inputs.clips == (clip,)
    assert inputs.within(0, 20).controls == (None, None)


def test_masks_and_overlays(composed):
    found = composed(
        depth={"source": "ground"},
        mask=[
            {"image": "m.png", "repaint": "outside", "feather": 0.1},
            {"video": "m.mov", "of": "alpha", "until": "bar 2"},
            {"depth": [0, 1.5]},
        ],
        overlay=[{"image": "logo.png", "at": "bar 6", "fade": "0.3s", "position": "top left"}],
    ).inputs
    image, video, depth = found.masks
    assert (image.clip.path.name, image.inside, image.feather) == ("m.png", False, 0.1)
    assert (video.part, video.clip.last) == ("alpha", 20)
    assert (depth.clip, depth.depth) == (None, (0.0, 1.5))
    (logo,) = found.overlays
    assert astuple(logo)[2:] == (100, 120, 3, 0.15, (0.0, 0.0), 1.0)


def test_files_are_beside_the_project(project, song):
    tables = {"guide": [GUIDE | {"mode": "composite", "mask": "m.png"}]}
    made = project(**tables)
    assert made.guide[0].video == made.source.parent / "dance.mp4"
    assert made.guide[0].mask == made.source.parent / "m.png"


def test_an_excerpt_has_those_of_its_frames(composed):
    about = composed(guide=[GUIDE | {"until": "bar 2"}], overlay=[{"image": "logo.png"}])
    later = about.excerpt(20, 40).inputs
    assert (later.guides, len(later.overlays)) == ((), 1)
    assert len(about.excerpt(19, 40).inputs.guides) == 1


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"guide": [{"video": "a.mp4"}]}, r"guide\[0\].mode: is missing"),
        ({"guide": [GUIDE | {"mode": "morph"}]}, r"guide\[0\].mode: got 'morph'"),
        ({"guide": [GUIDE | {"form": "1s"}]}, r"unknown key. Did you mean 'from'"),
        ({"guide": [GUIDE | {"from": "1 bar"}]}, r"guide\[0\].from: got '1 bar': expected seconds"),
        ({"guide": [GUIDE | {"mask": "m.png"}]}, 'a mask needs mode = "composite"'),
        ({"guide": [GUIDE | {"amount": 1.5}]}, 'mode = "init" takes at most 1'),
        ({"guide": [GUIDE | {"at": "bar 3", "until": "bar 2"}]}, r"guide\[0\].until: 'bar 2' is"),
        ({"guide": [GUIDE | {"at": "bar 90"}]}, r"guide\[0\].at: position 'bar 90' is outside"),
        ({"mask": [{}]}, r"mask\[0\]: got {}: expected one of image, video and depth"),
        ({"mask": [{"image": "a.png", "depth": [0, 1]}]}, "expected one of image, video and depth"),
        ({"mask": [{"depth": [2, 1]}]}, "expected a distance and a larger one"),
        ({"mask": [{"depth": [0, 1]}]}, r"mask\[0\].depth: the project has no depth"),
        ({"mask": [{"depth": [0, 1], "until": 9}]}, "until needs a picture or a video, not depth"),
        ({"mask": [{"depth": [0, 1], "of": "luma"}]}, "of needs a picture or a video, not depth"),
        (
            {"mask": [{"image": "a.png", "from": "2s"}]},
            "from needs a video, and a.png is a picture",
        ),
        ({"guide": [{"video": "a.JPG", "mode": "init", "end": "loop"}]}, "end needs a video"),
        ({"overlay": [{"image": "a.png", "size": 0}]}, r"overlay\[0\].size"),
        ({"video": {"image_strength": 0.5}}, "video.image is missing"),
    ],
)
def test_a_mistake_is_named(project, song, tables, message):
    with pytest.raises(ProjectError, match=message):
        compose(project(**tables), song)


def test_a_picture_whose_mask_is_a_video_has_its_times(composed):
    about = {"video": "a.png", "mode": "composite", "mask": "m.mp4", "end": "loop"}
    assert composed(guide=[about]).inputs.guides[0].mask.loops


def test_image_strength_is_that_of_the_first_scene(project, song):
    video = {"image": "a.png", "image_strength": 0.4}
    assert compose(project(video=video), song).image_strength == 0.4
    assert compose(project(video=video), song).excerpt(5, 9).image_strength == 0.4
    own = [{"at": 0, "image": "b.png"}]
    found = compose(project(video=video, scene=own), song)
    assert (found.image.name, found.image_strength) == ("b.png", 0.0)

"""Guided images become init guides, and the channel `guide` follows Deforum's blend factor."""

import json
import math
import tomllib

import numpy as np
import pytest

from phosphene.importers.deforum import import_settings

COMMON = {
    "W": 64, "H": 48, "fps": 10, "max_frames": 60, "animation_mode": "2D", "seed": 7,
    "strength": 0.7, "strength_schedule": "0:(0.5)", "prompts": {"0": "a forest"},
    "use_looper": True, "init_images": '{"0": "a.png", "max_f/2-9.5": "/content/b.png"}',
}  # fmt: skip


@pytest.fixture
def project(saved, tmp_path):
    """Import settings; return what was not imported, and the project as a table."""

    def import_project(**entries):
        made = import_settings(saved(**COMMON | entries), None, tmp_path)
        return list(made.lost), tomllib.loads(made.text)

    return import_project


def blend(frame, most=0.35, slope=0.25, tween=20, apart=20):
    """Deforum's blend factor, for pictures at frames 0 and 20."""
    apart = apart if frame <= 20 else 25
    if frame % apart > tween:
        return 0.07
    return most - slope * math.cos(frame % tween / (tween / 2))


def test_each_picture_is_a_guide_up_to_the_next(project, import_and_compose):
    lost, found = project()
    assert found["guide"] == [
        {"video": "a.png", "mode": "init", "until": "20"},
        {"video": "b.png", "mode": "init", "at": "20"},
    ]
    assert (found["video"]["image"], found["video"]["image_strength"]) == ("a.png", 0.3)
    assert [line.split(" =")[0] for line in lost if "init_images" in line] == ["init_images"] * 2
    _, score = import_and_compose(**COMMON)
    assert [guide.clip.shows(19) for guide in score.inputs.guides] == [True, False]
    assert [guide.clip.shows(20) for guide in score.inputs.guides] == [False, True]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({}, {}),
        ({"tweening_frames_schedule": "0:(5)", "blendFactorMax": "0:(0.6)"},
         {"tween": 5, "most": 0.6}),
        ({"blendFactorSlope": "0:(0.1*2)"}, {"slope": 0.2}),
    ],
)  # fmt: skip
def test_the_channel_guide_is_the_blend_factor(import_and_compose, entries, expected):
    _, score = import_and_compose(**COMMON | entries)
    curve = [blend(frame, **expected) for frame in range(60)]
    np.testing.assert_allclose(score.channels["guide"][:60], curve, atol=6e-5)


def test_a_constant_share_is_the_amount(project):
    _, found = project(blendFactorSlope="0:(0)", blendFactorMax="0:(0.07)")
    assert [guide["amount"] for guide in found["guide"]] == [0.07, 0.07]
    assert not any("guide" in layer for layer in found["motion"])


def test_with_a_hybrid_video_the_amounts_are_means(project):
    lost, found = project(hybrid_composite="Normal", video_init_path="dance.mp4")
    guides = [guide for guide in found["guide"] if guide["video"].endswith("png")]
    means = [np.mean([blend(f) for f in range(*span)]) for span in ((0, 20), (20, 60))]
    np.testing.assert_allclose([guide["amount"] for guide in guides], means, atol=1e-4)
    assert any(line.startswith("blendFactorMax") and "one channel" in line for line in lost)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"init_images": "a.png"}, "init_images = 'a.png': expected pictures by frame"),
        ({"init_images": ""}, "use_looper = True: init_images is missing"),
        ({"init_images": "{}"}, "init_images = '{}': expected pictures by frame"),
        ({"init_images": '{"soon": "a.png"}'}, "init_images = '{"),
        ({"animation_mode": "Interpolation"}, "use_looper = True: not with animation_mode"),
        ({"blendFactorMax": "0:(2)"}, "blendFactorMax: shares of a picture are from 0 to 1"),
        ({"blendFactorMax": "0:(sin(t)"}, "blendFactorMax: "),
        ({"tweening_frames_schedule": "0:(0)"}, "blendFactorMax: shares"),
        ({"color_correction_factor": "0:(0.2)"}, "color_correction_factor = '0:(0.2)': model."),
        ({"use_init": True, "init_image": "i.png"}, "use_init: the film begins with"),
        ({"init_images": json.dumps({str(3 * i): f"{i}.png" for i in range(20)})},
         "at most 16 guides; the pictures from frame 48 on are omitted"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)  # fmt: skip
def test_differences_are_listed(project, entries, message):
    lost, found = project(**entries)
    assert any(message in line for line in lost), lost
    assert len(found.get("guide", ())) <= 16

"""Init images, hybrid video and masks become first pictures, guides and masks."""

import tomllib

import numpy as np
import pytest
from clips import greys, write

from phosphene.importers.deforum import import_settings, read_settings

COMMON = {
    "W": 64, "H": 48, "fps": 10, "max_frames": 30, "animation_mode": "2D", "seed": 7,
    "strength_schedule": "0:(0.5)", "prompts": {"0": "a forest"},
}  # fmt: skip
VIDEO = {"video_init_path": "/content/dance.mp4", "hybrid_use_first_frame_as_init_image": False}


@pytest.fixture
def project(saved, tmp_path):
    """Import settings; return what was not imported, and the project as a table."""

    def import_project(**entries):
        made = import_settings(saved(**COMMON | entries), None, tmp_path)
        lost = [line for line in made.lost if "your song" not in line]
        return lost, tomllib.loads(made.text)

    return import_project


def without(lost, *starts):
    return [line for line in lost if not line.startswith(starts)]


MISSING = ("video_init_path", "extract_nth_frame")  # listed, as the video is not here


def test_a_hybrid_composite_is_an_init_guide(project):
    lost, found = project(**VIDEO, hybrid_composite="Normal", hybrid_comp_alpha_schedule="0:(0.3)")
    assert found["guide"] == [{"video": "dance.mp4", "mode": "init", "amount": 0.3}]
    assert without(lost, *MISSING) == []
    assert "no such file; put it beside the project, or change [[guide]]" in lost[0]


def test_hybrid_motion_is_a_flow_guide(project):
    lost, found = project(
        **VIDEO, hybrid_motion="Optical Flow", hybrid_flow_factor_schedule="0:(2)"
    )
    assert found["guide"] == [{"video": "dance.mp4", "mode": "flow", "amount": 2.0}]
    assert without(lost, *MISSING) == []


def test_a_schedule_of_one_guide_drives_the_channel(project, import_and_compose):
    schedule = "0:(0), 20:(1)"
    _, found = project(**VIDEO, hybrid_composite=True, hybrid_comp_alpha_schedule=schedule)
    assert found["guide"] == [{"video": "dance.mp4", "mode": "init"}]
    _, score = import_and_compose(
        **COMMON, **VIDEO, hybrid_composite=True, hybrid_comp_alpha_schedule=schedule
    )
    np.testing.assert_allclose(score.channels["guide"][:21], np.arange(21) / 20)
    assert score.inputs.guides[0].amount == 1.0


def test_schedules_of_two_guides_are_listed(project):
    lost, found = project(
        **VIDEO, hybrid_composite="Normal", hybrid_comp_alpha_schedule="0:(0.2), 20:(1)",
        hybrid_motion="Optical Flow", hybrid_flow_factor_schedule="0:(0.5)",
    )  # fmt: skip
    assert [one["mode"] for one in found["guide"]] == ["flow", "init"]
    assert [one["amount"] for one in found["guide"]] == [0.5, 0.2]
    assert "guide" not in found["motion"][0]
    assert any("one channel drives all guides" in line for line in lost)


def test_a_film_begins_with_the_video_by_default(project, import_and_compose):
    entries = {"video_init_path": "dance.mp4", "hybrid_motion": "Perspective"}
    lost, found = project(**entries)
    assert found["guide"][1] == {"video": "dance.mp4", "mode": "init", "until": "1"}
    assert any(line.startswith("hybrid_motion = 'Perspective'") for line in lost)
    _, score = import_and_compose(**COMMON, **entries)
    assert [guide.clip.shows(0) for guide in score.inputs.guides] == [True, True]
    assert [guide.clip.shows(1) for guide in score.inputs.guides] == [True, False]


def test_video_input_repaints_each_frame_of_the_video(project):
    lost, found = project(
        animation_mode="Video Input", video_init_path="C:\\films\\dance.mp4", zoom="0:(1.1)"
    )
    assert found["guide"] == [{"video": "dance.mp4", "mode": "init"}]
    assert found["motion"] == [{"use": "keyframes", "strength": {"0": 0.5}}]
    assert any("zoom" in line and "only reads it in 2D" in line for line in lost)


def test_skipped_frames_are_converted_to_seconds(project, tmp_path):
    write(tmp_path / "dance.mkv", greys(8), "-c:v", "ffv1", fps="20")
    entries = {"video_init_path": "/content/dance.mkv", "hybrid_composite": "Normal"}
    lost, found = project(**entries, extract_nth_frame=2, extract_from_frame=5)
    assert found["guide"][0]["video"] == "dance.mkv"
    assert found["guide"][0]["from"] == "0.25s"
    assert lost == []  # every second frame at 20 fps is the video at its own speed
    lost, _ = project(**entries)
    assert lost == [
        "extract_nth_frame = 1: Deforum shows each of the video's frames for one frame of the "
        "film; here the video plays at its own speed, 20 fps"
    ]


@pytest.mark.parametrize(
    ("entries", "mask"),
    [
        ({}, {"image": "m.png"}),
        ({"invert_mask": True}, {"image": "m.png", "repaint": "outside"}),
        ({"mask_overlay_blur": 3}, {"image": "m.png", "feather": 0.25}),  # 4 * 3 of 48 px
        ({"use_init": True, "init_image": "i.png", "use_alpha_as_mask": True},
         {"image": "i.png", "of": "alpha"}),
    ],
)  # fmt: skip
def test_a_mask(project, entries, mask):
    lost, found = project(use_mask=True, mask_file="https://example.org/m.png?a=1", **entries)
    assert found["mask"] == [mask]
    assert without(lost, "mask_file", "init_image") == []


def test_a_video_mask(project):
    lost, found = project(
        use_mask=True, mask_file="m.png", use_mask_video=True, video_mask_path="m.mp4"
    )
    assert found["mask"] == [{"video": "m.mp4"}]
    assert any(line.startswith("mask_file = 'm.png': of two masks") for line in lost)


def test_an_init_image_is_the_first_picture(project):
    _, found = project(use_init=True, init_image="/content/i.png", strength=0.7)
    assert found["video"]["image"] == "i.png"
    assert found["video"]["image_strength"] == 0.3


@pytest.mark.parametrize(
    "entries",
    [
        {"hybrid_composite": "After Generation"}, {"hybrid_comp_mask_type": "Depth"},
        {"hybrid_flow_method": "RAFT", "hybrid_motion": "Optical Flow"},
        {"hybrid_flow_consistency": True, "hybrid_motion": "Affine"}, {"extract_to_frame": 90},
        {"full_res_mask": True, "use_mask": True, "mask_file": "m.png"},
        {"mask_schedule": '0: ("{video_mask}&<face>")', "use_mask": True, "mask_file": "m.png"},
        {"hybrid_comp_alpha_schedule": "0:(1.5)"}, {"hybrid_comp_alpha_schedule": "0:(sin(t)"},
        {"extract_from_frame": 40}, {"video_init_path": "x" * 300},
        {"video_init_path": "", "hybrid_composite": "Normal"},
        {"extract_nth_frame": "often"}, {"use_noise_mask": True, "use_mask": True},
    ],
    ids=lambda entries: next(iter(entries)),
)  # fmt: skip
def test_differences_are_listed(project, entries):
    lost, _ = project(**VIDEO | {"hybrid_composite": "Normal"} | entries)
    key = next(iter(entries))
    assert any(key in line for line in lost), lost


def test_the_default_mask_schedule_is_not_listed(project):
    for schedule in ('0: ("{video_mask}")', '0: ("!({everywhere}^({init_mask}|{video_mask}) ) ")'):
        lost, _ = project(use_mask=True, mask_file="m.png", mask_schedule=schedule)
        assert without(lost, "mask_file") == []


def test_a_file_beside_the_settings_is_found(saved, tmp_path):
    (tmp_path / "m.png").write_bytes(b"")
    settings = saved(**COMMON, use_mask=True, mask_file="/elsewhere/m.png")
    made = import_settings(read_settings(settings.path), None, tmp_path / "projects")
    assert tomllib.loads(made.text)["mask"] == [{"image": "../m.png"}]
    assert not any("m.png" in line for line in made.lost)

"""Settings files of every version of Deforum."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from phosphene.errors import ProjectError
from phosphene.importers.deforum import Settings, import_settings, read_settings

COMMON = {
    "W": 512, "H": 512, "fps": 15, "max_frames": 90, "animation_mode": "2D", "seed": 7,
    "strength_schedule": "0:(0.5)", "prompts": {"0": "a forest"},
}  # fmt: skip

# From a notebook: scalars, its samplers, and keys of guidance of that time.
NOTEBOOK = {
    "W": 512, "H": 768, "seed": 3402126563, "sampler": "klms", "steps": 50, "scale": 7,
    "ddim_eta": 0.0, "dynamic_threshold": None, "static_threshold": None, "save_samples": True,
    "save_settings": True, "display_samples": True, "n_batch": 1, "batch_name": "StableFun",
    "filename_format": "{timestring}_{index}_{prompt}.png", "seed_behavior": "iter",
    "make_grid": False, "grid_rows": 2, "outdir": "/content/drive/out", "use_init": False,
    "strength": 0.0, "strength_0_no_init": True, "init_image": None, "use_mask": False,
    "use_alpha_as_mask": False, "mask_file": "https://example.org/mask.jpg", "invert_mask": False,
    "mask_brightness_adjust": 1.0, "mask_contrast_adjust": 1.0, "n_samples": 1,
    "precision": "autocast", "C": 4, "f": 8, "prompt": "", "timestring": "20220903000939",
    "init_latent": None, "init_sample": None, "init_c": None, "cond_uncond_sync": True,
    "animation_mode": "3D", "max_frames": 60, "border": "wrap", "angle": "0:(0)",
    "zoom": "0:(1.04)", "translation_x": "0: (0)", "translation_y": "0: (0)",
    "translation_z": "0:(10)", "rotation_3d_x": "0:(0)", "rotation_3d_y": "0:(0.3)",
    "rotation_3d_z": "0:(0)", "noise_schedule": "0: (0.02)", "strength_schedule": "0: (0.65)",
    "contrast_schedule": "0: (1.0)", "color_coherence": "Match Frame 0 LAB",
    "diffusion_cadence": "2", "use_depth_warping": True, "midas_weight": 0.3, "near_plane": 200,
    "far_plane": 10000, "fov": 40, "padding_mode": "border", "sampling_mode": "bicubic",
    "save_depth_maps": False, "video_init_path": "/content/video_in.mp4", "extract_nth_frame": 1,
    "overwrite_extracted_frames": True, "interpolate_key_frames": False,
    "interpolate_x_frames": 4, "resume_from_timestring": False,
    "resume_timestring": "20220829210106", "prompts": {"0": "a lake", "20": "a portrait"},
}  # fmt: skip


def project(**entries):
    """Import settings; return the import, and its project as a table."""
    made = import_settings(Settings(Path("settings.txt"), entries), None, Path())
    return made, tomllib.loads(made.text)


def changed(**entries):
    return {k: v for k, v in (COMMON | entries).items() if v is not ...}


def listed(made, *words):
    return [line for line in made.lost if all(word in line for word in words)]


def test_a_file_of_a_notebook_in_3d(import_and_compose):
    made, score = import_and_compose(**NOTEBOOK)
    written = tomllib.loads(made.text)
    assert written["model"] | {"name": ""} == {
        "name": "", "seed": 3402126563, "steps": 50, "guidance_scale": 7.0, "cadence": 2,
    }  # fmt: skip
    assert (written["video"]["width"], written["video"]["height"]) == (512, 768)
    half = np.tan(np.radians(20.0))
    np.testing.assert_allclose(score.channels["dolly"], 10 * half / 200, rtol=1e-9)
    np.testing.assert_allclose(score.channels["field_of_view"], 40.0)
    np.testing.assert_allclose(score.channels["strength"][::2], 0.35)
    assert listed(made, "zoom = '0:(1.04)'", "only reads it in 2D")
    assert listed(made, "sampler = 'klms'")
    assert made.assumed == ("fps = 15", "neutral: amount_schedule")


def test_depth_in_3d():
    """The picture plane, which fills the field of view, is at 1 / tan(20 degrees) in Deforum."""
    made, written = project(**NOTEBOOK)
    half = np.tan(np.radians(20.0))
    assert written["depth"] == {
        "source": "bowl", "near": round(10 / 19 * half, 3), "far": round(50 / 19 * half, 3),
    }  # fmt: skip
    assert listed(made, "animation_mode = '3D'", "Depth-Anything-V2-Small-hf")
    assert listed(made, "midas_weight = 0.3", "depth.source")
    assert not listed(made, "near_plane") + listed(made, "sampling_mode")


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"near_plane": 100}, ("near_plane = 100", "depth.near")),
        ({"far_schedule": "0:(5000)"}, ("far_schedule = '0:(5000)'", "depth.far")),
        ({"depth_algorithm": "Zoe"}, ("depth_algorithm = 'Zoe'", "depth.source")),
        ({"sampling_mode": "nearest"}, ("sampling_mode = 'nearest'", "sinc")),
        ({"padding_mode": "zeros"}, ("padding_mode = 'zeros'", "mirrored")),
    ],
)
def test_entries_of_depth_are_only_listed_in_3d(entries, words):
    assert listed(project(**NOTEBOOK | entries)[0], *words)
    flat = project(**NOTEBOOK | entries | {"animation_mode": "2D", "translation_z": "0:(0)"})[0]
    assert ("padding_mode" in entries) == bool(listed(flat, words[0]))


@pytest.mark.parametrize(
    "entries",
    [{"use_depth_warping": False}, {"translation_z": "0:(0)"}, {"animation_mode": "2D"}],
)
def test_depth_without_effect_is_not_imported(entries):
    assert "depth" not in project(**NOTEBOOK | entries)[1]


@pytest.mark.parametrize(
    ("entries", "channel", "value"),
    [
        ({"zoom": 1.04}, "zoom", 1.04),
        ({"zoom": "1.04"}, "zoom", 1.04),
        ({"zoom": "1 + 0.04"}, "zoom", 1.04),
        ({"angle": 2}, "rotation", -2.0),
        ({"strength_schedule": 0.4}, "strength", 0.6),
        ({"previous_frame_strength": 0.4, "strength_schedule": ...}, "strength", 0.6),
        ({"previous_frame_noise": 0.05}, "noise", 0.018),
        ({"translation_z": 1.75, "animation_mode": "3D", "fov": 70}, "dolly",
         1.75 * np.tan(np.radians(35.0)) / 200),
        ({"rotation_3d_x": "-0.5", "animation_mode": "3d"}, "tilt", -0.5),
        ({"rotation_3d_x": 0.5, "fov_schedule": "50", "animation_mode": "3D"},
         "field_of_view", 50.0),
    ],
)  # fmt: skip
def test_a_plain_number_is_constant(import_and_compose, entries, channel, value):
    _, score = import_and_compose(**changed(**entries))
    np.testing.assert_allclose(score.channels[channel], value, rtol=1e-9)


@pytest.mark.parametrize("key", ["scale", "cfg_scale_schedule", "guidance_scale"])
@pytest.mark.parametrize("value", [7, "7", "0: (7)", "0:(7), 45:(9)"])
def test_every_name_of_guidance(key, value):
    made, written = project(**changed(**{key: value}))
    assert written["model"]["guidance_scale"] == 7.0
    assert f"guidance_scale = 7.0 # {key}\n" in made.text


def test_a_missing_entry_is_marked_as_a_default():
    made, written = project(**changed(fps=..., strength_schedule=..., W=..., max_frames=...))
    assert written["video"] == {"width": 512, "height": 512, "fps": 15, "end": "120"}
    for key in ("fps", "W", "max_frames", "strength_schedule"):
        assert f"# {key} (not in the file: Deforum's default)" in made.text
    assert {"fps = 15", "W = 512", "max_frames = 120", "strength_schedule = 0:(0.65)"} <= {
        *made.assumed
    }
    assert "fps = 15 # fps\n" not in made.text


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_entry_counts_as_missing(empty):
    made, _ = project(**changed(fps=empty, zoom=empty, seed=empty))
    assert "fps = 15" in made.assumed
    assert "seed = -1" in made.assumed
    assert not listed(made, "zoom")


def test_the_frame_rate_is_read_from_the_video_settings(tmp_path):
    old = tmp_path / "20220903_settings.txt"
    old.write_text(json.dumps(changed(fps=...)))
    video = tmp_path / "20220903_video-settings.txt"
    video.write_text(json.dumps({"skip_video_for_run_all": False, "fps": 12.0}))
    made = import_settings(read_settings(old), None, tmp_path)
    assert "fps = 12 # fps of the video settings" in made.text
    with pytest.raises(ProjectError, match="only the video settings") as caught:
        read_settings(video)
    assert "_settings.txt" in caught.value.fix
    video.write_text("{")
    assert "fps = 15" in import_settings(read_settings(old), None, tmp_path).assumed


STILLS = {
    "W": 512, "H": 512, "seed": 3, "sampler": "klms", "steps": 50, "scale": 7, "n_batch": 1,
    "seed_behavior": "iter", "use_init": False, "prompts": ["a fox", "a cat", "a dog", "an owl"],
}  # fmt: skip


@pytest.mark.parametrize("mode", [{}, {"animation_mode": "None", "max_frames": 1}])
def test_stills_are_spread_over_the_song(import_and_compose, mode):
    made, score = import_and_compose(duration=8.0, **STILLS | mode)
    assert listed(made, "stills")
    assert len(score) == 120
    assert score.prompts == ("a fox", "a cat", "a dog", "an owl")
    assert np.argmax(score.weights, axis=1)[[0, 29, 30, 60, 119]].tolist() == [0, 0, 1, 2, 3]


def test_stills_are_read_from_a_file(saved):
    assert saved(**STILLS).mode == "None"


@pytest.mark.parametrize(
    ("prompts", "at"),
    [
        ({"0": "a", "30": "b"}, {"0": "a", "30": "b"}),
        ('{"0": "a", "30": "b"}', {"0": "a", "30": "b"}),
        ('["a", "b"]', {"0": "a", "1": "b"}),
        (["a", "b"], {"0": "a", "1": "b"}),
        ("a fox in snow", {"0": "a fox in snow"}),
        ({"0": "a", "max_f": "b"}, {"0": "a", "89": "b"}),
        ({"0": "a", "soon": "b"}, {"0": "a"}),
        ({"0": "a", "9": None, "10": ["b"]}, {"0": "a"}),
        ({"0": 7}, {"0": "7"}),
    ],
)
@pytest.mark.parametrize("key", ["prompts", "animation_prompts", "cond_prompts"])
def test_prompts_of_every_version(key, prompts, at):
    _, written = project(**changed(prompts=...) | {key: prompts})
    assert written["prompts"]["at"] == at


def test_negative_prompts_by_frame_are_joined():
    _, written = project(**changed(uncond_prompts={"0": "blur", "30": "text, blur"}))
    assert written["prompts"]["negative"] == "blur, text"


def test_different_negative_parts_belong_to_their_prompts(import_and_compose):
    prompts = {"0": "a fox --neg text, blur", "30": "a cat --neg photo", "60": "a dog"}
    _, score = import_and_compose(**changed(prompts=prompts, negative_prompts="frame"))
    assert score.negative_prompts == ("text, blur, frame", "photo, frame", "frame")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("0:(sin(t)", "'(sin(t)' cannot be read"),
        ("0:(1) 30:(2)", "cannot be read"),
        ("0:(nose)", "unknown name 'nose'"),
        ("0:(1/t)", "inf at frame 0"),
        ("0:(1e999)", "constant is inf"),
        ("900:(1)", "within frames 0 to 89"),
        ("soon:(1)", "unknown name 'soon'"),
        (True, "got True: expected a schedule"),
        ({"0": 1.0}, "expected a schedule"),
    ],
)
@pytest.mark.parametrize("key", ["zoom", "cfg_scale_schedule", "strength_schedule"])
def test_an_unreadable_schedule_does_not_affect_the_others(import_and_compose, key, value, reason):
    made, score = import_and_compose(**changed(**{key: value}, translation_x="0:(3)"))
    assert listed(made, key, reason)
    np.testing.assert_allclose(score.channels["translation_x"], 3.0)


def test_an_unreadable_fov_only_affects_the_field_of_view(import_and_compose):
    made, score = import_and_compose(
        **changed(animation_mode="3D", fov_schedule="0:(fov)", translation_z="0:(2)")
    )
    assert listed(made, "fov_schedule", "unknown name 'fov'")
    np.testing.assert_allclose(score.channels["dolly"], 2 * np.tan(np.radians(35.0)) / 200)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0: 0: (5*cos(t/9))", 0.0),  # text after a second colon is ignored
        ("0:(2): (5*cos(t/9))", 2.0),
        ("0:(2, 30:(2)", 2.0),  # brackets around a number are ignored
        ("0:(2),", 2.0),
        ("0:(2),, 30:(2)", 2.0),
    ],
)
def test_irregular_schedules_are_read_as_in_deforum(import_and_compose, text, value):
    made, score = import_and_compose(**changed(translation_x=text))
    np.testing.assert_allclose(score.channels["translation_x"], value)
    assert bool(listed(made, "translation_x", "second colon")) == (text.count(": (5") > 0)


@pytest.mark.parametrize(
    "entries",
    [
        {"sd_model_name": "revAnimated_v122.safetensors"}, {"sampler": "DPM++ 2M Karras"},
        {"noise_multiplier_schedule": "0: (0.9)", "enable_noise_multiplier_scheduling": True},
        {"noise_multiplier_schedule": "0: (1.05)"}, {"kernel_schedule": "0: (15)"},
        {"controlnet_enabled": True}, {"cn_3_enabled": True}, {"sigma_schedule": "0: (1), 9:(2)"},
        {"threshold_schedule": 0.5}, {"contrast_schedule": "0: (1.0+0.1*sin(t))"},
        {"hybrid_composite": "Normal"}, {"hybrid_motion": "Optical Flow"},
        {"optical_flow_cadence": "RAFT"}, {"parseq_manifest": "https://example.org/parseq"},
        {"use_looper": True}, {"restore_faces": True}, {"tiling": True}, {"use_init": True},
        {"use_mask": True}, {"seed_behavior": "schedule"}, {"color_coherence": "Video Input"},
        {"r_upscale_video": True}, {"frame_interpolation_engine": "FILM"}, {"W": 513}, {"H": 8},
        {"steps": 4000}, {"seed": 10**20}, {"seed": -1}, {"diffusion_redo": "2"},
        {"clip_scale": 500}, {"flip_2d_perspective": True}, {"border": "wrap"},
        {"animation_mode": "Video Input"}, {"something_new": 5}, {"rotation_3d_x": "0:(1)"},
        {"steps_schedule": "0:(20), 50:(10)", "enable_steps_scheduling": True},
        {"checkpoint_schedule": "0: (a.ckpt)", "enable_checkpoint_scheduling": True},
    ],
    ids=lambda entries: next(iter(entries)),
)  # fmt: skip
def test_entries_not_imported_are_listed(entries):
    made, _ = project(**changed(**entries))
    assert listed(made, next(iter(entries))), made.lost


@pytest.mark.parametrize(
    "entries",
    [
        {"kernel_schedule": "0: (5)"}, {"kernel_schedule": 5}, {"sigma_schedule": "0: (1.0)"},
        {"noise_multiplier_schedule": "0: (1)"}, {"steps_schedule": "0: (25)",
        "enable_steps_scheduling": False}, {"hybrid_composite": False},
        {"hybrid_motion": "None", "hybrid_comp_alpha_schedule": "0:(1)"},
        {"cn_1_enabled": False, "cn_1_model": "canny", "cn_1_weight": "0:(1)"},
        {"batch_name": "x", "timestring": "1", "outdir": "/x"}, {"perlin_octaves": 4},
        {"color_coherence": "Match Frame 0 LAB"}, {"noise_type": "perlin"}, {"resume_timestring": "1"},
        {"seed_resize_from_w": 0}, {"use_looper": False, "init_images": "{}"}, {"new": None},
        {"new": False}, {"transform_center_x": "0:(0.5)"}, {"strength": 0.8, "use_init": False},
    ],
    ids=lambda entries: next(iter(entries)),
)  # fmt: skip
def test_entries_without_effect_are_not_listed(entries):
    made, _ = project(**changed(**entries))
    assert [line for line in made.lost if "your song" not in line] == []


def test_sizes_under_other_names():
    made, written = project(**changed(W=..., H=..., width=768, height=640))
    assert (written["video"]["width"], written["video"]["height"]) == (768, 640)
    assert "width = 768 # width" in made.text


@pytest.mark.parametrize(
    ("given", "plain", "marks"),
    [
        ("a (((Colossal))), Zelda \\(character\\), [cat:dog:0.5]",
         "a (((Colossal))), Zelda \\(character\\), dog", ["prompt editing"]),
        ("\\[a\\] b", "\\[a\\] b", []),
        ("[cat::0.5] runs", "cat runs", ["prompt editing"]),
        ("[cat:0.5] runs", "cat runs", ["prompt editing"]),
        ("a [red|blue|green] fox", "a red fox", ["alternating words"]),
        ("a fox BREAK snow", "a fox snow", ["BREAK"]),
        ("[(cat:1.2):dog:0.5]", "dog", ["prompt editing"]),
        ("[(cat:1.2)]", "[(cat:1.2)]", []),
        ("a (fox:-1)", "a (fox)", ["weights with a sign"]),
    ],
)  # fmt: skip
def test_unsupported_syntax_of_prompts_is_listed(given, plain, marks):
    made, written = project(**changed(prompts={"0": given}))
    assert written["prompts"]["at"] == {"0": plain}
    assert [line for line in made.lost if "prompts" in line] == [
        f'prompts "0": {mark}' for mark in marks
    ]


def test_prompts_with_the_same_reason_share_a_line():
    made, _ = project(**changed(prompts={str(k): f"a{k} BREAK" for k in range(200)}))
    assert listed(made, "after the last frame, 89", "and 105 more")
    assert len(listed(made, "BREAK")) == 1


def test_too_many_formulas_become_keyframes(import_and_compose):
    made, score = import_and_compose(
        **changed(zoom=", ".join(f"{k}:(1+0.01*sin(t/{k + 1})**2)" for k in range(90)))
    )
    expected = [1 + 0.01 * np.sin(k / (k + 1)) ** 2 for k in range(90)]
    np.testing.assert_allclose(score.channels["zoom"], expected, rtol=1e-9)
    assert "too long for one formula" in made.text


def test_a_channel_at_its_neutral_value_needs_no_layer():
    made, written = project(**changed(zoom=1, angle="0:(0), 30:(0)"))
    assert set(written["motion"][0]) == {"use", "strength"}
    assert made.channels == ("strength",)

"""Hostile settings files of Deforum: imported, or refused in a sentence; then composed."""

import json
import math
import tomllib

import numpy as np
import pytest
import soundfile
from hostile import fuzzed, survives
from hypothesis import given
from hypothesis import strategies as st

SETTINGS = {
    "W": 64, "H": 64, "seed": 7, "seed_behavior": "iter", "steps": 25, "sampler": "Euler a",
    "fps": 10, "max_frames": 25, "animation_mode": "2D", "diffusion_cadence": 2, "scale": 7,
    "prompts": {"0": "a fox", "12": "a cat --neg text"}, "positive_prompts": "",
    "negative_prompts": "blur", "border": "replicate", "angle": "0: (0)",
    "zoom": "0: (1.0025+0.002*sin(1.25*3.14*t/30))", "translation_x": "0: (0), 20:(3)",
    "translation_y": "0: (0)", "translation_z": "0: (1.75)", "rotation_3d_x": "0: (0)",
    "rotation_3d_y": "0: (0)", "rotation_3d_z": "0: (0)", "noise_schedule": "0: (0.065)",
    "strength_schedule": "0: (0.65)", "contrast_schedule": "0: (1.0)",
    "cfg_scale_schedule": "0: (7)", "fov_schedule": "0: (70)", "amount_schedule": "0: (0.1)",
    "kernel_schedule": "0: (5)", "noise_type": "perlin", "color_coherence": "LAB",
    "add_soundtrack": "None", "soundtrack_path": "none.mp3", "use_init": False,
    "cn_1_enabled": False, "hybrid_composite": "Normal",
    "hybrid_comp_alpha_schedule": "0: (0.5)", "hybrid_motion": "Optical Flow",
    "hybrid_flow_factor_schedule": "0: (1)", "video_init_path": "/content/v.mp4",
    "extract_nth_frame": 1, "extract_from_frame": 0, "use_mask": True, "mask_file": "m.png",
    "mask_overlay_blur": 4, "strength": 0.8, "init_image": "i.png", "fov": 40, "width": 64, "height": 64,
}  # fmt: skip

WORDS = [
    "t", "max_f", "s", "pi", "0", "1", "-1", "2", "0.5", "1e308", "1e-308", "1e400",
    "999999999999", "(", ")", ",", ":", "**", "*", "/", "//", "%", "&", "|", "^", "~", "<<",
    "-", "+", "<", "==", "and", "not", "where(", "sin(", "log(", "sqrt(", "arctanh(", "fmod(",
    "maximum(", "abs(", "t/0", "0/0", "__import__", ".", "[", "]", "'", "\"", "`", "--neg",
    "AND", "BREAK", "<lora:x:1>", "(a:1.2)", "[a:b:0.5]", "\\(", "\x00", "\n", "\ud800",
    "\u0660", "\u00b2", "e", "None", "true", "",
]  # fmt: skip
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.integers(-3, 3),
    st.sampled_from([10**19, -(10**19), 10**308, 1e308, math.inf, -math.inf, math.nan, 0.1, 65]),
)  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    st.text(max_size=12),
    st.builds(str, scalars),
    st.builds(lambda word, n: word * n, st.sampled_from(WORDS), st.integers(1, 3000)),
    st.sampled_from(["2D", "3D", "None", "Interpolation", "Video Input", "uniform", "File"]),
)
keys = st.one_of(st.integers(-2, 40).map(str), st.sampled_from(["max_f", "max_f/2", "t"]), texts)
schedules = st.lists(st.tuples(keys, texts), min_size=1, max_size=6).map(
    lambda pairs: ", ".join(f"{frame}:({value})" for frame, value in pairs)
)
nested = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
tables = st.dictionaries(keys, scalars | texts, max_size=6)
values = st.one_of(schedules, texts, scalars, nested, tables, tables.map(json.dumps))
changes = st.dictionaries(st.sampled_from(sorted(SETTINGS)) | texts, values, max_size=6)
absent = st.sets(st.sampled_from(sorted(SETTINGS)), max_size=20)
broken = st.one_of(
    st.tuples(st.just("cut"), st.integers(0, 2000)),
    st.tuples(st.just("put"), st.tuples(st.integers(0, 2000), texts)),
    st.tuples(st.just("deep"), st.sampled_from([100, 900, 5000, 100_000])),
    st.tuples(st.just("digits"), st.sampled_from([300, 400, 5000])),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deforum")
    clicks = np.zeros(66150)
    clicks[::11025] = 0.9
    soundfile.write(folder / "song.wav", clicks, 22050)
    return folder


def outcome(folder, text):
    """Import a file, and compose what it becomes: every value of it is finite."""
    settings, project, score = (folder / name for name in ("x.txt", "x.toml", "x.json"))
    settings.write_text(text, encoding="utf-8", errors="surrogatepass")
    project.unlink(missing_ok=True)
    song = ["--song", str(folder / "song.wav")]
    imported = survives(["import", "deforum", str(settings), "-o", str(project), *song])
    if imported.exit_code:
        assert imported.exit_code == 2
        assert "Error:" in imported.stderr
        return
    tomllib.loads(project.read_text(encoding="utf-8"))
    composed = survives(["compose", str(project), "-o", str(score)])
    if composed.exit_code:
        assert composed.exit_code == 2, composed.output
        return
    for row in json.loads(score.read_text())["rows"]:
        assert all(math.isfinite(value) for value in row.values()), row


@fuzzed(25, 800)
@given(changes, absent)
def test_settings_with_hostile_entries(folder, changes, absent):
    entries = {key: value for key, value in SETTINGS.items() if key not in absent} | changes
    outcome(folder, json.dumps(entries))


@fuzzed(10, 200)
@given(broken)
def test_files_that_are_broken(folder, broken):
    how, what = broken
    text = json.dumps(SETTINGS)
    if how == "cut":
        text = text[:what]
    elif how == "put":
        text = text[: what[0]] + what[1] + text[what[0] :]
    elif how == "deep":
        text = f'{text[:-1]}, "zoom": {"[" * what}{"]" * what}}}'
    else:
        text = f'{text[:-1]}, "max_frames": {"9" * what}, "scale": {"9" * what}}}'
    outcome(folder, text)

"""Parseq manifests, alone and in Deforum's settings."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.errors import ProjectError
from phosphene.importers.deforum import import_settings


def manifest(count=20, **fields):
    """A manifest whose fields are functions of the frame, with deltas as Parseq derives them."""
    frames = []
    for i in range(count):
        frame = {"frame": i, "seed": 100 + i, "deforum_prompt": "a fox --neg blur"}
        for name, value in fields.items():
            now, before = value(i), value(max(i - 1, 0))
            frame[name] = now
            if isinstance(now, float):
                frame[f"{name}_delta"] = now / before if name == "zoom" else now - before
        frames.append(frame)
    return {
        "meta": {"generated_by": "sd_parseq", "version": "0.1.112"},
        "options": {"input_fps": 20, "output_fps": 10, "bpm": 120},
        "keyframes": [{"frame": 0, "zoom": 1, "zoom_i": "C"}],
        "managedFields": sorted(fields),
        "rendered_frames": frames,
    }


def lost(made, word):
    return [line for line in made.lost if word in line]


def test_positions_become_steps(saved, import_read_and_compose):
    """A zoom of 1.01 ** i and an angle of 2 i degrees: 1.01 and -2 degrees in every frame."""
    made, score = import_read_and_compose(
        saved(**manifest(zoom=lambda i: 1.01**i, angle=lambda i: 2.0 * i, strength=lambda i: 0.6))
    )
    np.testing.assert_allclose(score.channels["zoom"][1:], 1.01, rtol=1e-9)
    np.testing.assert_allclose(score.channels["rotation"][1:], -2.0, rtol=1e-9)
    np.testing.assert_allclose(score.channels["strength"], 0.4, rtol=1e-9)
    written = tomllib.loads(made.text)
    assert written["video"]["fps"] == 10
    assert written["model"]["seed"] == 100
    assert written["prompts"]["at"] == {"0": "a fox"}
    assert written["prompts"]["negative"] == "blur"


def test_every_value_of_a_curve_is_imported(saved, import_read_and_compose):
    wave = [3.0 * np.sin(i / 3) for i in range(40)]
    _, score = import_read_and_compose(
        saved(**manifest(40, translation_x=lambda i: float(np.sum(wave[: i + 1]))))
    )
    np.testing.assert_allclose(score.channels["translation_x"][1:40], wave[1:], atol=1e-9)


def test_a_line_becomes_two_keys(saved):
    made = import_settings(saved(**manifest(50, noise=lambda i: 0.01 * i)), None, Path())
    keys = next(layer for layer in tomllib.loads(made.text)["motion"] if "noise" in layer)["noise"]
    assert list(keys) == ["0", "49"]


def test_3d_is_used_if_a_3d_field_varies(saved, import_read_and_compose):
    made, score = import_read_and_compose(
        saved(**manifest(rotation_3d_y=lambda i: 0.5 * i, zoom=lambda i: 1.0))
    )
    np.testing.assert_allclose(score.channels["pan"][1:], 0.5, rtol=1e-9)
    assert not lost(made, "only reads it in")


def test_the_prompt_with_the_highest_weight_is_used(saved):
    def prompt(i):
        return f"(a fox:{1 - i / 19:.3f}) AND (a cat:{i / 19:.3f}) at night --neg (blur:1)"

    text = manifest()
    for frame in text["rendered_frames"]:
        frame["deforum_prompt"] = prompt(frame["frame"])
    made = import_settings(saved(**text), None, Path())
    at = tomllib.loads(made.text)["prompts"]["at"]
    assert at == {"0": "a fox at night", "10": "a cat at night"}


def test_unsupported_fields_that_vary_are_listed(saved):
    made = import_settings(
        saved(**manifest(guided_tweening_frames=lambda i: float(i), cn_1_weight=lambda i: 1.0)),
        None, Path(),
    )  # fmt: skip
    assert lost(made, "guided_tweening_frames")
    assert not lost(made, "cn_1_weight")
    assert not lost(made, "prompt_weight")


def test_seeds_by_frame_are_listed(saved):
    text = manifest()
    for frame in text["rendered_frames"]:
        frame["seed"] = 7
    assert lost(import_settings(saved(**text), None, Path()), "seed_behavior = 'schedule'")


SETTINGS = {
    "W": 320, "H": 192, "fps": 12, "max_frames": 10, "animation_mode": "2D", "seed": 9,
    "zoom": "0:(1.5)", "strength_schedule": "0:(0.3)", "prompts": {"0": "a lake"},
}  # fmt: skip


@pytest.mark.parametrize("as_text", [True, False])
def test_a_manifest_replaces_the_schedules_of_deforum(saved, import_read_and_compose, as_text):
    inner = manifest(zoom=lambda i: 1.02**i)
    given = {"parseq_manifest": json.dumps(inner) if as_text else inner}
    made, score = import_read_and_compose(saved(**SETTINGS, **given))
    np.testing.assert_allclose(score.channels["zoom"][1:10], 1.02, rtol=1e-9)
    np.testing.assert_allclose(
        score.channels["strength"][1:], 0.7, rtol=1e-9
    )  # not in the manifest
    written = tomllib.loads(made.text)
    assert (written["video"]["fps"], written["model"]["seed"], len(score)) == (12, 9, 10)
    assert written["prompts"]["at"] == {"0": "a fox"}
    assert not lost(made, "parseq")


def test_without_deltas_the_values_are_steps(saved, import_read_and_compose):
    given = {"parseq_manifest": manifest(zoom=lambda i: 1.02**i), "parseq_use_deltas": False}
    _, score = import_read_and_compose(saved(**SETTINGS, **given))
    np.testing.assert_allclose(score.channels["zoom"][1:10], 1.02 ** np.arange(1, 10), rtol=1e-9)


def test_a_manifest_given_by_url_is_listed(saved):
    made = import_settings(saved(**SETTINGS, parseq_manifest="https://x.org/y.json"), None, Path())
    assert lost(made, "save the manifest as a file")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"keyframes": [{"frame": 0}], "prompts": {}}, "render the document"),
        ({"rendered_frames": []}, "render the document"),
        ({"rendered_frames": [{"frame": "x"}]}, "entry 0 has no frame number"),
        ({"rendered_frames": [{"frame": 0}, 3]}, "entry 1 has no frame number"),
        (SETTINGS | {"parseq_manifest": "{"}, "parseq_manifest is not valid JSON"),
        (SETTINGS | {"parseq_manifest": {"meta": 1}}, "render the document"),
    ],
)
def test_an_invalid_manifest_is_an_error(saved, entries, message):
    with pytest.raises(ProjectError, match=f"settings.txt: the Parseq manifest .*{message}"):
        saved(**entries)


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parseq.json").write_text(json.dumps(manifest(zoom=lambda i: 1.01**i)))
    command = ["import", "parseq", "parseq.json", "-o", "film.toml"]
    result = CliRunner().invoke(cli, command, env={"COLUMNS": "200"}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "film.toml written: " in result.output
    assert "zoom" in tomllib.loads((tmp_path / "film.toml").read_text())["motion"][0]

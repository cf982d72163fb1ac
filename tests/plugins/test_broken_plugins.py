"""Broken plugins of every kind, installed together: each is reported, and the others work."""

import json
import os
import subprocess

import pytest
from broken_plugins import ALL, write_broken
from plugin_packages import write_package

from phosphene.plugins import loading
from phosphene.plugins.trial import read_record


@pytest.fixture(scope="module", autouse=True)
def all_at_once(environment):
    """Install every broken plugin, and one that works."""
    _, site = environment
    for name in ALL:
        write_broken(site, name)
    write_package(site, "sound")


def listed(phosphene):
    result = phosphene("plugins", "list", "--json")
    assert result.exit_code == 0, result.output
    return {plugin["name"]: plugin for plugin in json.loads(result.stdout)}


def test_the_list_has_the_package_version_and_fix_of_each(phosphene, monkeypatch):
    plugins = listed(phosphene)
    for name, message in ALL.items():
        plugin = plugins[name]
        assert plugin["state"] in ("broken", "incompatible")
        assert message in plugin["why"], plugin
        assert (plugin["package"], plugin["version"]) == (f"phosphene-{name}", "1.2.0")
        assert f"phosphene-{name}" in plugin["fix"]
    assert plugins["sound"]["registers"] == {"modulators": ["sound"]}
    assert plugins["modulators"]["state"] == "ready"
    monkeypatch.setattr(loading, "record_of", read_record)  # each try takes half a second
    printed = phosphene("plugins").stdout
    assert all(f"phosphene-{name}" in printed for name in ALL)


def test_a_render_that_does_not_use_them_reports_them(phosphene, song, tmp_path):
    film = tmp_path / "film.mp4"
    small = ("--model", "none", "--size", "64x64", "--fps", "2")
    result = phosphene("render", song, "-o", film, *small)
    assert result.exit_code == 0, result.output
    assert film.stat().st_size > 0
    for name, message in ALL.items():
        assert f"{name} (phosphene-{name} 1.2.0)" in result.stderr
        assert message in result.stderr
    assert "sound (" not in result.stderr


def test_a_project_that_uses_one_is_an_error_with_the_reason(
    phosphene, song, tmp_path, monkeypatch
):
    monkeypatch.setenv("PHOSPHENE_LOAD_PLUGINS", "misspells")  # each try takes half a second
    path = tmp_path / "project.toml"
    path.write_text(f'[song]\nfile = "{song}"\n[[motion]]\nuse = "misspells"\n')
    result = phosphene("compose", path, "-o", tmp_path / "score.csv")
    assert result.exit_code == 3, result.output
    message = (
        "motion[0]: the modulator 'misspells' comes from misspells (phosphene-misspells 1.2.0)"
    )
    assert f"{message}, which is broken: hooks: unknown hook 'register_modulator'" in result.stderr
    result = phosphene("compose", path, "-o", tmp_path / "score.csv", "--skip-broken")
    assert result.exit_code == 0, result.output
    assert "left out: motion[0]: the modulator 'misspells'" in result.stderr


def test_the_list_works_if_torch_is_broken(phosphene, environment, tmp_path):
    """Only a plugin that imports torch is broken."""
    python, site = environment
    write_package(site, "heavy", "import torch")
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise OSError('libtorch.so: no such file')")
    command = [python, "-c", "from phosphene.cli import main; main()", "plugins", "list", "--json"]
    env = os.environ | {
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "PHOSPHENE_LOAD_PLUGINS": "heavy,sound",  # each try takes half a second
    }
    result = subprocess.run(command, capture_output=True, text=True, env=env)
    assert result.returncode == 0, result.stderr
    plugins = {plugin["name"]: plugin for plugin in json.loads(result.stdout)}
    assert "OSError: libtorch.so" in plugins["heavy"]["why"]
    assert plugins["sound"]["state"] == plugins["engines.presets"]["state"] == "ready"

"""Single-file plugins, in a trusted folder beside a project or in a folder given by option."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from plugin_packages import code_of

from phosphene.cli import cli
from phosphene.plugins import load_plugins
from phosphene.plugins.discovery import in_folders


def run(*words):
    return CliRunner().invoke(cli, [str(word) for word in words], env={"COLUMNS": "400"})


@pytest.fixture
def folder(tmp_path, own_settings, monkeypatch):
    """A project that uses a modulator of a file in the folder beside it."""
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", 0.1 * np.random.default_rng(0).standard_normal(22050), 22050)
    layer = '[[motion]]\nuse = "sway"\nreach = 2.5'
    (tmp_path / "p.toml").write_text(f'[song]\nfile = "song.wav"\n{layer}')
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "sway.py").write_text(code_of("sway"))
    (tmp_path / "plugins" / "_not_this.py").write_text("1 / 0")
    return tmp_path


COMPOSE = ("compose", "p.toml", "-o", "score.csv")


def test_a_file_is_not_loaded_until_its_folder_is_trusted(folder, own_settings):
    refused = run(*COMPOSE)
    assert refused.exit_code == 2, refused.output
    place = folder / "plugins"
    assert f"phosphene plugins trust {place}" in refused.stderr
    assert f"'sway' comes from sway ({place / 'sway.py'}), which is not trusted" in refused.stderr
    trusted = run("plugins", "trust", place)
    assert trusted.exit_code == 0
    assert "sway.py" in trusted.stdout
    assert list(json.loads(own_settings.read_text())["trusted"]) == [str(place)]
    assert run(*COMPOSE).exit_code == 0
    assert ",2.5," in (folder / "score.csv").read_text()
    assert run("plugins", "trust", place, "--revoke").exit_code == 0
    assert run(*COMPOSE).exit_code == 2


def test_a_project_that_does_not_use_them_works_without_trust(folder):
    (folder / "p.toml").write_text('[song]\nfile = "song.wav"')
    result = run(*COMPOSE)
    assert result.exit_code == 0, result.output
    assert "is not loaded: it is code, and you have not trusted it: sway.py" in result.stderr


def test_a_folder_given_by_option_is_trusted(folder):
    (folder / "plugins").rename(folder / "mine")
    assert run(*COMPOSE).exit_code == 2
    assert run("--plugins-dir", "mine", *COMPOSE).exit_code == 0
    named = CliRunner().invoke(cli, COMPOSE, env={"PHOSPHENE_PLUGINS_DIR": "mine"})
    assert named.exit_code == 0, named.output
    listed = run("--plugins-dir", "mine", "plugins", "list", "--json").stdout
    [sway] = [plugin for plugin in json.loads(listed) if plugin["name"] == "sway"]
    assert sway["file"] == str(folder / "mine" / "sway.py")
    assert sway["registers"] == {"modulators": ["sway"]}
    missing = run("--plugins-dir", "nowhere", *COMPOSE)
    assert missing.exit_code == 2
    assert "nowhere: no such folder of plugins" in missing.stderr
    for empty in ("", " "):
        assert run("--plugins-dir", empty, *COMPOSE).exit_code == 2


def test_a_broken_file_is_named_and_can_be_disabled(folder):
    (folder / "plugins" / "odd.py").write_text("import os\nos._exit(1)")
    run("plugins", "trust", "plugins")
    result = run(*COMPOSE)
    assert result.exit_code == 0, result.output
    assert f"odd ({folder / 'plugins' / 'odd.py'}) is broken" in result.stderr
    named = ("--plugins-dir", "plugins", "plugins")
    assert run(*named, "disable", "odd").exit_code == 0
    assert "odd" not in run(*COMPOSE).stderr
    gone = run(*named, "uninstall", "odd")
    assert gone.exit_code == 2
    assert "Remove that file yourself" in gone.stderr


ODD = {
    "folder": (Path.mkdir, "it is a folder, not a file"),
    "pipe": (os.mkfifo, "it is a named pipe, not a file"),
    "dangling": (lambda path: path.symlink_to("gone"), "it is a broken link"),
    "circle": (lambda path: path.symlink_to(path), "it is a broken link"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "it is a device, not a file"),
    "not text": (lambda path: path.write_bytes(b"\xff\x00"), "cannot be read: 'utf-8' codec"),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_unreadable_path_is_reported_and_skipped(folder, kind):
    make, message = ODD[kind]
    make(folder / "plugins" / "odd.py")
    assert "is not loaded" in run(*COMPOSE).stderr
    assert run("plugins", "trust", "plugins").exit_code == 0
    result = run(*COMPOSE)
    assert result.exit_code == 0, result.output
    assert f"odd ({folder / 'plugins' / 'odd.py'}) is broken and left out: " in result.stderr
    assert message in result.stderr
    for words in (("list",), ("check", "odd"), ("disable", "odd"), ("uninstall", "odd")):
        assert run("--plugins-dir", "plugins", "plugins", *words).exit_code in (0, 2, 3)


BLOCK = """# /// script
# dependencies = [{dependencies}]
# [tool.phosphene]
# api = {api}
# ///
1 / 0
"""


@pytest.mark.parametrize(
    ("dependencies", "api", "state", "why"),
    [
        ('"phosphene>=9"', 1, "incompatible", "it needs phosphene>=9; this is "),
        ('"phosphene"', 7, "incompatible", "it supports API v7; Phosphene "),
        ('"no-such-package>=1"', 1, "broken", "it needs no-such-package>=1"),
        ('"numpy>=1"', 1, "ready", ""),
        ('"!!"', 1, "broken", "block cannot be read"),
        ("]]", 1, "broken", "block cannot be read"),
        ("[" * 5000, 1, "broken", "block cannot be read"),
        ("1]\n# dependencies = 1 #", 1, "broken", "block cannot be read"),
        ('"x; no_such_marker > 1"', 1, "broken", "block cannot be read"),
    ],
)
def test_requirements_of_a_file_are_read_without_running_it(
    tmp_path, dependencies, api, state, why
):
    (tmp_path / "odd.py").write_text(BLOCK.format(dependencies=dependencies, api=api))
    [plugin] = in_folders([tmp_path])
    assert plugin.state == state
    assert why in plugin.why


def test_unreadable_settings_are_an_error(package, own_settings):
    from phosphene.errors import ProjectError

    package("wobble")
    own_settings.parent.mkdir()
    own_settings.write_text("{ not json")
    with pytest.raises(ProjectError, match="the plugin settings cannot be read") as printed:
        load_plugins()
    assert "remove the file" in printed.value.fix
    assert os.path.exists(own_settings)


@pytest.mark.parametrize("harm", [Path.mkdir, os.mkfifo, lambda path: path.write_text("[" * 99999)])
def test_settings_that_are_not_a_file_are_an_error(package, own_settings, harm):
    from phosphene.errors import ProjectError

    package("wobble")
    own_settings.parent.mkdir()
    harm(own_settings)
    with pytest.raises(ProjectError, match=r"plugins\.json: the plugin settings cannot be read"):
        load_plugins()

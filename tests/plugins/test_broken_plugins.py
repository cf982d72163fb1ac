"""Broken plugins of every kind, all installed at once: each is named, and does no harm."""

import json
import os
import sys

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from plugin_packages import GOOD, make_environment, write_package

from phosphene.cli import cli
from phosphene.plugins import inspection
from phosphene.plugins.loading import found

# What each does wrong, and what is said of it.
KINDS = {
    "lacks": ("import gone_for_ever", "ModuleNotFoundError: No module named 'gone_for_ever'"),
    "syntax": ("def :", "SyntaxError: invalid syntax"),
    "exits": ("raise SystemExit(0)", "import: SystemExit: 0"),
    "leaves": ("import os; os._exit(0)", "import: it ended Python with exit code 0"),
    "crashes": (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import: it ended Python by SIGSEGV",
    ),
    "hangs": ("import time; time.sleep(600)", "import: it took longer than 2 s"),
    "misspells": (GOOD.replace("register_modulators", "register_modulator"), "no hook"),
    "signature": (GOOD.replace("(register)", "(registry)"), "Argument(s) {'registry'}"),
    "fails": (GOOD + "\n    raise KeyError('half-way')", "register_modulators: KeyError"),
    "steals": (GOOD.replace("NAME", "beat"), "modulator 'beat' is already registered"),
}
STATED = {
    "future": ({"apis": ["v9"]}, "it is made for the API v9; this is Phosphene"),
    "needs": ({"requires": ["phosphene>=9"]}, "it needs phosphene>=9; this is"),
    "absent": ({"points": "[phosphene]\nabsent = nowhere_at_all\n"}, "No module named 'nowhere_at_all'"),
    "garbled": ({"points": "[phosphene]\ngarbled = !!\n"}, "import: "),
}  # fmt: skip
ALL = {name: says for name, (_, says) in (KINDS | STATED).items()}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A virtual environment of its own, that sees what this one has, with every broken plugin."""
    python, site = make_environment(tmp_path_factory.mktemp("environment"))
    for name, (body, _) in KINDS.items():
        write_package(site, name, body)
    for name, (options, _) in STATED.items():
        write_package(site, name, **options)
    write_package(site, "sound")
    return python, site


@pytest.fixture(scope="module")
def phosphene(environment, tmp_path_factory):
    """Give a command in that environment."""
    python, site = environment
    home = tmp_path_factory.mktemp("home")
    answered = inspection.answered

    def impatient(module, plugin, seconds):
        return answered(module, plugin, 2.0 if plugin.name == "hangs" else seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        patch.setattr(sys, "executable", str(python))
        patch.setattr(inspection, "answered", impatient)
        patch.setenv("PHOSPHENE_CONFIG", str(home / "config"))
        patch.setenv("PHOSPHENE_CACHE", str(home / "cache"))
        patch.setenv("COLUMNS", "400")
        yield lambda *words: CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp("song") / "song.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(0).standard_normal(22050), 22050)
    return path


def listed(phosphene):
    result = phosphene("plugins", "list", "--json")
    assert result.exit_code == 0, result.output
    return {plugin["name"]: plugin for plugin in json.loads(result.stdout)}


def test_the_list_names_each_with_its_package_version_and_fix(phosphene):
    plugins = listed(phosphene)
    for name, says in ALL.items():
        plugin = plugins[name]
        assert plugin["state"] in ("broken", "incompatible")
        assert says in plugin["why"], plugin
        assert (plugin["package"], plugin["version"]) == (f"phosphene-{name}", "1.2.0")
        assert f"phosphene-{name}" in plugin["fix"]
    assert plugins["sound"]["registers"] == {"modulators": ["sound"]}
    assert plugins["modulators"]["state"] == "ready"
    told = phosphene("plugins").stdout
    assert all(f"phosphene-{name}" in told for name in ALL)


def test_a_render_that_uses_none_of_them_works_and_names_them(phosphene, song, tmp_path):
    film = tmp_path / "film.mp4"
    small = ("--model", "none", "--size", "64x64", "--fps", "2")
    result = phosphene("render", song, "-o", film, *small)
    assert result.exit_code == 0, result.output
    assert film.stat().st_size > 0
    for name, says in ALL.items():
        assert f"{name} (phosphene-{name} 1.2.0)" in result.stderr
        assert says in result.stderr
    assert "sound (" not in result.stderr


def project(folder, song, use):
    path = folder / "project.toml"
    path.write_text(f'[song]\nfile = "{song}"\n[[motion]]\nuse = "{use}"\n')
    return path


def test_a_project_that_uses_one_is_told_which_and_why(phosphene, song, tmp_path):
    path = project(tmp_path, song, "xyzzy")  # what no plugin is known to have
    result = phosphene("compose", path, "-o", tmp_path / "score.csv")
    assert result.exit_code == 3, result.output
    assert "motion[0]: the modulator 'xyzzy' comes from " in result.stderr
    assert "which is broken: " in result.stderr
    result = phosphene("compose", path, "-o", tmp_path / "score.csv", "--skip-broken")
    assert result.exit_code == 0, result.output
    assert "left out: motion[0]: the modulator 'xyzzy'" in result.stderr


@pytest.mark.parametrize("name", ALL)
def test_each_can_be_switched_off_and_removed(phosphene, environment, name):
    _, site = environment
    assert phosphene("plugins", "disable", name).exit_code == 0
    assert [plugin.state for plugin in found() if plugin.name == name] == ["disabled"]
    result = phosphene("plugins", "uninstall", f"phosphene-{name}")
    assert result.exit_code == 0, result.output
    assert f"phosphene_{name}.py" not in os.listdir(site)
    assert not list(site.glob(f"phosphene_{name}-*"))


def test_what_is_not_broken_is_still_there(phosphene):
    plugins = listed(phosphene)
    assert not plugins.keys() & ALL.keys()
    assert plugins["sound"]["state"] == "ready"

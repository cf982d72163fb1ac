"""Installing plugins with pip, without a network, and rejecting other packages."""

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from plugin_packages import code_of, make_environment, write_wheel

from phosphene.errors import PluginError, ProjectError
from phosphene.plugins import installing

OFFLINE = ("--no-index", "--no-build-isolation")
PYPROJECT = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "wobbles"
version = "0.3.0"
[tool.setuptools]
py-modules = ["wobbles"]
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A fresh virtual environment with Phosphene in it."""
    return make_environment(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def run(environment, tmp_path):
    """Run a command in that environment."""
    python, _ = environment
    settings = {"PHOSPHENE_CONFIG": str(tmp_path / "config"), "COLUMNS": "400"}

    def python_in(*words, cwd=tmp_path):
        return subprocess.run(
            [python, *[str(word) for word in words]],
            cwd=cwd, capture_output=True, text=True, env=os.environ | settings,
        )  # fmt: skip

    return python_in


MAIN = ("-c", "from phosphene.cli import main; main()")


def freeze(run):
    return run("-m", "pip", "freeze").stdout


POINT = "[phosphene]\nwobbles = wobbles\n"


def test_a_package_without_plugins_is_not_installed(run, tmp_path):
    before = freeze(run)
    folder = tmp_path / "wobbles"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "wobbles.py").write_text("x = 1")
    result = run(*MAIN, "plugins", "install", *OFFLINE, "./wobbles")
    assert result.returncode == 2, result.stderr
    assert "wobbles 0.3.0 is not a Phosphene plugin: it has no entry point" in result.stderr
    assert "Nothing was installed." in result.stderr
    assert "Traceback" not in result.stderr
    assert before
    assert freeze(run) == before


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({}, ProjectError, "wobbles 0.3.0 is not a Phosphene plugin: it has no entry point"),
        ({"points": "[console_scripts]\nwobbles = wobbles:x\n"}, ProjectError, "is not a Phosphene plugin"),
        ({"points": POINT + "[phosphene.api]\nv9 = wobbles\n"}, PluginError, "it supports API v9"),
        ({"points": POINT, "requires": ["phosphene>=9"]}, PluginError, "it needs phosphene>=9"),
    ],
)  # fmt: skip
def test_an_incompatible_wheel_is_not_installed(tmp_path, monkeypatch, options, kind, message):
    ran = []

    def wheel_only(command, *arguments):
        ran.append(command)
        write_wheel(Path(arguments[arguments.index("--wheel-dir") + 1]), "wobbles", **options)

    monkeypatch.setattr(installing, "run_pip", wheel_only)
    with pytest.raises(kind, match=f"(?s){message}.*Nothing was installed"):
        installing.install(["wobbles"])
    assert ran == ["wheel"]


@pytest.mark.parametrize("harm", [lambda path: path.write_text("no archive"), Path.mkdir])
def test_a_damaged_wheel_is_named(tmp_path, monkeypatch, harm):
    def broken(command, *arguments):
        harm(Path(arguments[arguments.index("--wheel-dir") + 1]) / "odd.whl")

    monkeypatch.setattr(installing, "run_pip", broken)
    with pytest.raises(ProjectError, match=r"odd\.whl: the wheel cannot be read"):
        installing.install(["odd"])


@pytest.mark.parametrize("path", ["./nonesuch", "../nonesuch[extra]", "folder/nonesuch.whl"])
def test_a_path_that_does_not_exist_is_reported_without_running_pip(monkeypatch, path):
    monkeypatch.setattr(installing, "run_pip", lambda *words: pytest.fail("pip was run"))
    with pytest.raises(ProjectError, match="no such file or folder") as error:
        installing.install([path])
    assert error.value.exit_code == 2


@pytest.mark.parametrize("word", [".", "git+https://a.example/b/c", "wobble>=1", "a @ file:///b/c"])
def test_other_requirements_are_passed_to_pip(monkeypatch, word):
    calls = []
    monkeypatch.setattr(installing, "run_pip", lambda *words: calls.append(words))
    installing.install([word])
    assert calls[0][-1] == word


def test_an_error_of_pip_is_shown(run):
    result = run(*MAIN, "plugins", "install", *OFFLINE, "no-such-plugin-at-all")
    assert result.returncode == 1
    assert "No matching distribution found for no-such-plugin-at-all" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_installed_plugin_that_does_not_load_is_reported(run, tmp_path):
    wheel = write_wheel(tmp_path, "wobbles", POINT, code="1 / 0")
    result = run(*MAIN, "plugins", "install", *OFFLINE, wheel)
    assert result.returncode == 3, result.stderr
    message = "wobbles (wobbles 0.3.0) is installed, and does not work: import: ZeroDivisionError"
    assert message in result.stderr
    assert "phosphene plugins uninstall wobbles" in result.stderr
    assert run(*MAIN, "plugins", "uninstall", "--yes", "wobbles").returncode == 0
    assert "wobbles" not in freeze(run)


def test_without_pip_the_error_has_a_fix(monkeypatch):
    import importlib.util

    from phosphene.plugins.installing import PipError, run_pip

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for tool, fix in ((None, "-m ensurepip"), ("/bin/uv", "uv pip uninstall odds")):
        monkeypatch.setattr("shutil.which", lambda name, tool=tool: tool)
        with pytest.raises(PipError, match="no pip") as printed:
            run_pip("uninstall", "--yes", "odds")
        assert fix in printed.value.fix


def test_a_plugin_is_created_installed_used_and_removed(run, tmp_path):
    made = run(*MAIN, "plugins", "new", "wobble")
    assert made.returncode == 0, made.stderr
    assert "./phosphene-wobble written" in made.stdout
    result = run(*MAIN, "plugins", "install", *OFFLINE, "./phosphene-wobble")
    assert result.returncode == 0, result.stderr
    assert "Installed phosphene-wobble 0.1.0" in result.stdout
    assert re.search(
        r"wobble +phosphene-wobble +0.1.0 +ready +register_modulators +wobble", result.stdout
    )
    its_own = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path / "phosphene-wobble")
    assert its_own.returncode == 0, its_own.stdout

    soundfile.write(tmp_path / "song.wav", 0.1 * np.random.default_rng(0).normal(size=22050), 22050)
    page = '[song]\nfile = "song.wav"\n[[motion]]\nuse = "wobble"\n'
    (tmp_path / "p.toml").write_text(page)
    small = ("--model", "none", "--size", "64x64", "--fps", "4", "-o", "film.mp4")
    film = run(*MAIN, "render", "p.toml", *small)
    assert film.returncode == 0, film.stderr
    assert (tmp_path / "film.mp4").stat().st_size > 0

    assert run(*MAIN, "plugins", "uninstall", "--yes", "wobble").returncode == 0
    assert "wobble" not in freeze(run)


def test_check_reports_a_broken_contract(run, tmp_path):
    code = code_of("drunk").replace("self.reach)}", "self.reach) + np.random.rand()}")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "drunk.py").write_text(code)
    result = run(*MAIN, "--plugins-dir", "mine", "plugins", "check", "drunk")
    assert result.returncode == 3, result.stdout
    assert "modulator drunk" in result.stdout
    assert "does not keep its contract: drunk (" in result.stderr

"""Installing plugins with pip, without a network, and rejecting other packages."""

from pathlib import Path

import pytest
from plugin_packages import code_of, write_wheel

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


def installed(environment):
    """What is in that environment alone."""
    return sorted(path.name for path in environment[1].iterdir())


POINT = "[phosphene]\nwobbles = wobbles\n"


def test_a_package_without_plugins_is_not_installed(phosphene, environment, tmp_path):
    before = installed(environment)
    folder = tmp_path / "wobbles"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "wobbles.py").write_text("x = 1")
    result = phosphene("plugins", "install", *OFFLINE, folder)
    assert result.exit_code == 2, result.stderr
    assert "wobbles 0.3.0 is not a Phosphene plugin: it has no entry point" in result.stderr
    assert "Nothing was installed." in result.stderr
    assert installed(environment) == before


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


def test_an_error_of_pip_is_shown(phosphene):
    result = phosphene("plugins", "install", *OFFLINE, "no-such-plugin-at-all")
    assert result.exit_code == 1
    assert "No matching distribution found for no-such-plugin-at-all" in result.stderr


def test_an_installed_plugin_that_does_not_load_is_reported(phosphene, environment, tmp_path):
    wheel = write_wheel(tmp_path, "wobbles", POINT, code="1 / 0")
    result = phosphene("plugins", "install", *OFFLINE, wheel)
    assert result.exit_code == 3, result.stderr
    assert "wobbles.py" in installed(environment)
    message = "wobbles (wobbles 0.3.0) is installed, and does not work: import: ZeroDivisionError"
    assert message in result.stderr
    assert "phosphene plugins uninstall wobbles" in result.stderr
    assert phosphene("plugins", "uninstall", "--yes", "wobbles").exit_code == 0
    assert "wobbles.py" not in installed(environment)


def test_without_pip_the_error_has_a_fix(monkeypatch):
    import importlib.util

    from phosphene.plugins.installing import PipError, run_pip

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for tool, fix in ((None, "-m ensurepip"), ("/bin/uv", "uv pip uninstall odds")):
        monkeypatch.setattr("shutil.which", lambda name, tool=tool: tool)
        with pytest.raises(PipError, match="no pip") as printed:
            run_pip("uninstall", "--yes", "odds")
        assert fix in printed.value.fix


def test_check_reports_a_broken_contract(phosphene, tmp_path):
    code = code_of("drunk").replace("self.reach)}", "self.reach) + np.random.rand()}")
    (tmp_path / "drunk.py").write_text(code)
    result = phosphene("--plugins-dir", tmp_path, "plugins", "check", "drunk")
    assert result.exit_code == 3, result.stdout
    assert "modulator drunk" in result.stdout
    assert "does not keep its contract: drunk (" in result.stderr

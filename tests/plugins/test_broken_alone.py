"""A broken plugin of each kind is reported with a fix, can be disabled and removed."""

import json
import shutil

import pytest
from broken_plugins import ALL, USED, write_broken

from phosphene.plugins import loading
from phosphene.plugins.trial import read_record

SMALL = ("--model", "none", "--size", "64x64", "--fps", "2")
ERRORS = ALL | {name: message for name, (_, message) in USED.items()}


def remove(site, name):
    for left in site.glob(f"phosphene_{name}*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


@pytest.fixture(params=ERRORS)
def broken(request, environment):
    """The only installed plugin."""
    _, site = environment
    write_broken(site, request.param)
    yield request.param
    remove(site, request.param)  # if the test failed


@pytest.fixture(autouse=True)
def no_trial_film(monkeypatch):
    monkeypatch.setattr("phosphene.rendering.render.preflight", lambda *_: None)


@pytest.fixture
def listed(phosphene):
    """The output of `plugins list` for plugins that are not built in."""

    def answer():
        result = phosphene("plugins", "list", "--json")
        assert result.exit_code == 0, result.output
        return {row["name"]: row for row in json.loads(result.stdout) if not row["built_in"]}

    return answer


@pytest.fixture
def project(tmp_path, song):
    """Write a project with one layer; returns its path."""

    def write(use):
        path = tmp_path / f"{use}.toml"
        path.write_text(f'[song]\nfile = "{song}"\n[[motion]]\nuse = "{use}"\n')
        return path

    return write


def test_a_broken_plugin_is_reported_disabled_and_removed(
    broken, environment, phosphene, listed, project, tmp_path, monkeypatch
):
    package, when_used = f"phosphene-{broken}", broken in USED
    [plugin] = listed().values()
    assert (plugin["package"], plugin["version"]) == (package, "1.2.0")
    if when_used:
        assert plugin["state"] == "ready"
    else:
        assert ERRORS[broken] in plugin["why"]
        assert f"phosphene plugins install --upgrade {package}" in plugin["fix"]

    monkeypatch.setattr(loading, "record_of", read_record)  # each try takes half a second
    used = phosphene("render", project(broken), "-o", tmp_path / "none.mp4", *SMALL)
    # The plugin's mistake, neither the user's (2) nor ours (70); but "steals" only has "beat".
    assert used.exit_code == (2 if broken == "steals" else 3), used.output
    assert ERRORS[broken] in used.stderr
    assert f"{package} 1.2.0" in used.stderr
    assert f"phosphene plugins install --upgrade {package}" in used.stderr
    assert not (tmp_path / "none.mp4").exists()

    film = tmp_path / "film.mp4"
    unused = phosphene("render", project("orbit"), "-o", film, *SMALL)
    assert unused.exit_code == 0, unused.output
    assert film.stat().st_size > 0
    assert (f"{broken} ({package} 1.2.0)" in unused.stderr) == (not when_used)

    assert phosphene("plugins", "disable", broken).exit_code == 0
    assert listed()[broken]["state"] == "disabled"
    quiet = phosphene("compose", project("orbit"), "-o", tmp_path / "score.csv")
    assert (quiet.exit_code, package in quiet.stderr) == (0, False), quiet.output

    def pip(*words):  # test_installing.py runs the real one
        assert words == ("uninstall", "--yes", package)
        remove(environment[1], broken)

    monkeypatch.setattr("phosphene.plugins.installing.run_pip", pip)
    result = phosphene("plugins", "uninstall", package)
    assert result.exit_code == 0, result.output
    assert not listed()
    yours = phosphene("compose", project(broken), "-o", tmp_path / "score.csv")
    assert yours.exit_code == 2, yours.output  # now the name is unknown

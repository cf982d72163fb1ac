"""Code beside a project only runs if the user trusts the folder with its present contents."""

import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from plugin_packages import code_of

from phosphene.cli import cli
from phosphene.cli.inputs import registry
from phosphene.plugins.trust import contents

COMPOSE = ("compose", "video/p.toml", "-o", "score.csv")
PLAIN = '[song]\nfile = "song.wav"\n'


def run(*words: str, **options: Any):
    return CliRunner().invoke(
        cli, words, env={"COLUMNS": "400", **options.pop("env", {})}, **options
    )


@pytest.fixture
def desk(tmp_path, own_settings, monkeypatch):
    """A project with a folder `plugins` beside it, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("VIDEO", "OTHER"):
        folder = tmp_path / name.lower()
        (folder / "plugins" / "inner").mkdir(parents=True)
        noise = 0.1 * np.random.default_rng(0).standard_normal(11025)
        soundfile.write(folder / "song.wav", noise, 22050)
        (folder / "p.toml").write_text(PLAIN)
    return tmp_path


def evil() -> str:
    """Code that creates the file `ran` when it runs."""
    return f"open({str(Path('ran').resolve())!r}, 'w').close()\n" + code_of("sway")


def write(*names: str) -> None:
    for name in names:
        path = Path("video") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(evil())


def file(*names):
    return lambda: write(*(names or ("plugins/sway.py",)))


def project(text):
    def prepare():
        write("plugins/sway.py")
        Path("video/p.toml").write_text(text)

    return prepare


def link(target, name):
    def prepare():
        Path("elsewhere").mkdir()
        Path("elsewhere/code.py").write_text(evil())
        if Path(name).is_dir():
            shutil.rmtree(name)
        Path(name).symlink_to(Path(target).resolve())

    return prepare


USES = f'{PLAIN}[[motion]]\nuse = "sway"'
# Untrusted files, and a command.
UNTRUSTED = {
    "file": (file(), COMPOSE),
    "two files": (file("plugins/a.py", "plugins/b.py"), COMPOSE),
    "link to a file": (link("elsewhere/code.py", "video/plugins/x.py"), COMPOSE),
    "link to a folder": (link("elsewhere", "video/plugins"), COMPOSE),
    "package": (file("plugins/inner/__init__.py", "plugins/x/__init__.py"), COMPOSE),
    "hidden": (file("plugins/.x.py", "plugins/_x.py"), COMPOSE),
    "bytecode": (file("plugins/sway.pyc", "plugins/__pycache__/sway.cpython-311.pyc"), COMPOSE),
    "path file": (file("plugins/x.pth", "x.pth"), COMPOSE),
    "a library's name": (file("numpy.py", "plugins/numpy.py", "torch/__init__.py"), COMPOSE),
    "our name": (file("phosphene.py", "plugins/phosphene.py"), COMPOSE),
    "what Python runs": (file("sitecustomize.py", "usercustomize.py", "conftest.py"), COMPOSE),
    "metadata": (file("plugins/x-1.dist-info/entry_points.txt", "plugins/x.py"), COMPOSE),
    "used": (project(USES), COMPOSE),
    "used, broken ones skipped": (project(USES), (*COMPOSE, "--skip-broken")),
    "has options": (project(f"{PLAIN}[plugins.sway]\nx = 1"), COMPOSE),
    "required": (project(f'requires = ["sway @ file:///x"]\n{PLAIN}'), COMPOSE),
    "required as an option": (project(f'requires = ["--index-url=x"]\n{PLAIN}'), COMPOSE),
    "a model": (project(f'{PLAIN}[model]\nname = "sway"'), ("render", "video/p.toml")),
    "a tracker": (project('[song]\nfile = "song.wav"\ntracker = "sway"'), COMPOSE),
    "plotted": (file(), ("plot", "video/p.toml", "-o", "p.png")),
    "a song": (file(), ("compose", "video/song.wav", "-o", "score.csv")),
    "listen": (file(), ("listen", "video/p.toml")),
    "modulators": (file(), ("modulators", "sway")),
    "list": (file(), ("plugins", "list")),
    "check": (file(), ("plugins", "check", "sway")),
    "check all": (file(), ("plugins", "check")),
    "disable": (file(), ("plugins", "disable", "sway")),
    "uninstall": (file(), ("plugins", "uninstall", "sway")),
    "trust": (file(), ("plugins", "trust", "video/plugins")),
    "revoke": (file(), ("plugins", "trust", "--revoke", "video/plugins")),
    "help": (file(), ("--help",)),
    "unknown command": (file(), ("sway",)),
}  # fmt: skip


@pytest.mark.parametrize("case", UNTRUSTED)
def test_untrusted_code_does_not_run(desk, case):
    prepare, words = UNTRUSTED[case]
    prepare()
    result = run(*words, input="y\ny\n")  # not a terminal
    assert not Path("ran").exists()
    assert result.exit_code in (0, 2), result.output


@pytest.mark.parametrize(
    "env",
    [
        {"PHOSPHENE_LOAD_PLUGINS": "sway"},
        {"PHOSPHENE_STRICT": "1"},
        {"PHOSPHENE_PLUGINS_DIR": ""},
        {"PHOSPHENE_PLUGINS_DIR": os.pathsep},
        {"PHOSPHENE_CONFIG": "video"},
    ],
    ids=str,
)
def test_environment_variables_do_not_trust_a_folder(desk, env):
    write("plugins/sway.py", "here.py")
    Path("here.py").write_text(evil())
    result = run(*COMPOSE, env=env)
    assert not Path("ran").exists()
    assert result.exit_code in (0, 2), result.output


def replaced():
    shutil.rmtree("video")
    shutil.copytree("other", "video")
    write("plugins/sway.py")


def same_size_and_time():
    path = Path("video/plugins/sway.py")
    before = path.stat()
    path.write_text(evil().replace("Wobbles.", "Wabbles."))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def moved():
    shutil.move("video", "moved")
    shutil.copytree("moved", "video/inside")


def relinked():
    Path("video/plugins/inner/data").unlink()
    Path("video/plugins/inner/data").symlink_to("../../song.wav")


def settings(change):
    def prepare():
        path = Path("config/plugins.json")
        data = json.loads(path.read_text())
        change(data["trusted"])
        path.write_text(json.dumps(data))

    return prepare


def forgotten(trusted):
    trusted[next(iter(trusted))] = {}


def of_the_file_alone(trusted):
    [files] = trusted.values()
    for name in set(files) - {"sway.py"}:
        del files[name]


def under_another_path(trusted):
    trusted[str(Path("video").resolve())] = trusted.popitem()[1]


# What happens after the user has trusted the folder.
AFTER = {
    "changed": lambda: Path("video/plugins/sway.py").write_text(evil() + "# more"),
    "changed, of one size and time": same_size_and_time,
    "another file": lambda: write("plugins/more.py"),
    "a helper": lambda: write("plugins/_helper.py"),
    "a helper changed": lambda: Path("video/plugins/inner/part.py").write_text("x = 2"),
    "data changed": lambda: Path("video/plugins/inner/table.json").write_text("[2]"),
    "data gone": lambda: Path("video/plugins/inner/table.json").unlink(),
    "a link elsewhere": relinked,
    "behind a link": lambda: Path("far/part.py").write_text("x = 2"),
    "bytecode": lambda: write("plugins/__pycache__/sway.cpython-311.pyc"),
    "renamed": lambda: Path("video/plugins/sway.py").rename("video/plugins/away.py"),
    "another project": replaced,
    "another folder": moved,
    "revoked": lambda: run("plugins", "trust", "--revoke", "video/plugins"),
    "no digests": settings(forgotten),
    "digests of less": settings(of_the_file_alone),
    "the folder above": settings(under_another_path),
    "settings damaged": lambda: Path("config/plugins.json").write_text('{"trusted": [1]}'),
}


@pytest.mark.parametrize("case", AFTER)
def test_changed_code_does_not_run(desk, case):
    write("plugins/sway.py")
    Path("video/plugins/inner/part.py").write_text("x = 1")
    Path("video/plugins/inner/table.json").write_text("[1]")
    Path("video/plugins/inner/data").symlink_to("table.json")
    Path("far").mkdir()
    Path("far/part.py").write_text("x = 1")
    Path("video/plugins/far").symlink_to(Path("far").resolve())
    assert run("plugins", "trust", "video/plugins").exit_code == 0
    AFTER[case]()
    at = "video/inside" if case == "another folder" else "video"
    result = run("compose", f"{at}/p.toml", "-o", "score.csv", input="y\n")
    assert not Path("ran").exists()
    assert result.exit_code == 0, result.output
    assert f"{at}/plugins is not loaded: " in result.stderr


def test_unchanged_trusted_code_runs(desk):
    write("plugins/sway.py", "plugins/inner/part.py")
    Path("video/p.toml").write_text(USES)
    helper = "import os, sys\nsys.path.insert(0, os.path.dirname(__file__))\nimport inner.part\n"
    Path("video/plugins/sway.py").write_text(helper + evil())
    before = contents(Path("video/plugins"))
    assert run("plugins", "trust", "video/plugins").exit_code == 0
    for _ in range(2):
        result = run(*COMPOSE)
        assert result.exit_code == 0, result.output
        assert Path("ran").exists()
        Path("ran").unlink()
    assert contents(Path("video/plugins")) == before, "loading a plugin adds no file"


@pytest.fixture
def person(monkeypatch):
    """Simulate a user at a terminal who gives an answer; returns the questions."""
    asked = []

    def answer(reply):
        monkeypatch.setattr(registry, "sys", SimpleNamespace(stdin=Terminal(), stderr=Terminal()))
        monkeypatch.setattr(
            registry.click, "confirm", lambda text, **_: asked.append(text) or reply
        )
        return asked

    return answer


class Terminal:
    def isatty(self):
        return True


def folders():
    return registry.folders_for(Path("video/p.toml"))


def test_the_user_is_asked_once_and_again_after_a_change(desk, person):
    write("plugins/sway.py")
    place = (desk / "video" / "plugins").resolve()
    asked = person(True)
    assert folders() == ([place], [])
    assert folders() == ([place], [])
    assert len(asked) == 1
    assert "sway.py" in asked[0]
    write("plugins/more.py", "plugins/inner/deep.py")
    Path("video/plugins/sway.py").unlink()
    assert folders() == ([place], [])
    assert "has changed since you trusted it: inner/deep.py, more.py, sway.py" in asked[1]
    assert folders() == ([place], [])
    assert len(asked) == 2


def test_declining_does_not_trust(desk, person):
    write("plugins/sway.py")
    asked = person(False)
    for _ in range(2):
        none, [plugin] = folders()
        assert none == []
        assert (plugin.name, plugin.state) == ("sway", "not trusted")
    assert len(asked) == 2


def test_control_characters_in_file_names_are_escaped(desk, person):
    write("plugins/x\x1b[2K\rno plugin at all\n.py")
    asked = person(False)
    folders()
    [question] = asked
    assert "x\\x1b[2K\\rno plugin at all\\n.py" in question
    assert "\x1b" not in question


@pytest.mark.parametrize("much", ["files", "bytes"])
def test_a_folder_that_is_too_large_cannot_be_trusted(desk, monkeypatch, much):
    from phosphene.plugins import trust

    monkeypatch.setattr(trust, {"files": "MAX_FILES", "bytes": "MAX_BYTES"}[much], 3)
    write(*(f"plugins/x{k}.py" for k in range(4)))
    result = run("plugins", "trust", "video/plugins")
    assert result.exit_code == 2
    assert "has more than" in result.stderr
    assert run(*COMPOSE).exit_code == 0


def test_circular_links_are_followed_once(desk):
    write("plugins/sway.py")
    Path("video/plugins/inner/again").symlink_to(Path("video/plugins").resolve())
    Path("video/plugins/inner/self").symlink_to("self")
    assert contents(Path("video/plugins")).keys() == {"sway.py", "inner/self"}

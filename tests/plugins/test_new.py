"""`phosphene plugins new`: which names it takes, and that what it writes is Python."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from phosphene.cli import cli


def new(name, *more):
    return CliRunner().invoke(cli, ["plugins", "new", *more, "--", name])


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


REFUSED = {
    "cannot be the name of a plugin": [
        "", " ", "-", "1x", "a b", "a/b", "../x", "/x", "ü", "x\0y", "x\ny", "x" * 300, "a--", "²",
    ],
    "of Phosphene itself": ["none", "None", "phosphene-none", "worlds", "beat", "modulators"],
    "would hide": ["true", "False", "song", "field", "class-var", "exception", "value-error"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "says"), [(name, says) for says, names in REFUSED.items() for name in names]
)
def test_a_name_that_cannot_be_is_refused_and_nothing_written(desk, name, says):
    result = new(name)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert not list(desk.iterdir())


@pytest.mark.parametrize("name", ["x", "slow-wobble", "Slow_Wobble", "class", "lambda", "x" * 60])
def test_what_is_written_is_python(desk, name):
    result = new(name)
    assert result.exit_code == 0, result.output
    written = list(desk.rglob("*.py"))
    assert len(written) == 2
    for path in written:
        compile(path.read_text(), path, "exec")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Path("phosphene-sway").mkdir(), "exists already"),
        (lambda: Path("phosphene-sway").symlink_to("gone"), "exists already"),
        (lambda: os.mkfifo("phosphene-sway"), "exists already"),
    ],
)
def test_what_is_there_stays(desk, make, says):
    make()
    result = new("sway")
    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize("folder", ["file", "file/inside", "x" * 300])
def test_a_folder_that_cannot_be_is_named(folder):
    Path("file").touch()
    result = new("sway", "-o", folder)
    assert result.exit_code == 2, result.output
    assert "Error" in result.stderr

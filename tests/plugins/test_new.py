"""`phosphene plugins new`: valid names, and valid Python."""

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
    ("name", "message"), [(name, message) for message, names in REFUSED.items() for name in names]
)
def test_an_invalid_name_is_rejected_and_nothing_is_written(desk, name, message):
    result = new(name)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert not list(desk.iterdir())


@pytest.mark.parametrize("name", ["x", "slow-wobble", "Slow_Wobble", "class", "lambda", "x" * 60])
def test_the_code_is_valid_python(desk, name):
    result = new(name)
    assert result.exit_code == 0, result.output
    written = list(desk.rglob("*.py"))
    assert len(written) == 2
    for path in written:
        compile(path.read_text(), path, "exec")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Path("phosphene-sway").mkdir(), "exists already"),
        (lambda: Path("phosphene-sway").symlink_to("gone"), "exists already"),
        (lambda: os.mkfifo("phosphene-sway"), "exists already"),
    ],
)
def test_existing_files_are_not_overwritten(desk, make, message):
    make()
    result = new("sway")
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("folder", ["file", "file/inside", "x" * 300])
def test_an_invalid_folder_is_named(folder):
    Path("file").touch()
    result = new("sway", "-o", folder)
    assert result.exit_code == 2, result.output
    assert "Error" in result.stderr

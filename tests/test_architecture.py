"""Imports run along the data flow, and never back; nothing heavy where it does not belong."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "phosphene"
# What each room must not know: the rooms after it, and the libraries that are not its trade.
FORBIDDEN = {
    "song": ("phosphene.score", "phosphene.paint", "phosphene.film", "phosphene.project", "torch"),
    "score": ("phosphene.paint", "phosphene.film", "torch", "subprocess", "librosa"),
    "modulators": ("phosphene.paint", "phosphene.film", "torch", "librosa"),
    "paint": ("phosphene.film", "librosa", "soundfile", "PIL", "phosphene.cli"),
    "film": ("phosphene.paint", "phosphene.score", "torch", "diffusers", "phosphene.cli"),
}
FILES = [(room, file) for room in FORBIDDEN for file in sorted((SOURCE / room).rglob("*.py"))]


def imported(file, everywhere=True):
    """Modules that a file imports; those for type checkers alone do not count."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize(("room", "file"), FILES, ids=lambda part: getattr(part, "stem", part))
def test_a_room_does_not_know_what_comes_after_it(room, file):
    for module in imported(file):
        for forbidden in FORBIDDEN[room]:
            assert module != forbidden, f"{file} imports {module}"
            assert not module.startswith(forbidden + "."), f"{file} imports {module}"


def test_nothing_unpickles_or_evaluates_or_uses_a_shell():
    for file in SOURCE.rglob("*.py"):
        tree = ast.parse(file.read_text())
        assert "pickle" not in imported(file)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "")
                assert name not in ("eval", "exec"), f"{file}:{node.lineno}"
                assert not any(k.arg == "shell" for k in node.keywords), f"{file}:{node.lineno}"


def test_rooms_are_small():
    for file in SOURCE.rglob("*.py"):
        assert len(file.read_text().splitlines()) <= 300, file
        assert file.stem not in ("utils", "helpers", "common", "misc", "manager")

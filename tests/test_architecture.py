"""Imports run along the data flow, and never back; nothing heavy where it does not belong."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "phosphene"
# The rooms, each above those that it may import; a file directly in phosphene/ is a room too.
ROOMS = (
    ("errors", "hints", "authoring", "options"),
    ("folders", "bounds", "own_files", "outputs"),
    ("song",),
    ("score",),
    ("modulators", "lettering"),
    ("film",),
    ("footage",),
    ("painting", "directors"),
    ("screen",),
    ("hookspecs",),
    ("plugins",),
    ("project",),
    ("composing", "engines", "scaffold"),
    ("directing",),
    ("rendering", "plotting", "importers", "testing"),
    ("studio", "batch"),
    ("cli",),
)
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
# The parts of larger rooms, in the same way.
INNER = {
    "song": (
        ("files", "jams", "tempo", "store"),
        ("song", "lyrics"),
        ("audio",),
        ("features", "beats"),
        ("structure",),
        ("analysis", "report"),
        ("listening",),
    ),
    "studio": (
        ("places",),
        ("views", "editing"),
        ("session",),
        ("jobs",),
        ("studio",),
        ("web",),
    ),
}
# Libraries that are not the trade of a room.
FORBIDDEN = {
    "song": ("torch",),
    "score": ("torch", "subprocess", "librosa"),
    "modulators": ("torch", "librosa"),
    "lettering": ("torch", "librosa"),
    "composing": ("torch", "subprocess", "librosa"),
    "project": ("torch", "librosa", "click", "rich"),
    "directing": ("torch", "librosa", "click", "rich"),
    "painting": ("librosa", "soundfile", "PIL"),
    "engines": ("librosa", "soundfile"),
    "film": ("torch", "diffusers"),
    "footage": ("torch", "librosa", "diffusers"),
    "screen": ("torch", "librosa"),
    "rendering": ("click", "rich"),
    "batch": ("click", "rich", "torch", "librosa"),
    "studio": ("click", "rich", "matplotlib", "diffusers"),
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
        elif isinstance(node, ast.ImportFrom) and node.module == "phosphene":
            yield from (f"phosphene.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def edges():
    """Each import of one room in another: file, room, and room that is imported."""
    for file in sorted(SOURCE.rglob("*.py")):
        room = file.relative_to(SOURCE).parts[0].removesuffix(".py")
        for module in imported(file):
            top, _, rest = module.partition(".")
            if top == "phosphene" and (other := rest.partition(".")[0]) in FLOOR and other != room:
                yield file.relative_to(SOURCE), room, other


def test_every_room_has_its_floor():
    names = {file.relative_to(SOURCE).parts[0].removesuffix(".py") for file in SOURCE.rglob("*.py")}
    assert names - {"__init__", "__pycache__", "models"} == set(FLOOR)


def test_imports_run_downwards_only():
    """Rooms of one floor do not know each other either: there is no circle of rooms."""
    wrong = {
        (str(file), other)
        for file, room, other in edges()
        if room != "__init__" and FLOOR[other] >= FLOOR[room]
    }
    assert wrong == set()


@pytest.mark.parametrize("room", INNER)
def test_the_parts_of_a_room_are_in_order_too(room):
    floors = {part: floor for floor, parts in enumerate(INNER[room]) for part in parts}
    found, wrong = set(), set()
    for file in sorted((SOURCE / room).rglob("*.py")):
        part = file.relative_to(SOURCE / room).parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        found.add(part)
        for module in imported(file):
            other = module.removeprefix(f"phosphene.{room}.").partition(".")[0]
            if module.startswith(f"phosphene.{room}.") and other != part:
                wrong |= {(str(file), other)} if floors[other] >= floors[part] else set()
    assert found == set(floors)
    assert wrong == set()


@pytest.mark.parametrize(("room", "file"), FILES, ids=lambda part: getattr(part, "stem", part))
def test_a_library_is_only_where_it_belongs(room, file):
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
    for ending in ("*.py", "*.js", "*.css"):
        for file in SOURCE.rglob(ending):
            assert len(file.read_text().splitlines()) <= 300, file
    for file in SOURCE.rglob("*.py"):
        assert file.stem not in ("utils", "helpers", "common", "misc", "manager")

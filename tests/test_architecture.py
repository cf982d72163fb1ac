"""Imports run along the data flow, and never back; nothing heavy where it does not belong."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "phosphene"
# The rooms, each above those that it may import; a file directly in phosphene/ is a room too.
# The tables of a project are on a floor of their own: engines are loaded from [model] and [depth].
ROOMS = (
    ("errors", "hints", "authoring", "options"),
    ("folders", "bounds", "own_files", "outputs"),
    ("song",),
    ("score",),
    ("modulators", "lettering", "project.tables"),
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
    "engines": (
        ("model_files", "runtime", "preview", "sizes"),
        ("words",),
        ("diffusion", "depths"),
        ("presets",),
        ("loading",),
        ("finding",),
    ),
    "importers.deforum": (
        ("parseq",),
        ("settings",),
        ("schedules",),
        ("tables",),
        ("document", "losses"),
        ("project",),
    ),
    "importers.deforum.schedules": (("terms",), ("formula",), ("schedule",)),
    "importers.deforum.tables": (
        ("prompts", "song", "motion"),
        ("layers",),
        ("guides",),
        ("guided_images",),
    ),
    "project": (
        ("tables",),
        ("motion",),
        ("problems",),
        ("plugins",),
        ("layers",),
        ("schema",),
        ("file", "listening"),
    ),
    "project.tables": (("captions", "video"), ("guides",), ("model", "scenes")),
    "score": (
        ("channels", "units", "captions", "guides", "scenes"),
        ("timeline", "score"),
        ("curves", "patterns", "parts"),
    ),
    "score.curves": (("splines", "mixing"), ("easing", "envelopes"), ("hits", "formulas")),
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
# Files that know each other: a public class that reads itself from a file, a preset that loads its
# engine when it is used, a render that is a batch of its parts, with the options of a render; and for
# type checkers alone a part and what it is a part of.
CIRCLES = (
    {"project.file", "project.schema"},
    {"engines.loading", "engines.presets"},
    {"film.ffmpeg", "film.probe", "film.sound"},
    {"rendering.filming", "rendering.painting", "rendering.parts", "rendering.render"},
    {"batch.ray_cluster", "batch.renderers"},
    {"cli.batches.jobs", "cli.batches.parts", "cli.batches.planning", "cli.render"},
)
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


NAMES = {
    ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(SOURCE.rglob("*.py"))
    if file != SOURCE / "__init__.py"  # the public names, which are imported when they are used
}


def imported(file, everywhere=True, types=False):
    """Modules that a file imports; those for type checkers alone count if `types` is set."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = node.body if types else []
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("phosphene"):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (
                name if name.removeprefix("phosphene.") in NAMES else node.module for name in names
            )
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def own(file):
    """The modules of Phosphene that a file imports, without `phosphene.`, types included."""
    for module in imported(file, types=True):
        if module.startswith("phosphene."):
            yield module.removeprefix("phosphene.")


def room_of(name):
    """The room of a module: its longest package that has a floor."""
    parts = name.split(".")
    packages = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next(filter(FLOOR.__contains__, packages), None)


def test_every_room_has_its_floor():
    tops = {name.partition(".")[0] for name in NAMES}
    assert tops == {room.partition(".")[0] for room in FLOOR}


def test_imports_run_downwards_only():
    """Rooms of one floor do not know each other either: there is no circle of rooms."""
    wrong = {
        (name, other)
        for name, file in NAMES.items()
        for other in map(room_of, own(file))
        if other != (room := room_of(name)) and FLOOR[other] >= FLOOR[room]
    }
    assert wrong == set()


@pytest.mark.parametrize("room", INNER)
def test_the_parts_of_a_room_are_in_order_too(room):
    floors = {part: floor for floor, parts in enumerate(INNER[room]) for part in parts}
    found, wrong = set(), set()
    for name, file in NAMES.items():
        if not name.startswith(f"{room}."):
            continue
        part = name.removeprefix(f"{room}.").partition(".")[0]
        found.add(part)
        for module in own(file):
            other = module.removeprefix(f"{room}.").partition(".")[0]
            known = any({name, module} <= circle for circle in CIRCLES)
            if module.startswith(f"{room}.") and other != part and not known:
                wrong |= {(name, other)} if floors[other] >= floors[part] else set()
    assert found == set(floors)
    assert wrong == set()


def test_no_files_import_each_other():
    circle = {name: min(names) for names in CIRCLES for name in names}
    graph = {}
    for name, file in NAMES.items():
        below = {circle.get(other, other) for other in own(file)}
        graph.setdefault(circle.get(name, name), set()).update(below)
    for name, below in graph.items():
        below.discard(name)
    list(TopologicalSorter(graph).static_order())  # raises CycleError with a circle


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

"""Reading a project file: TOML in, a validated Project out, or every mistake in it by name."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from phosphene.bounds import BYTES, DEPTH, LAYERS, beyond, parsed, shortened
from phosphene.errors import PluginError, ProjectError
from phosphene.hints import hint
from phosphene.options import Table
from phosphene.plugins import Registry
from phosphene.plugins.trial import missing, provider
from phosphene.project.layers import Context, layer_of, layers_of_look
from phosphene.project.plugins import check_requires, plugin_options
from phosphene.project.problems import problems_of
from phosphene.project.schema import Project
from phosphene.project.tables.model import ON_HUB
from phosphene.project.tables.scenes import look_tables, scene_tables
from phosphene.song.files import require_file

Data = dict[str, Any]
AnyTable = TypeVar("AnyTable", bound=Table)

SHOWN = 30  # mistakes in one message
WITHOUT = "--skip-broken renders without such layers."


def read_data(path: Path) -> Data:
    """Read a project file as plain data, not yet validated.

    Parameters
    ----------
    path : Path
        A TOML file.

    Returns
    -------
    dict

    Raises
    ------
    ProjectError
        If the file cannot be read, is too large, or is not TOML.
    """
    if not path.exists():
        others = sorted(other.name for other in path.parent.glob("*.toml"))
        near = hint(path.name, others) if others else "Make one with `phosphene new SONG`."
        raise ProjectError(f"{path}: no such project file", near) from None
    require_file(path, "project file", BYTES, ProjectError)
    try:
        return parsed(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read: {error}") from None
    except ValueError as error:  # also numbers of more digits than Python reads
        raise ProjectError(
            f"{path}: this is not valid TOML: {error}",
            "Put text in quotes, and begin every table with its [name].",
        ) from None


def read_project(path: Path, registry: Registry, settings: Sequence[str] = ()) -> Project:
    """Read and validate a project file; see `read_data` and `make_project`."""
    return make_project(read_data(path), path, registry, settings)


def make_project(
    data: Data,
    source: Path,
    registry: Registry,
    settings: Sequence[str] = (),
    skipped: list[str] | None = None,
) -> Project:
    """Validate a project in memory.

    Parameters
    ----------
    data : dict
        As parsed from TOML; changed by `settings`.
    source : Path
        Named in errors; relative paths start from its folder.
    registry : Registry
        The modulators that `use` may name.
    settings : sequence of str
        Entries to replace: `motion.0.release=0.2s`.
    skipped : list of str, optional
        If given, layers whose plugin is left out are skipped, and described here.

    Returns
    -------
    Project

    Raises
    ------
    ProjectError
        If an entry is not allowed, or a required package is not installed;
        every mistake is named with its entry.
    PluginError
        If nothing is wrong but a plugin that it uses.
    """
    for setting in settings:
        _replace(data, setting)
    if outside := list(islice(beyond(data), SHOWN)):
        raise _refused(source, outside)
    check_requires(data, source)
    written = copy.deepcopy(data)
    problems: list[str] = []
    context = Context(registry, plugin_options(data, registry, problems), problems)
    layers = []
    for index, entry in enumerate(_tables(data, problems)):
        where = f"motion[{index}]"
        if "look" in entry:
            layers += layers_of_look(entry, where, data, context)
        else:
            layers.append(layer_of(entry, where, context))
    for where, entry in look_tables(scene_tables(data, problems)):
        layers += layers_of_look(entry, where, data, context)
    try:
        project = Project.model_validate({**data, "motion": [layer for layer in layers if layer]})
    except ValidationError as error:
        problems += problems_of(error, data, "", Project)
    else:
        problems += _unknown_tracker(project.song.tracker, registry)
    if skipped is not None:
        skipped += [text for text, _ in context.lacking]
    elif context.lacking:
        lacking = [text for text, _ in context.lacking]
        texts = "\n".join(f"{source}: {text}" for text in dict.fromkeys(problems + lacking))
        fixes = " ".join(dict.fromkeys(plugin.fix for _, plugin in context.lacking))
        theirs = not problems and all(plugin.error for _, plugin in context.lacking)
        raise (PluginError if theirs else ProjectError)(texts, f"{fixes} {WITHOUT}")
    if problems:
        raise _refused(source, problems)
    project = located(project, source.parent)
    project.keep(written, source)
    return project


def _refused(source: Path, problems: Sequence[str]) -> ProjectError:
    lines = [f"{source}: {problem}" for problem in dict.fromkeys(problems)]
    if len(lines) > SHOWN:
        lines[SHOWN:] = [f"{source}: and {len(lines) - SHOWN} more"]
    return ProjectError("\n".join(lines))


def _replace(data: Data, setting: str) -> None:
    about = f"--set {shortened(setting)}"
    name, equals, text = setting.partition("=")
    *path, last = name.strip().split(".")
    if not equals or not all((*path, last)):
        raise ProjectError(
            f"{about}: expected NAME=VALUE", "For instance --set motion.0.release=0.2s"
        )
    if len(path) > DEPTH:
        raise ProjectError(f"{about}: nested more than {DEPTH} deep")
    place: Any = data
    for part in path:
        if isinstance(place, list):
            place = place[_index(place, part, about)]
        else:
            place = place.setdefault(part, {})
        if not isinstance(place, (dict, list)):
            raise ProjectError(f"{about}: '{part}' is a value, not a table")
    key = _index(place, last, about) if isinstance(place, list) else last
    place[key] = _value(text.strip())


def _value(text: str) -> Any:
    """The value after `=`, as in TOML; quotes around text are optional."""
    try:
        read = parsed(f"value = {text}")
    except ValueError:
        return text
    return read["value"] if len(read) == 1 else text


def _index(entries: list[Any], part: str, about: str) -> int:
    if not (part.isascii() and part.isdigit()) or len(part) > 9 or int(part) >= len(entries):
        raise ProjectError(
            f"{about}: there is no entry '{part}': the project has {len(entries)}",
            "Entries count from 0: motion.0 is the first [[motion]].",
        )
    return int(part)


def _tables(data: Data, problems: list[str]) -> list[Data]:
    entries = data.get("motion", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problems.append("motion: expected tables, each beginning with [[motion]]")
    elif len(entries) > LAYERS:
        problems.append(f"motion: {len(entries)} layers; at most {LAYERS} are allowed")
    else:
        return entries
    data["motion"] = []
    return []


def _unknown_tracker(name: str, registry: Registry) -> list[str]:
    if name in registry.trackers:
        return []
    if (plugin := provider(registry, "trackers", name)) is not None:
        return [f"song.tracker: {missing(plugin, 'trackers', name)}. {plugin.fix}"]
    return [f"song.tracker: unknown tracker {name!r}. {hint(name, registry.trackers)}"]


def located(table: AnyTable, folder: Path) -> AnyTable:
    """A table, and the tables in it, with the names of their files relative to a folder.

    What may also be on the hub is replaced only where it is in the folder.
    """
    found: Data = {}
    for name, value in table:
        if isinstance(value, Path):
            found[name] = _beside(folder, value)
        elif isinstance(value, Table):
            found[name] = located(value, folder)
        elif isinstance(value, tuple) and any(isinstance(entry, Table) for entry in value):
            found[name] = tuple(located(entry, folder) for entry in value)
        elif name in ON_HUB and (beside := _beside(folder, Path(value))).exists():
            found[name] = str(beside)
    return table.model_copy(update=found)


def files_of(source: Path, project: Project, plugins: Iterable[Path] = ()) -> list[Path]:
    """The files that a project reads: itself, what it names, and those of its model and plugins.

    `plugins` are folders of single-file plugins besides the project's own.
    """
    folders = (source.parent / "plugins", *plugins, Path(project.model.name))
    inside = (path for folder in folders if folder.is_dir() for path in folder.rglob("*.*"))
    return [source, *_named(project), *inside]


def _named(table: Table) -> Iterator[Path]:
    for name, value in table:
        if isinstance(value, Path) or name in ON_HUB:
            yield Path(value)
        elif isinstance(value, Table):
            yield from _named(value)
        elif isinstance(value, tuple):
            for entry in value:
                yield from _named(entry) if isinstance(entry, Table) else ()


def _beside(folder: Path, file: Path) -> Path:
    """A file relative to a folder; a `~` that does not begin a home directory is a character."""
    return folder / os.path.expanduser(file)

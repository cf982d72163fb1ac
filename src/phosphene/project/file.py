"""Read and validate a project file; errors list every mistake with its entry."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from phosphene.bounds import BYTES, DEPTH, LAYERS, limit_problems, parse_toml, shortened
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

MAX_PROBLEMS = 30  # in one message
_SKIP = "--skip-broken renders without such layers."


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
        near = hint(path.name, others) if others else "Create one with `phosphene new SONG`."
        raise ProjectError(f"{path}: no such project file", near) from None
    require_file(path, "project file", BYTES, ProjectError)
    try:
        return parse_toml(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read: {error}") from None
    except ValueError as error:  # also for numbers with more digits than Python accepts
        raise ProjectError(
            f"{path}: not valid TOML: {error}",
            "Put text in quotes, and start every table with its [name].",
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
        Named in errors; relative paths are resolved against its folder.
    registry : Registry
        The modulators that `use` may name.
    settings : sequence of str
        Entries to replace: `motion.0.release=0.2s`.
    skipped : list of str, optional
        If given, layers whose plugin is not loaded are skipped, and one line for each is added
        here.

    Returns
    -------
    Project

    Raises
    ------
    ProjectError
        If an entry is not valid, or a required package is not installed; the message lists every
        mistake with its entry.
    PluginError
        If the only mistakes are broken plugins that the project uses.
    """
    for setting in settings:
        _apply_setting(data, setting)
    if too_large := list(islice(limit_problems(data), MAX_PROBLEMS)):
        raise _invalid(source, too_large)
    check_requires(data, source)
    original = copy.deepcopy(data)
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
        skipped += [text for text, _ in context.unavailable]
    elif context.unavailable:
        unavailable = [text for text, _ in context.unavailable]
        texts = "\n".join(f"{source}: {text}" for text in dict.fromkeys(problems + unavailable))
        fixes = " ".join(dict.fromkeys(plugin.fix for _, plugin in context.unavailable))
        only_broken = not problems and all(plugin.error for _, plugin in context.unavailable)
        raise (PluginError if only_broken else ProjectError)(texts, f"{fixes} {_SKIP}")
    if problems:
        raise _invalid(source, problems)
    project = resolved(project, source.parent)
    project.keep(original, source)
    return project


def _invalid(source: Path, problems: Sequence[str]) -> ProjectError:
    lines = [f"{source}: {problem}" for problem in dict.fromkeys(problems)]
    if len(lines) > MAX_PROBLEMS:
        lines[MAX_PROBLEMS:] = [f"{source}: and {len(lines) - MAX_PROBLEMS} more"]
    return ProjectError("\n".join(lines))


def _apply_setting(data: Data, setting: str) -> None:
    option = f"--set {shortened(setting)}"
    name, equals, text = setting.partition("=")
    *path, last = name.strip().split(".")
    if not equals or not all((*path, last)):
        raise ProjectError(
            f"{option}: expected NAME=VALUE", "For example: --set motion.0.release=0.2s"
        )
    if len(path) > DEPTH:
        raise ProjectError(f"{option}: nested more than {DEPTH} deep")
    place: Any = data
    for part in path:
        if isinstance(place, list):
            place = place[_index(place, part, option)]
        else:
            place = place.setdefault(part, {})
        if not isinstance(place, (dict, list)):
            raise ProjectError(f"{option}: '{part}' is a value, not a table")
    key = _index(place, last, option) if isinstance(place, list) else last
    place[key] = _value(text.strip())


def _value(text: str) -> Any:
    """Parse the value after `=` as TOML; quotes around text are optional."""
    try:
        data = parse_toml(f"value = {text}")
    except ValueError:
        return text
    return data["value"] if len(data) == 1 else text


def _index(entries: list[Any], part: str, option: str) -> int:
    if not (part.isascii() and part.isdigit()) or len(part) > 9 or int(part) >= len(entries):
        raise ProjectError(
            f"{option}: no entry '{part}': the project has {len(entries)}",
            "Entries are numbered from 0: motion.0 is the first [[motion]].",
        )
    return int(part)


def _tables(data: Data, problems: list[str]) -> list[Data]:
    entries = data.get("motion", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problems.append("motion: expected tables, each starting with [[motion]]")
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


def resolved(table: AnyTable, folder: Path) -> AnyTable:
    """A copy of a table with its file names, and those of its tables, resolved against a folder.

    An entry that may also name a hub repository is only replaced if it exists in the folder.
    """
    paths: Data = {}
    for name, value in table:
        if isinstance(value, Path):
            paths[name] = _beside(folder, value)
        elif isinstance(value, Table):
            paths[name] = resolved(value, folder)
        elif isinstance(value, tuple) and any(isinstance(entry, Table) for entry in value):
            paths[name] = tuple(resolved(entry, folder) for entry in value)
        elif name in ON_HUB and (beside := _beside(folder, Path(value))).exists():
            paths[name] = str(beside)
    return table.model_copy(update=paths)


def files_of(source: Path, project: Project, plugins: Iterable[Path] = ()) -> list[Path]:
    """Every file that a project reads: its own, those it names, and its model and plugins.

    `plugins` are additional folders of single-file plugins.
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

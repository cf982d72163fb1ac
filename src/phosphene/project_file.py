"""Reading a project file: TOML in, a validated Project out, or every mistake in it by name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, ValidationError

from phosphene.errors import ProjectError
from phosphene.hints import hint
from phosphene.modulator import Modulator
from phosphene.plugins import Registry
from phosphene.project import Layer, Project

Data = dict[str, Any]


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
        If the file can not be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        others = sorted(other.name for other in path.parent.glob("*.toml"))
        near = hint(path.name, others) if others else "Make one with `phosphene new SONG`."
        raise ProjectError(f"{path}: no such project file", near) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: can not be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(
            f"{path}: this is not valid TOML: {error}",
            "Text stands in quotes, and every table begins with its [name].",
        ) from None


def read_project(path: Path, registry: Registry, settings: Sequence[str] = ()) -> Project:
    """Read and validate a project file; see `read_data` and `make_project`."""
    return make_project(read_data(path), path, registry, settings)


def make_project(
    data: Data, source: Path, registry: Registry, settings: Sequence[str] = ()
) -> Project:
    """Validate a project that is in memory.

    Parameters
    ----------
    data : dict
        As it stands in TOML; changed where `settings` say so.
    source : Path
        Named in errors; its folder is what relative paths start from.
    registry : Registry
        The modulators that `use` may name.
    settings : sequence of str
        Entries that are replaced: `motion.0.release=0.2s`.

    Returns
    -------
    Project

    Raises
    ------
    ProjectError
        If it says something that is not allowed; every mistake is named with its entry.
    """
    for setting in settings:
        _replace(data, setting)
    problems: list[str] = []
    layers = []
    for index, entry in enumerate(_tables(data, problems)):
        layers.append(_layer(entry, f"motion[{index}]", registry, problems))
    try:
        project = Project.model_validate({**data, "motion": [layer for layer in layers if layer]})
    except ValidationError as error:
        problems += _problems(error, data, "", Project)
    if problems:
        raise ProjectError("\n".join(f"{source}: {problem}" for problem in dict.fromkeys(problems)))
    return _located(project, source.parent)


def _replace(data: Data, setting: str) -> None:
    name, equals, text = setting.partition("=")
    *path, last = name.strip().split(".")
    if not equals or not last:
        raise ProjectError(
            f"--set {setting}: expected NAME=VALUE", "For instance --set motion.0.release=0.2s"
        )
    try:
        value: Any = tomlkit.value(text.strip()).unwrap()
    except (tomlkit.exceptions.ParseError, ValueError):
        value = text.strip()
    place: Any = data
    for part in path:
        if isinstance(place, list):
            place = _item(place, part, setting)
        else:
            place = place.setdefault(part, {})
        if not isinstance(place, (dict, list)):
            raise ProjectError(f"--set {setting}: '{part}' is a value, and has nothing inside")
    if isinstance(place, list):
        _item(place, last, setting)
        place[int(last)] = value
    else:
        place[last] = value


def _item(entries: list[Any], part: str, setting: str) -> Any:
    if not part.isdigit() or int(part) >= len(entries):
        raise ProjectError(
            f"--set {setting}: there is no entry '{part}': the project has {len(entries)}",
            "Entries count from 0: motion.0 is the first [[motion]].",
        )
    return entries[int(part)]


def _tables(data: Data, problems: list[str]) -> list[Data]:
    entries = data.get("motion", [])
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        return entries
    problems.append("motion: expected tables, each beginning with [[motion]]")
    data["motion"] = []
    return []


def _layer(entry: Data, where: str, registry: Registry, problems: list[str]) -> Layer | None:
    use = entry.get("use")
    cls = registry.modulators.get(use) if isinstance(use, str) else None
    if cls is None:
        said = "use is missing" if use is None else f"use: unknown modulator {use!r}"
        known = hint(str(use or ""), registry.modulators)
        broken = "".join(f" {plugin} is broken: {plugin.error}" for plugin in registry.broken)
        problems.append(f"{where}.{said}. {known}{broken}")
        return None
    shared = Layer.model_fields.keys() - {"modulator"}
    own = {key: value for key, value in entry.items() if key not in shared}
    found: list[str] = []
    modulator: Modulator | None = None
    try:
        modulator = cls.model_validate(own)
    except ValidationError as error:
        found += _problems(error, own, where, cls, extra=shared)
    about = {key: value for key, value in entry.items() if key in shared}
    # A stand-in of the same class keeps the check of the shared keys going after a mistake.
    stand_in = modulator or cls.model_construct()
    try:
        layer = Layer.model_validate({**about, "modulator": stand_in})
    except ValidationError as error:
        found += _problems(error, entry, where, Layer)
    problems += found
    return None if found else layer


def _problems(
    error: ValidationError,
    data: Any,
    where: str,
    model: type[BaseModel],
    extra: set[str] | frozenset[str] = frozenset(),
) -> list[str]:
    told: dict[str, list[str]] = {}
    for item in error.errors(include_url=False):
        place, value = _place(where, data, item["loc"])
        if item["type"] == "extra_forbidden":
            key = str(item["loc"][-1])
            allowed = set(_model_at(model, item["loc"][:-1]).model_fields) | extra
            told.setdefault(place, []).append(f"unknown key. {hint(key, allowed - {'modulator'})}")
        elif item["type"] == "missing":
            told.setdefault(place, []).append("is missing")
        else:
            message = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
            told.setdefault(place, []).append(f"got {_shown(value)}: {message}")
    return [f"{place}: {' or: '.join(messages)}" for place, messages in told.items()]


def _place(where: str, data: Any, loc: tuple[int | str, ...]) -> tuple[str, Any]:
    """The entry's name, by the part of `loc` that stands in the file, and what stands there."""
    for part in loc:
        if isinstance(data, list) and isinstance(part, int) and part < len(data):
            where, data = f"{where}[{part}]", data[part]
        elif isinstance(data, Mapping) and str(part) in data:
            name = str(part)
            plain = name.replace("_", "a").isalnum() and not name[0].isdigit()
            where = f"{where}.{name}" if plain else f'{where}."{name}"'
            data = data[name]
        elif isinstance(data, Mapping) and part == loc[-1] and part != "[key]":
            where = f"{where}.{part}"
        elif part == "[key]":
            data = str(loc[-2])
    return where.removeprefix("."), data


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    for part in loc:
        field = model.model_fields.get(str(part))
        if field and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            model = field.annotation
    return model


def _located(project: Project, folder: Path) -> Project:
    song = project.song.model_copy(update={"file": folder / project.song.file.expanduser()})
    video = project.video
    if video.image is not None:
        video = video.model_copy(update={"image": folder / video.image.expanduser()})
    return project.model_copy(update={"song": song, "video": video})

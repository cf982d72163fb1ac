"""The `[[motion]]` entries of a project file: each becomes a layer, or the layers of a look."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from pydantic import ValidationError

from phosphene.hints import hint
from phosphene.looks import LookError, expand
from phosphene.modulator import Modulator
from phosphene.plugins import Registry
from phosphene.problems import problems_of
from phosphene.project import OWN_KEYS, Layer, Source

Data = dict[str, Any]


def layers_of_look(
    entry: Data, where: str, data: Data, registry: Registry, problems: list[str]
) -> list[Layer | None]:
    """The layers of an entry that names a look, and the entry's amount for all of them."""
    video = data.get("video")
    try:
        parts = expand(entry, video if isinstance(video, dict) else {}, registry.modulators)
    except LookError as error:
        problems.append(f"{where}.{error}")
        return []
    share = entry.get("amount", 1.0)
    named = [(f"{where}.{entry['look']}[{k}]", part) for k, part in enumerate(parts)]
    return [layer_of(part, place, registry, problems, share, where) for place, part in named]


def layer_of(
    entry: Data,
    where: str,
    registry: Registry,
    problems: list[str],
    share: Any = 1.0,
    look: str = "",
) -> Layer | None:
    """One layer; `share` is the amount of the entry `look`, where it is one of a look's."""
    found: list[str] = []
    keys = Layer.model_fields.keys() - OWN_KEYS
    own = {key: value for key, value in entry.items() if key not in keys}
    modulator = _modulator(own, entry.get("use"), where, registry, found, extra=keys)
    if modulator is None:
        problems += found
        return None
    about = {key: value for key, value in entry.items() if key in keys} | {"share": share}
    for key, place in (("amount", f"{where}.amount"), ("share", f"{look}.amount")):
        if isinstance(about.get(key), dict) and "use" in about[key]:
            about[key] = _source(about[key], place, registry, found)
    try:
        layer = Layer.model_validate({**about, "modulator": modulator, "entry": where})
    except ValidationError as error:
        told = problems_of(error, entry | {"share": share}, where, Layer)
        found += [problem.replace(f"{where}.share", f"{look}.amount") for problem in told]
    problems += found
    return None if found else layer


def _source(entry: Data, where: str, registry: Registry, found: list[str]) -> Any:
    """An amount that a modulator gives; 1.0 after a mistake, which is told."""
    about = {key: entry[key] for key in ("at_rest", "at_full") if key in entry}
    own = {key: value for key, value in entry.items() if key not in {"use", *about}}
    extra = frozenset({"at_rest", "at_full", "use"})
    modulator = _modulator(own, entry["use"], where, registry, found, extra)
    if modulator is None:
        return 1.0
    try:
        return Source.model_validate({**about, "modulator": modulator})
    except ValidationError as error:
        found += problems_of(error, entry, where, Source)
        return 1.0


def _modulator(
    own: Data,
    use: Any,
    where: str,
    registry: Registry,
    found: list[str],
    extra: Set[str],
) -> Modulator | None:
    """The modulator that `use` names, with its own parameters; None where there is none."""
    cls = registry.modulators.get(use) if isinstance(use, str) else None
    if cls is None:
        said = "use is missing" if use is None else f"use: unknown modulator {use!r}"
        known = hint(str(use or ""), registry.modulators)
        broken = "".join(f" {plugin} is broken: {plugin.error}" for plugin in registry.broken)
        found.append(f"{where}.{said}. {known}{broken}")
        return None
    try:
        return cls.model_validate(own)
    except ValidationError as error:
        found += problems_of(error, own, where, cls, extra)
    # A stand-in of the same class keeps the check of the other keys going after a mistake.
    return cls.model_construct()

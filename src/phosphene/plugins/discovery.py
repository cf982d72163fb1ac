"""Discover plugins in packages and single files by their metadata, without importing them."""

from __future__ import annotations

import importlib.util
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    distributions,
    version,
)
from pathlib import Path

from phosphene.errors import ProjectError
from phosphene.plugins.plugin import BROKEN, GROUP, HOST, INCOMPATIBLE, Plugin, canonical

API_GROUP = "phosphene.api"
BUILT_IN = (
    "phosphene.modulators",
    "phosphene.song.beats.trackers",
    "phosphene.song.features.builtin",
    "phosphene.engines.presets",
    "phosphene.engines.depths.drawn",
    "phosphene.engines.depths.estimated",
    "phosphene.film.formats",
    "phosphene.screen.upscalers",
    "phosphene.modulators.looks",
    "phosphene.directing.director",
)
# https://packaging.python.org/specifications/inline-script-metadata
_BLOCK = re.compile(r"(?m)^# /// script\s*$\s(?P<content>(^#(| .*)$\s)+)^# ///\s*$")
_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}


def built_in() -> Iterator[Plugin]:
    """The plugins that come with Phosphene, which use the same hooks as any other."""
    from phosphene import __version__

    for module in BUILT_IN:
        yield Plugin(module.removeprefix("phosphene."), HOST, __version__, module)


def installed() -> list[Plugin]:
    """Every plugin of an installed package, sorted by name; damaged packages are skipped."""
    found: list[Plugin] = []
    seen: set[str] = set()
    for package in distributions():
        try:
            points = package.entry_points
            if not any(point.group == GROUP for point in points):
                continue  # parsing the metadata takes a hundred times as long
            key = canonical(package.name)
            # Otherwise the package is shadowed by one earlier on the path.
            if key not in seen and distribution(key).entry_points == points:
                seen.add(key)
                found += of_package(package)
        except Exception:
            continue
    return sorted(found, key=lambda plugin: (plugin.name, plugin.package))


def of_package(package: Distribution) -> list[Plugin]:
    """The plugins of a package or wheel: its entry points in the group `phosphene`."""
    points = package.entry_points
    apis = tuple(point.name for point in points if point.group == API_GROUP)
    why = incompatible(apis, package.requires or [])
    found = []
    for point in points:
        if point.group == GROUP and canonical(package.name) != HOST:
            plugin = Plugin(point.name, package.name, package.version, point.value, apis=apis)
            plugin.file = module_file(plugin.module.partition(":")[0].strip())
            if why:
                fix = f"`phosphene plugins install --upgrade {package.name}`, or update Phosphene."
                plugin.leave_out(INCOMPATIBLE, why, fix)
            found.append(plugin)
    return found


def incompatible(apis: tuple[str, ...], requires: Iterable[str]) -> str:
    """Why this version of Phosphene cannot run a plugin; empty if it can.

    Parameters
    ----------
    apis : tuple of str
        The API versions that it supports, such as `v1`; by default the first.
    requires : iterable of str
        The requirements of its package.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    from phosphene import API_VERSION, __version__

    ours = f"v{API_VERSION}"
    if ours not in (apis or ("v1",)):
        return f"it supports API {', '.join(apis)}; Phosphene {__version__} has {ours}"
    for text in requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if canonical(requirement.name) == HOST and unmet([text]):
            return f"it needs phosphene{requirement.specifier}; this is {__version__}"
    return ""


def unmet(requires: Iterable[str]) -> list[str]:
    """The requirements that no installed package meets, without those for other systems.

    Raises
    ------
    ValueError
        If one is not a valid requirement (PEP 508).
    """
    from packaging.requirements import Requirement

    from phosphene import __version__

    missing = []
    for text in requires:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            ours = canonical(requirement.name) == HOST
            present = __version__ if ours else version(requirement.name)
        except PackageNotFoundError:
            missing.append(text)
            continue
        if not requirement.specifier.contains(present, prereleases=True):
            missing.append(text)
    return missing


def module_file(module: str) -> Path | None:
    """The file of a module, found without importing anything; None if it does not exist."""
    names = module.split(".")
    try:
        spec = importlib.util.find_spec(names[0])
        for depth in range(2, len(names) + 1):
            folders = spec.submodule_search_locations if spec else None
            spec = PathFinder.find_spec(".".join(names[:depth]), folders) if folders else None
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.has_location else None


def files_in(folder: Path) -> list[Path]:
    """The paths `*.py` of a folder, sorted, without names that begin with `_` or `.`.

    They may be folders or devices; `in_folders` reports these.
    """
    try:
        names = sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []
    return [folder / name for name in names if name.endswith(".py") and name[0] not in "._"]


def why_not_a_file(path: Path) -> str:
    """Why a path cannot be read as a file; empty if it can. Opening a pipe would block."""
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except OSError as error:
        return "it is a broken link" if path.is_symlink() else str(error.strerror)
    return "" if kind == stat.S_IFREG else f"it is {_KINDS.get(kind, 'a device')}, not a file"


def in_folders(folders: Iterable[Path]) -> list[Plugin]:
    """Every plugin file of these folders, with the metadata of its `# /// script` block.

    Raises
    ------
    ProjectError
        If a folder does not exist.
    """
    found = []
    for folder in folders:
        if not os.path.isdir(folder):
            raise ProjectError(
                f"{folder}: no such folder of plugins", "Name a folder of .py files."
            )
        found += [_single(file) for file in files_in(folder.resolve())]
    return found


def _single(file: Path) -> Plugin:
    plugin = Plugin(file.stem, "", "", file=file)
    if why := why_not_a_file(file):
        plugin.leave_out(BROKEN, why)
        return plugin
    try:
        block = _BLOCK.search(file.read_text(encoding="utf-8"))
        lines = block["content"].splitlines() if block else []
        metadata = tomllib.loads("\n".join(re.sub("^# ?", "", line) for line in lines))
        requires = [str(text) for text in metadata.get("dependencies", [])]
        api = metadata.get("tool", {}).get("phosphene", {}).get("api")
        plugin.apis = () if api is None else (f"v{api}",)
        why, missing = incompatible(plugin.apis, requires), unmet(requires)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        plugin.leave_out(BROKEN, f"its `# /// script` block cannot be read: {reason}")
        return plugin
    if why:
        plugin.leave_out(INCOMPATIBLE, why)
    elif missing:
        wanted = " ".join(f'"{text}"' for text in missing)
        fix = f"Run `pip install {wanted}`."
        plugin.leave_out(BROKEN, f"it needs {', '.join(missing)}", fix)
    return plugin

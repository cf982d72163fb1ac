"""Finding plugins by their metadata alone, of packages and of single files: none is imported."""

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
    "phosphene.engines.depths.worlds",
    "phosphene.film.formats",
    "phosphene.screen.upscalers",
    "phosphene.modulators.looks",
    "phosphene.directing.director",
)
# https://packaging.python.org/specifications/inline-script-metadata
_BLOCK = re.compile(r"(?m)^# /// script\s*$\s(?P<content>(^#(| .*)$\s)+)^# ///\s*$")
_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}


def built_in() -> Iterator[Plugin]:
    """The plugins that come with Phosphene, through the same hooks as any other."""
    from phosphene import __version__

    for module in BUILT_IN:
        yield Plugin(module.removeprefix("phosphene."), HOST, __version__, module)


def installed() -> list[Plugin]:
    """Every plugin of an installed package, by name; packages with damaged metadata are skipped."""
    found: list[Plugin] = []
    seen: set[str] = set()
    for package in distributions():
        try:
            points = package.entry_points
            if not any(point.group == GROUP for point in points):
                continue  # before its metadata is parsed, which takes a hundred times as long
            key = canonical(package.name)
            # Otherwise the same package earlier on the path hides it.
            if key not in seen and distribution(key).entry_points == points:
                seen.add(key)
                found += of_package(package)
        except Exception:
            continue
    return sorted(found, key=lambda plugin: (plugin.name, plugin.package))


def of_package(package: Distribution) -> list[Plugin]:
    """The plugins of a package, installed or a wheel: its entry points in the group `phosphene`."""
    points = package.entry_points
    apis = tuple(point.name for point in points if point.group == API_GROUP)
    why = incompatible(apis, package.requires or [])
    found = []
    for point in points:
        if point.group == GROUP and canonical(package.name) != HOST:
            plugin = Plugin(point.name, package.name, package.version, point.value, apis=apis)
            plugin.file = located(plugin.module.partition(":")[0].strip())
            if why:
                fix = f"`phosphene plugins install --upgrade {package.name}`, or update Phosphene."
                plugin.leave_out(INCOMPATIBLE, why, fix)
            found.append(plugin)
    return found


def incompatible(apis: tuple[str, ...], requires: Iterable[str]) -> str:
    """Why this Phosphene cannot run a plugin; empty where it can.

    Parameters
    ----------
    apis : tuple of str
        The versions of the API that it states, such as `v1`; none means the first.
    requires : iterable of str
        The requirements of its package.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    from phosphene import API_VERSION, __version__

    ours = f"v{API_VERSION}"
    if ours not in (apis or ("v1",)):
        return f"it is made for the API {', '.join(apis)}; this is Phosphene {__version__}, {ours}"
    for text in requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if canonical(requirement.name) == HOST and unmet([text]):
            return f"it needs phosphene{requirement.specifier}; this is {__version__}"
    return ""


def unmet(requires: Iterable[str]) -> list[str]:
    """The requirements that no installed package meets; those for other systems are met.

    Raises
    ------
    ValueError
        If one is not a requirement as PEP 508 defines it.
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
            there = __version__ if ours else version(requirement.name)
        except PackageNotFoundError:
            missing.append(text)
            continue
        if not requirement.specifier.contains(there, prereleases=True):
            missing.append(text)
    return missing


def located(module: str) -> Path | None:
    """The file of a module, found without importing anything; None where there is none."""
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
    """What a folder holds as `*.py`, in order; names that begin with `_` or `.` are left out.

    Not all of it needs to be a file: `in_folders` says what is not.
    """
    try:
        names = sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []
    return [folder / name for name in names if name.endswith(".py") and name[0] not in "._"]


def no_file(path: Path) -> str:
    """Why a path cannot be read as a file; empty where it can. Opening a pipe would block."""
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except OSError as error:
        return "it is a link to nothing" if path.is_symlink() else str(error.strerror)
    return "" if kind == stat.S_IFREG else f"it is {_KINDS.get(kind, 'a device')}, not a file"


def in_folders(folders: Iterable[Path]) -> list[Plugin]:
    """Every plugin file of some folders, with what its `# /// script` block states.

    Raises
    ------
    ProjectError
        If there is no such folder.
    """
    found = []
    for folder in folders:
        if not os.path.isdir(folder):
            raise ProjectError(
                f"{folder}: no such folder of plugins", "Name a folder that holds .py files."
            )
        found += [_single(file) for file in files_in(folder.resolve())]
    return found


def _single(file: Path) -> Plugin:
    plugin = Plugin(file.stem, "", "", file=file)
    if why := no_file(file):
        plugin.leave_out(BROKEN, why)
        return plugin
    try:
        block = _BLOCK.search(file.read_text(encoding="utf-8"))
        lines = block["content"].splitlines() if block else []
        stated = tomllib.loads("\n".join(re.sub("^# ?", "", line) for line in lines))
        requires = [str(text) for text in stated.get("dependencies", [])]
        api = stated.get("tool", {}).get("phosphene", {}).get("api")
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
        fix = f"Install that: pip install {wanted}"
        plugin.leave_out(BROKEN, f"it needs {', '.join(missing)}", fix)
    return plugin

"""Plugins of one file each, in a folder that the user trusts; nothing here imports them."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path

from phosphene.errors import ProjectError
from phosphene.plugins.discovery import incompatible
from phosphene.plugins.plugin import BROKEN, INCOMPATIBLE, Plugin

# https://packaging.python.org/specifications/inline-script-metadata
_BLOCK = re.compile(r"(?m)^# /// script\s*$\s(?P<content>(^#(| .*)$\s)+)^# ///\s*$")
_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}


def files_in(folder: Path) -> list[Path]:
    """What a folder holds as `*.py`, in order; names that begin with `_` or `.` are left out.

    Not all of it needs to be a file: `in_folders` says what is not.
    """
    try:
        names = sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []
    return [folder / name for name in names if name.endswith(".py") and name[0] not in "._"]


def in_folders(folders: Iterable[Path]) -> list[Plugin]:
    """Every plugin file of some folders, as plugins; nothing is imported.

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
        found += [_described(file) for file in files_in(folder.resolve())]
    return found


def no_file(path: Path) -> str:
    """Why a path cannot be read as a file; empty where it can."""
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except OSError as error:
        return "it is a link to nothing" if path.is_symlink() else f"{error.strerror}"
    return "" if kind == stat.S_IFREG else f"it is {_KINDS.get(kind, 'a device')}, not a file"


def _described(file: Path) -> Plugin:
    plugin = Plugin(file.stem, "", "", file=file)
    if why := no_file(file):
        plugin.leave_out(BROKEN, why)
        return plugin
    try:
        stated = _metadata(file)
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
        plugin.leave_out(
            BROKEN, f"it needs {', '.join(missing)}", f"Install that: pip install {wanted}"
        )
    return plugin


def _metadata(file: Path) -> dict[str, dict[str, dict[str, object]]]:
    block = _BLOCK.search(file.read_text(encoding="utf-8"))
    if block is None:
        return {}
    lines = block["content"].splitlines()
    return tomllib.loads("\n".join(line[2:] if line[1:2] == " " else line[1:] for line in lines))


def unmet(requires: Iterable[str]) -> list[str]:
    """The requirements that no installed package meets; those for other systems are met.

    Raises
    ------
    ValueError
        If one is not a requirement as PEP 508 defines it.
    """
    from importlib.metadata import PackageNotFoundError, version

    from packaging.requirements import Requirement

    missing = []
    for text in requires:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            there = version(requirement.name)
        except PackageNotFoundError:
            missing.append(text)
            continue
        if not requirement.specifier.contains(there, prereleases=True):
            missing.append(text)
    return missing

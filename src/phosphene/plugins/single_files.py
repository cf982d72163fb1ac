"""Plugins of one file each, in a folder that the user has said yes to."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from phosphene.errors import ProjectError
from phosphene.plugins.discovery import incompatible
from phosphene.plugins.plugin import BROKEN, INCOMPATIBLE, Plugin

# https://packaging.python.org/specifications/inline-script-metadata
_BLOCK = re.compile(r"(?m)^# /// script\s*$\s(?P<content>(^#(| .*)$\s)+)^# ///\s*$")


def files_in(folder: Path) -> list[Path]:
    """The plugin files of a folder: `*.py`, those that begin with `_` or `.` left out."""
    try:
        return sorted(file for file in folder.glob("*.py") if file.name[0] not in "._")
    except OSError:
        return []


def in_folders(folders: Iterable[Path]) -> list[Plugin]:
    """Every plugin file of some folders, as plugins; nothing is imported.

    Raises
    ------
    ProjectError
        If there is no such folder.
    """
    found = []
    for folder in folders:
        if not folder.is_dir():
            raise ProjectError(
                f"{folder}: no such folder of plugins", "Name a folder that holds .py files."
            )
        found += [_described(file.resolve()) for file in files_in(folder)]
    return found


def _described(file: Path) -> Plugin:
    plugin = Plugin(file.stem, "", "", file=file)
    try:
        stated = _metadata(file)
        requires = [str(text) for text in stated.get("dependencies", [])]
        missing = unmet(requires)
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        plugin.leave_out(BROKEN, f"its `# /// script` block can not be read: {reason}")
        return plugin
    api = stated.get("tool", {}).get("phosphene", {}).get("api")
    plugin.apis = () if api is None else (f"v{api}",)
    if why := incompatible(plugin.apis, requires):
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
        If one is no requirement as PEP 508 defines it.
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


def digests(folder: Path) -> dict[str, str]:
    """A digest of every plugin file in a folder, by its name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files_in(folder)}

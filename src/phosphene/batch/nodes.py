"""Compares the installations of a cluster's nodes with this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from phosphene.plugins.discovery import installed
from phosphene.rendering.identity import VERSIONS

MAX_SHOWN = 5  # missing files in a message


@dataclass(frozen=True)
class Node:
    """The versions installed on a node, and the files that it cannot see."""

    versions: dict[str, str]
    plugins: dict[str, str]
    missing: tuple[str, ...]


def differences(here: Node, there: Node | str) -> list[str]:
    """Why a node cannot render the same films. `there` may be an error instead of a node."""
    if isinstance(there, str):
        return [f"Phosphene {here.versions['phosphene']} cannot be run there: {there}"]
    found = [
        f"{name} is {there.versions.get(name) or 'absent'} there, and {wanted} here"
        for name, wanted in here.versions.items()
        if there.versions.get(name) != wanted
    ]
    found += [
        f"the plugin {name} is {there.plugins.get(name) or 'absent'} there, and {wanted} here"
        for name, wanted in here.plugins.items()
        if there.plugins.get(name) != wanted
    ]
    missing = [name for name in there.missing if name not in here.missing]
    found += [f"{name} is not there" for name in missing[:MAX_SHOWN]]
    return found + [f"and {len(missing) - MAX_SHOWN} more files"] * (len(missing) > MAX_SHOWN)


def node_of(files: Sequence[str]) -> Node:
    """The description of this machine; runs on every node."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in VERSIONS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = ""
    plugins = {plugin.package or plugin.name: plugin.version for plugin in installed()}
    return Node(versions, plugins, tuple(name for name in files if not os.path.exists(name)))

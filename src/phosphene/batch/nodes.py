"""What is installed on the nodes of a cluster, and how it differs from this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from phosphene.plugins.discovery import installed
from phosphene.rendering.identity import VERSIONS

SHOWN = 5  # missing files in a message


@dataclass(frozen=True)
class Node:
    """What is installed on a node, and which files it does not see."""

    versions: dict[str, str]
    plugins: dict[str, str]
    missing: tuple[str, ...]


def differing(here: Node, there: Node | str) -> list[str]:
    """Why a node cannot make the same films; `there` may be the error of its answer."""
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
    found += [f"{name} is not there" for name in missing[:SHOWN]]
    return found + [f"and {len(missing) - SHOWN} more files"] * (len(missing) > SHOWN)


def node_of(files: Sequence[str]) -> Node:
    """What this machine has; runs on every node."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in VERSIONS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = ""
    plugins = {plugin.package or plugin.name: plugin.version for plugin in installed()}
    return Node(versions, plugins, tuple(name for name in files if not os.path.exists(name)))

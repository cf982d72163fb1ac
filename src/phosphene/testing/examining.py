"""All contracts of what a plugin registers, as `phosphene plugins check` runs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from phosphene.errors import PluginError
from phosphene.plugins import Plugin
from phosphene.plugins.loading import load_plugin
from phosphene.plugins.trial import run_answer, try_plugin
from phosphene.testing.depths import examine_depth
from phosphene.testing.directors import examine_director
from phosphene.testing.engines import examine_engine
from phosphene.testing.features import examine_feature
from phosphene.testing.modulators import examine_modulator, seconds_of
from phosphene.testing.upscalers import examine_upscaler

LIMIT = 600.0  # seconds for all checks of a plugin


def checked(plugin: Plugin) -> tuple[str, list[dict[str, str]]]:
    """Why a plugin cannot be loaded, or else the `findings` of its contract tests.

    Both are determined in a separate process.
    """
    if why := try_plugin(plugin).why:
        return why, []
    found = run_answer(plugin, LIMIT, __name__)
    return found.get("why", ""), found.get("findings", [])


def answer(plugin: Plugin) -> dict[str, Any]:
    """Load a plugin and examine it; runs in the separate process."""
    try:
        return {"findings": list(findings(load_plugin(plugin)))}
    except PluginError as error:
        return {"why": str(error)}


def findings(items: Mapping[tuple[str, str], Any]) -> Iterator[dict[str, str]]:
    """Examine everything that has a contract.

    Parameters
    ----------
    items : mapping of (kind, name) to object
        As a plugin registers them.

    Yields
    ------
    dict of str to str
        `of`, `check`, `about`, and `problem` and `fix`, which are empty if the check passed.
    """
    features = {name: item for (kind, name), item in items.items() if kind == "features"}
    for (kind, name), item in items.items():
        found = []
        if kind == "features":
            found = examine_feature(item)
        elif kind == "modulators":
            found = examine_modulator(item, features)
        elif kind == "directors":
            found = examine_director(item, items)
        elif kind == "depths":
            found = examine_depth(item)
        elif kind == "upscalers":
            found = examine_upscaler(item)
        elif kind == "engines" and item.examples:
            found = examine_engine(item)
        of = {"of": f"{kind.removesuffix('s')} {name}"}
        yield from (of | asdict(finding) for finding in found)
        if kind == "modulators" and all(finding.passed for finding in found):
            about = f"Three minutes of music at 30 fps take {seconds_of(item, features):.2g} s."
            yield of | {"check": "speed", "about": about, "problem": "", "fix": ""}

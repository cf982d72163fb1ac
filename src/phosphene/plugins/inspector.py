"""Run as `python -m phosphene.plugins.inspector`: load one plugin, and write down what it gives."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from phosphene.errors import PluginError
from phosphene.plugins.alone import load_alone
from phosphene.plugins.plugin import Plugin


def described(about: str) -> Plugin:
    """A plugin from the JSON that `phosphene.plugins.inspection` passes on."""
    said: dict[str, Any] = json.loads(about)
    file = said.pop("file")
    return Plugin(**said, file=None if file is None else Path(file))


def no_core_dumps() -> None:
    """A plugin that crashes is to leave no file behind."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(about: str, answer: str) -> None:
    """Load the plugin that `about` describes, and write what came of it to `answer`."""
    no_core_dumps()
    plugin = described(about)
    try:
        staged = load_alone(plugin)
        given: dict[str, Any] = {"hooks": plugin.hooks, "items": list(staged.items)}
    except PluginError as error:
        given = {"hooks": plugin.hooks, "why": str(error)}
    Path(answer).write_text(json.dumps(given), encoding="utf-8")
    os._exit(0)  # also where a thread of the plugin still runs


if __name__ == "__main__":
    main(*sys.argv[1:])

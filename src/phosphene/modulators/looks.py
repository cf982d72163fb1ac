"""Looks: named presets of layers, from `looks.toml` or a plugin."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from phosphene.authoring import hookimpl
from phosphene.hints import hint
from phosphene.score.channels import CHANNELS

Data = dict[str, Any]


class LookError(ValueError):
    """Raised if a look, or an entry that uses one, is not valid."""


@cache
def looks() -> dict[str, Data]:
    """The built-in looks by name, each with a description (`about`) and its `layers`."""
    return tomllib.loads((files("phosphene.modulators") / "looks.toml").read_text(encoding="utf-8"))


@hookimpl
def register_looks(register: Callable[[str, Data], None]) -> None:
    """Register the built-in looks."""
    for name, look in looks().items():
        register(name, look)


def check_look(look: Any) -> None:
    """Check the format of a look.

    Raises
    ------
    LookError
        If `about` is not text, or if there are no `layers`, or one has no `use` or `to`.
    """
    if not isinstance(look, dict) or look.keys() != {"about", "layers"}:
        raise LookError("expected a dict of 'about' and 'layers'")
    if not isinstance(look["about"], str) or not look["about"].strip():
        raise LookError("about: expected a description of the look")
    layers = look["layers"]
    if not isinstance(layers, list) or not layers:
        raise LookError("layers: expected a list of at least one layer")
    for number, layer in enumerate(layers):
        where = f"layers[{number}]"
        if not isinstance(layer, dict) or not isinstance(layer.get("use"), str):
            raise LookError(f"{where}: expected a dict with 'use', the name of a modulator")
        routes = layer.get("to")
        # Curves that a modulator gives for channels cannot be rescaled to the project's size.
        if not isinstance(routes, dict) or not routes:
            raise LookError(f"{where}.to: expected channels, and how far a full hit moves each")
        for name, reach in routes.items():
            if name not in CHANNELS:
                raise LookError(f"{where}.to: unknown channel '{name}'. {hint(name, CHANNELS)}")
            if isinstance(reach, bool) or not isinstance(reach, (int, float)):
                raise LookError(f"{where}.to.{name}: expected a number")

"""Looks: named presets of layers, from the table in `looks.toml` or a plugin."""

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
    """A look, or an entry that uses one, is not valid."""


@cache
def looks() -> dict[str, Data]:
    """Every look by name: what it does (`about`) and its `layers`, as in the table."""
    return tomllib.loads((files("phosphene.modulators") / "looks.toml").read_text(encoding="utf-8"))


@hookimpl
def register_looks(register: Callable[[str, Data], None]) -> None:
    """Register the looks of the table."""
    for name, look in looks().items():
        register(name, look)


def check_look(look: Any) -> None:
    """Check that a look has the form of those in the table.

    Raises
    ------
    LookError
        If it is not: `about` is a sentence, and each of its `layers` has `use` and `to`.
    """
    if not isinstance(look, dict) or look.keys() != {"about", "layers"}:
        raise LookError("expected a dict of 'about' and 'layers'")
    if not isinstance(look["about"], str) or not look["about"].strip():
        raise LookError("about: expected what it does, in a sentence")
    layers = look["layers"]
    if not isinstance(layers, list) or not layers:
        raise LookError("layers: expected a list of at least one layer")
    for number, layer in enumerate(layers):
        where = f"layers[{number}]"
        if not isinstance(layer, dict) or not isinstance(layer.get("use"), str):
            raise LookError(f"{where}: expected a dict with 'use', the name of a modulator")
        reaches = layer.get("to")
        # What a modulator gives to channels by itself could not be rescaled to a project's size.
        if not isinstance(reaches, dict) or not reaches:
            raise LookError(f"{where}.to: expected channels, and how far each goes at a full hit")
        for name, reach in reaches.items():
            if name not in CHANNELS:
                raise LookError(f"{where}.to: unknown channel '{name}'. {hint(name, CHANNELS)}")
            if isinstance(reach, bool) or not isinstance(reach, (int, float)):
                raise LookError(f"{where}.to.{name}: expected a number")

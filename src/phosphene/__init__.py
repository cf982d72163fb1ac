"""Phosphene: a song in, a music video out.

The public API for plugins, imported on first use so that the command line starts at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phosphene.hookspecs import hookimpl
    from phosphene.modulator import Modulator
    from phosphene.score.channels import CHANNELS, Curve
    from phosphene.score.envelopes import on_frames
    from phosphene.score.hits import hits
    from phosphene.score.timeline import Timeline
    from phosphene.score.units import Position, Span
    from phosphene.song.song import Feature, Song

__version__ = "0.1.0"

_PUBLIC = {
    "CHANNELS": "phosphene.score.channels",
    "Curve": "phosphene.score.channels",
    "EngineSpec": "phosphene.engines",
    "Feature": "phosphene.song.song",
    "Modulator": "phosphene.modulator",
    "Position": "phosphene.score.units",
    "Song": "phosphene.song.song",
    "Span": "phosphene.score.units",
    "Timeline": "phosphene.score.timeline",
    "hits": "phosphene.score.hits",
    "hookimpl": "phosphene.hookspecs",
    "on_frames": "phosphene.score.envelopes",
}

__all__ = [
    "CHANNELS",
    "Curve",
    "EngineSpec",
    "Feature",
    "Modulator",
    "Position",
    "Song",
    "Span",
    "Timeline",
    "hits",
    "hookimpl",
    "on_frames",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'phosphene' has no attribute '{name}'")
    return getattr(importlib.import_module(_PUBLIC[name]), name)

"""Phosphene: a song in, a music video out.

The public API, imported on first use so that the command line starts at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phosphene.authoring import hookimpl
    from phosphene.composing.compose import compose
    from phosphene.directing.direct import direct
    from phosphene.directors import Brief, DirectorSpec
    from phosphene.engines.finding import load_engine
    from phosphene.errors import EngineError, ProjectError
    from phosphene.film.formats import FilmFormat, SoundCodec
    from phosphene.hints import hint
    from phosphene.modulators.modulator import Modulator
    from phosphene.options import Options
    from phosphene.painting.depth import DepthSource, DepthSpec
    from phosphene.painting.engine import Engine, EngineSpec
    from phosphene.painting.frames import paint
    from phosphene.project.listening import listen
    from phosphene.project.schema import Project
    from phosphene.project.tables.model import Depth, Model
    from phosphene.rendering.render import render
    from phosphene.score.channels import CHANNELS, Curve
    from phosphene.score.curves.envelopes import on_frames
    from phosphene.score.curves.hits import hits
    from phosphene.score.score import Row, Score
    from phosphene.score.timeline import Timeline
    from phosphene.score.units import At, Length, Period, Position, Span
    from phosphene.screen.upscalers import UpscalerSpec
    from phosphene.song.beats.pulse import Pulse, Sound
    from phosphene.song.beats.trackers import TrackerSpec
    from phosphene.song.song import Feature, Section, Song
    from phosphene.song.tempo import TempoMap

__version__ = "0.1.0"

API_VERSION = 1
"""The version of the API for plugins; a plugin states the versions that it is made for."""

# Where each public name is, and what it is called there.
_PUBLIC = {
    "At": "phosphene.score.units:At",
    "Brief": "phosphene.directors:Brief",
    "CHANNELS": "phosphene.score.channels:CHANNELS",
    "Curve": "phosphene.score.channels:Curve",
    "Depth": "phosphene.project.tables.model:Depth",
    "DepthSource": "phosphene.painting.depth:DepthSource",
    "DepthSpec": "phosphene.painting.depth:DepthSpec",
    "DirectorSpec": "phosphene.directors:DirectorSpec",
    "Engine": "phosphene.painting.engine:Engine",
    "EngineError": "phosphene.errors:EngineError",
    "EngineSpec": "phosphene.painting.engine:EngineSpec",
    "Feature": "phosphene.song.song:Feature",
    "FilmFormat": "phosphene.film.formats:FilmFormat",
    "Length": "phosphene.score.units:Length",
    "Model": "phosphene.project.tables.model:Model",
    "Modulator": "phosphene.modulators.modulator:Modulator",
    "Options": "phosphene.options:Options",
    "Period": "phosphene.score.units:Period",
    "Position": "phosphene.score.units:Position",
    "Project": "phosphene.project.schema:Project",
    "ProjectError": "phosphene.errors:ProjectError",
    "Pulse": "phosphene.song.beats.pulse:Pulse",
    "Row": "phosphene.score.score:Row",
    "Score": "phosphene.score.score:Score",
    "Section": "phosphene.song.song:Section",
    "Song": "phosphene.song.song:Song",
    "Sound": "phosphene.song.beats.pulse:Sound",
    "SoundCodec": "phosphene.film.formats:SoundCodec",
    "Span": "phosphene.score.units:Span",
    "TempoMap": "phosphene.song.tempo:TempoMap",
    "Timeline": "phosphene.score.timeline:Timeline",
    "TrackerSpec": "phosphene.song.beats.trackers:TrackerSpec",
    "UpscalerSpec": "phosphene.screen.upscalers:UpscalerSpec",
    "compose": "phosphene.composing.compose:compose",
    "direct": "phosphene.directing.direct:direct",
    "hint": "phosphene.hints:hint",
    "hits": "phosphene.score.curves.hits:hits",
    "hookimpl": "phosphene.authoring:hookimpl",
    "listen": "phosphene.project.listening:listen",
    "load_engine": "phosphene.engines.finding:load_engine",
    "on_frames": "phosphene.score.curves.envelopes:on_frames",
    "paint": "phosphene.painting.frames:paint",
    "render": "phosphene.rendering.render:render",
}

__all__ = [
    "API_VERSION",
    "CHANNELS",
    "At",
    "Brief",
    "Curve",
    "Depth",
    "DepthSource",
    "DepthSpec",
    "DirectorSpec",
    "Engine",
    "EngineError",
    "EngineSpec",
    "Feature",
    "FilmFormat",
    "Length",
    "Model",
    "Modulator",
    "Options",
    "Period",
    "Position",
    "Project",
    "ProjectError",
    "Pulse",
    "Row",
    "Score",
    "Section",
    "Song",
    "Sound",
    "SoundCodec",
    "Span",
    "TempoMap",
    "Timeline",
    "TrackerSpec",
    "UpscalerSpec",
    "compose",
    "direct",
    "hint",
    "hits",
    "hookimpl",
    "listen",
    "load_engine",
    "on_frames",
    "paint",
    "render",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'phosphene' has no attribute '{name}'")
    module, _, attribute = _PUBLIC[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""A breathing camera for Phosphene, and the audio feature that drives it."""

from __future__ import annotations

from collections.abc import Callable

from phosphene import Feature, Modulator, Song, hookimpl

from phosphene_breath.breath import Breath
from phosphene_breath.density import density


@hookimpl
def register_modulators(register: Callable[[type[Modulator]], None]) -> None:
    register(Breath)


@hookimpl
def register_features(register: Callable[[str, Callable[[Song], Feature]], None]) -> None:
    register("density", density)

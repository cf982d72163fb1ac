"""The built-in modulators, registered like those of plugins."""

from __future__ import annotations

from collections.abc import Callable

from phosphene.authoring import hookimpl
from phosphene.modulators.by_channel import Expression, Keyframes
from phosphene.modulators.follow import Follow, Level
from phosphene.modulators.modulator import Modulator
from phosphene.modulators.paths import Orbit, Path, Spiral
from phosphene.modulators.rhythm import Beat, Cue, Onset
from phosphene.modulators.waves import Noise, Oscillator

MODULATORS: tuple[type[Modulator], ...] = (
    Keyframes,
    Orbit,
    Spiral,
    Path,
    Oscillator,
    Noise,
    Expression,
    Follow,
    Beat,
    Onset,
    Cue,
    Level,
)


@hookimpl
def register_modulators(register: Callable[[type[Modulator]], None]) -> None:
    for modulator in MODULATORS:
        register(modulator)

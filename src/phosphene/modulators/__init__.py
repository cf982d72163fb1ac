"""The built-in modulators, registered through the plugin hook."""

from __future__ import annotations

from collections.abc import Callable

from phosphene.hookspecs import hookimpl
from phosphene.modulators.beat import Beat
from phosphene.modulators.cue import Cue
from phosphene.modulators.expression import Expression
from phosphene.modulators.follow import Follow
from phosphene.modulators.keyframes import Keyframes
from phosphene.modulators.level import Level
from phosphene.modulators.modulator import Modulator
from phosphene.modulators.noise import Noise
from phosphene.modulators.onset import Onset
from phosphene.modulators.orbit import Orbit
from phosphene.modulators.oscillator import Oscillator
from phosphene.modulators.path import Path
from phosphene.modulators.spiral import Spiral

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

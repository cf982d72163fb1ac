"""The modulators that come with Phosphene, registered as any plugin's are."""

from __future__ import annotations

from collections.abc import Callable

from phosphene.hookspecs import hookimpl
from phosphene.modulator import Modulator
from phosphene.modulators.beat import Beat
from phosphene.modulators.keyframes import Keyframes
from phosphene.modulators.level import Level
from phosphene.modulators.onset import Onset
from phosphene.modulators.orbit import Orbit
from phosphene.modulators.spiral import Spiral


@hookimpl
def register_modulators(register: Callable[[type[Modulator]], None]) -> None:
    for modulator in (Keyframes, Orbit, Spiral, Beat, Onset, Level):
        register(modulator)

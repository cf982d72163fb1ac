"""Colour words and the ramps they stand for: one table.

A ramp is five sRGB colours from shadow to glow; two accents light windows, signs, caps and stars.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Palette:
    """ramp: five hex colours, dark to light. accents: two hex colours for things that shine."""

    ramp: tuple[str, str, str, str, str]
    accents: tuple[str, str]

    def lut(self) -> NDArray[np.float32]:
        """The ramp as (1024, 3) float32 in 0..1."""
        stops = np.array([rgb(code) for code in self.ramp])
        at = np.linspace(0, len(stops) - 1, 1024)
        columns = [np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)]
        return np.stack(columns, axis=1).astype(np.float32)


def rgb(code: str) -> NDArray[np.float32]:
    """'#ff8000' as three float32 in 0..1."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def _p(ramp: str, accents: str) -> Palette:
    a, b, c, d, e = (f"#{code}" for code in ramp.split())
    first, second = (f"#{code}" for code in accents.split())
    return Palette((a, b, c, d, e), (first, second))


COLOURS: dict[str, Palette] = {
    "red": _p("140204 540a0c b0161a ee3a2e ffb49a", "ff3020 ff9070"),
    "orange": _p("160701 5a2104 c25208 ff8a1e ffd89a", "ff8010 ffc060"),
    "gold": _p("140d02 553a06 b5830f f0c23a fff2c0", "ffd040 fff0a0"),
    "green": _p("031005 0c3a12 1c8428 54cf4c d2ffbc", "50ff60 c0ff80"),
    "teal": _p("021012 06393c 0c8684 36d2c4 c4fff2", "20ffe0 90fff0"),
    "blue": _p("020616 081a56 1244b8 4088f4 c2deff", "3090ff a0d0ff"),
    "purple": _p("0b0316 2e0c58 6c1fb4 ac5cf0 e8ccff", "b040ff e0a0ff"),
    "pink": _p("16040d 5a1238 c43078 ff74b0 ffd6e8", "ff50a0 ffb0d8"),
    "white": _p("3a4650 76889a aebfce dcE8f2 ffffff", "ffffff e0f4ff"),
    "grey": _p("060606 2a2a2a 6a6a6a b0b0b0 f4f4f4", "ffffff d0d0d0"),
    "neon": _p("08021c 2a0a66 a012c0 ff2ea0 52f4ff", "00f0ff ff20c0"),
    "sunset": _p("16082c 5a1a5c c8385a ff8a3c ffe08a", "ffb040 ff5080"),
}

NATURAL: dict[str, Palette] = {
    "nebula": _p("04031a 22104a 7a2a86 e0709a ffe4c8", "80c0ff ffd0a0"),
    "galaxy": _p("020310 0c1440 3a4a9a b0a0d8 fff0d8", "a0c0ff ffe0b0"),
    "ocean": _p("02121e 07405c 1a7a9a 74c2d4 eefaff", "fff0c0 ffffff"),
    "mountains": _p("0e1826 2c4258 5c7c98 a8c0d4 ffffff", "fff0d0 ffe0a0"),
    "desert": _p("2a1208 7a3c14 c8803a ecbc78 fff0d0", "fff0c0 ffd080"),
    "city": _p("0a0e1c 222c48 4c5c80 94a4bc e8eef4", "ffd080 80d0ff"),
    "neon city": _p("05030f 141238 3a2070 9a3ab8 60e0ff", "00f0ff ff20b0"),
    "fire": _p("0a0201 641002 d83a04 ffa01c fff6c0", "ffc040 fff0a0"),
    "crystal": _p("08061c 2a2468 5a6ad0 9cc8ff ffffff", "c0a0ff a0ffff"),
    "mandala": _p("1a0a2c 8a1c5c e0603a f4c04a fff4d8", "30c0c0 ffffff"),
    "forest": _p("040e08 12301a 2e6430 7caa5a e6f2b8", "40f0ff ffb060"),
    "glowing forest": _p("030a10 0b2a2c 175250 4a9c80 c8f4d4", "40f0ff c070ff"),
    "marble": _p("2c2e34 7c7e86 b8b8bc dededf fbfaf6", "d0a850 806040"),
    "flowers": _p("08180a 1c4a1e d03a70 ff8cb0 fff0e8", "ffd040 ffffff"),
    "temple": _p("100e0a 3c3424 84745a c4b08a fdf0ce", "ffe0a0 fff4d0"),
    "aurora": _p("020a14 08283c 14806c 4ef0a0 dcffd8", "80ffc0 c080ff"),
}

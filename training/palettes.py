"""Colour words and their colour ramps.

A ramp is five sRGB colours from dark to light; two accents colour windows, signs, caps and stars.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Palette:
    """ramp: five hex colours, dark to light. accents: two hex colours for lights."""

    ramp: tuple[str, str, str, str, str]
    accents: tuple[str, str]

    @cache  # noqa: B019 (about fifty palettes, which are never freed anyway)
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
    "lime": _p("0a1002 2e4a04 7aa80c b8e838 f0ffb0", "c8ff30 f0ffa0"),
    "green": _p("031005 0c3a16 1a7a30 4cc45c ccffc4", "40ff70 a0ffb0"),
    "teal": _p("021012 06393c 0c8684 36d2c4 c4fff2", "20ffe0 90fff0"),
    "blue": _p("020616 081a56 1244b8 4088f4 c2deff", "3090ff a0d0ff"),
    "purple": _p("0b0316 2e0c58 6c1fb4 a45cf0 e4ccff", "a040ff d8a0ff"),
    "pink": _p("16040d 5a1238 c43078 ff74b0 ffd6e8", "ff50a0 ffb0d8"),
    "white": _p("3a4650 76889a aebfce dce8f2 ffffff", "ffffff e0f4ff"),
    "grey": _p("060606 2a2a2a 6a6a6a b0b0b0 f4f4f4", "ffffff d0d0d0"),
    "black": _p("020204 08080c 16161c 34343e 8c8c9c", "b0b0c8 60606c"),
    "brown": _p("0c0603 38200f 74482a ae8258 ead4b4", "e0a060 ffdca8"),
    "pastel": _p("8a7aa8 c89ac8 f4b8c8 c8e4ec fff4dc", "b8f0d8 ffe0b0"),
    "rainbow": _p("3010a0 0878e0 10c850 ffd020 ff4030", "ff40c0 ffffff"),
    "neon": _p("05010f 1a0850 d010a8 20d8f8 f4fff0", "00f0ff ff20c0"),
    "sunset": _p("16082c 5a1a5c c8385a ff8a3c ffe08a", "ffb040 ff5080"),
}

NATURAL: dict[str, Palette] = {
    "nebula": _p("04031a 22104a 7a2a86 e0709a ffe4c8", "80c0ff ffd0a0"),
    "galaxy": _p("020310 0c1440 3a4a9a b0a0d8 fff0d8", "a0c0ff ffe0b0"),
    "planets": _p("03040c 14203c 7a5a6a d8a878 fff0d8", "80c8ff ffc080"),
    "ocean": _p("02121e 07405c 1a7a9a 74c2d4 eefaff", "fff0c0 ffffff"),
    "underwater": _p("011018 053a50 0c7888 44c8c0 dcfff0", "ffa060 ff70a0"),
    "mountains": _p("0e1826 2c4258 5c7c98 a8c0d4 ffffff", "fff0d0 ffe0a0"),
    "desert": _p("2a1208 7a3c14 c8803a ecbc78 fff0d0", "fff0c0 ffd080"),
    "forest": _p("040e08 12301a 2e6430 7caa5a e6f2b8", "40f0ff ffb060"),
    "glowing forest": _p("030a10 0b2a2c 175250 4a9c80 c8f4d4", "40f0ff c070ff"),
    "jungle": _p("030c04 0c3410 2a6c1c 86b83c f0ffb0", "ff6080 ffd040"),
    "glowing jungle": _p("02080e 07282c 0e5a4c 3cac78 c4ffd8", "60ffe0 ff70e0"),
    "temple": _p("100e0a 3c3424 84745a c4b08a fdf0ce", "ffe0a0 fff4d0"),
    "ruins": _p("0e1010 343834 74766c b4b49e f0ecd4", "ffe8b0 d0f0ff"),
    "city": _p("0a0e1c 222c48 4c5c80 94a4bc e8eef4", "ffd080 80d0ff"),
    "neon city": _p("05030f 141238 3a2070 9a3ab8 60e0ff", "00f0ff ff20b0"),
    "street": _p("07060c 241a2c 5c3c4c a87c6c f4d8b0", "ffc060 ff8050"),
    "neon street": _p("04030e 12123a 3c1c74 b030a8 70e8ff", "00f0ff ff20b0"),
    "fire": _p("0a0201 641002 d83a04 ffa01c fff6c0", "ffc040 fff0a0"),
    "lava": _p("0a0606 2a1412 7a1a08 f85a08 ffe880", "ff9020 ffe060"),
    "ice": _p("0a2038 2a5c88 6aa8d0 b4e0f4 ffffff", "d0ffff ffffff"),
    "crystal": _p("08061c 2a2468 5a6ad0 9cc8ff ffffff", "c0a0ff a0ffff"),
    "glass": _p("101840 7a1a30 d06a20 f0c040 fff4d0", "3080e0 30c060"),
    "mandala": _p("1a0a2c 8a1c5c e0603a f4c04a fff4d8", "30c0c0 ffffff"),
    "kaleidoscope": _p("10103c 105c9c 20b48c f0c040 fff0e0", "f04070 a040e0"),
    "marble": _p("2c2e34 7c7e86 b8b8bc dededf fbfaf6", "d0a850 806040"),
    "ink": _p("10121c 283450 6c7894 c8ccd4 faf8f2", "c03030 304880"),
    "flowers": _p("08180a 1c4a1e d03a70 ff8cb0 fff0e8", "ffd040 ffffff"),
    "garden": _p("0a1a0c 245424 60a048 b4d88c fff8e0", "ff70a0 ffd050"),
    "aurora": _p("020a14 08283c 14806c 4ef0a0 dcffd8", "80ffc0 c080ff"),
    "clouds": _p("2c5c94 5c94c8 98c0e4 d8e8f4 ffffff", "ffe8c0 ffffff"),
    "storm": _p("06080e 1c2430 404c5c 7c8898 d4e0ec", "e0e8ff c0b0ff"),
    "circuit": _p("021008 06301c 0c6438 38b070 d0ffd0", "ffc850 60ffc0"),
}

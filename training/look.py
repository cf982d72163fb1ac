"""A look: everything a drawing and its caption agree on."""

from dataclasses import dataclass
from functools import cached_property

from training.canvas import Field
from training.palettes import COLOURS, NATURAL, Palette, rgb

TIMES = ("", "day", "dusk", "night")
WEATHERS = ("", "fog", "rain", "snow")
STYLES = ("", "watercolour", "oil", "pencil", "pixel", "neon lines", "film grain")
EXTRAS = ("forest", "jungle", "temple", "ruins", "city", "street")
DIM = {"": 1.0, "day": 1.0, "dusk": 0.75, "night": 0.45}


@dataclass(frozen=True)
class Look:
    """world, second: names in SCENES; second is '' or a world that shares the picture.

    colours: none (the world's own), one or two words of COLOURS. time, weather, style: of the
    tables above, '' where the look has none. extra: glowing mushrooms (forest, jungle), vines
    (temple, ruins), neon signs (city, street).
    """

    world: str
    colours: tuple[str, ...] = ()
    time: str = ""
    weather: str = ""
    style: str = ""
    extra: bool = False
    second: str = ""

    @property
    def palette(self) -> Palette:
        if self.colours:
            return COLOURS[self.colours[0]]
        special = {
            "forest": "glowing forest",
            "jungle": "glowing jungle",
            "city": "neon city",
            "street": "neon street",
        }.get(self.world)
        return NATURAL[special if special and self.extra else self.world]

    @cached_property
    def lut(self) -> Field:
        """(1024, 3) ramp from shadow to glow."""
        return self.palette.lut()

    @property
    def night(self) -> bool:
        return self.time == "night"

    @property
    def dim(self) -> float:
        """How bright the daylight is."""
        return DIM[self.time]

    @property
    def accents(self) -> tuple[Field, Field]:
        first, second = self.palette.accents
        return rgb(first), rgb(second)

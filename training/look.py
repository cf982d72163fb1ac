"""A look: everything a drawing and its caption agree on."""

from dataclasses import dataclass
from functools import cached_property

from training.brush import Field
from training.palettes import COLOURS, NATURAL, Palette, rgb


@dataclass(frozen=True)
class Look:
    """world: a name in SCENES. colour: a word of COLOURS, or '' for the world's own colours.

    night: dark sky. extra: glowing mushrooms (forest), vines (temple), neon signs (city).
    """

    world: str
    colour: str = ""
    night: bool = False
    extra: bool = False

    @property
    def palette(self) -> Palette:
        if self.colour:
            return COLOURS[self.colour]
        special = {"forest": "glowing forest", "city": "neon city"}.get(self.world)
        return NATURAL[special if special and self.extra else self.world]

    @cached_property
    def lut(self) -> Field:
        """(1024, 3) ramp from shadow to glow."""
        return self.palette.lut()

    @property
    def accents(self) -> tuple[Field, Field]:
        first, second = self.palette.accents
        return rgb(first), rgb(second)

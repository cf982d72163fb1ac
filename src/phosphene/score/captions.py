"""Captions and titles: text that is drawn over frames, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lettering:
    """How text looks.

    Parameters
    ----------
    font : Path
        A TrueType or OpenType file.
    size : float
        Height of the letters' em, as a share of the picture's height.
    position : tuple of (float, float)
        0 to 1 from the left margin to the right one, and from the upper to the lower: (0.5, 1) is
        at the bottom.
    colour : tuple of (int, int, int)
        RGB, 0 to 255.
    outline : float
        Width of the black outline as a share of the size.
    """

    font: Path
    size: float
    position: tuple[float, float]
    colour: tuple[int, int, int]
    outline: float


@dataclass(frozen=True)
class Caption:
    """A text over the frames [first, last) of the song.

    Parameters
    ----------
    text : str
        May have line breaks.
    first, last : int
        Frame numbers in the song.
    fade : int
        Frames over which it appears, and disappears.
    lettering : Lettering
    """

    text: str
    first: int
    last: int
    fade: int
    lettering: Lettering

    def opacity(self, frame: int) -> float:
        """Opacity in a frame of the song, 0 to 1.

        The first frame already shows some of it, and the last one still does.
        """
        inside = min(frame - self.first + 1, self.last - frame)
        return min(max(inside / (self.fade + 1), 0.0), 1.0)

"""The layout of the page in inches, without overlaps."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 16.0  # 1600 px
LEFT, RIGHT = 0.85, 2.2
DPI = 100
#: Pixels from the first frame to the end of the last.
AXIS = (WIDTH - LEFT - RIGHT) * DPI
TOP, GAP = 0.95, 0.42
LEGEND_LINE = 0.19
FOOT_LINE = 0.2

SOUND_HEIGHT, SECTION_HEIGHT, CHANNEL_HEIGHT, STRIP_HEIGHT = 0.95, 0.36, 1.1, 0.5


@dataclass(frozen=True)
class Layout:
    """The page's rows from top to bottom.

    Parameters
    ----------
    heights : tuple of float
        Heights of the rows in inches.
    notes : int
        Number of lines below the last row.
    """

    heights: tuple[float, ...]
    notes: int

    @property
    def height(self) -> float:
        """Height of the page in inches."""
        gaps = GAP * (len(self.heights) - 1)
        return TOP + sum(self.heights) + gaps + 0.45 + FOOT_LINE * self.notes + 0.1

    def box(self, row: int) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of a row, as fractions of the page."""
        above = TOP + sum(self.heights[: row + 1]) + GAP * row
        return (
            LEFT / WIDTH,
            1.0 - above / self.height,
            (WIDTH - LEFT - RIGHT) / WIDTH,
            self.heights[row] / self.height,
        )

    def note(self, line: int) -> float:
        """Vertical position of a line of notes, as a fraction of the page."""
        return (0.1 + FOOT_LINE * (self.notes - 1 - line)) / self.height


def channel_height(layers: int) -> float:
    """Height of a channel's row in inches, with room for the list of its layers."""
    return max(CHANNEL_HEIGHT, LEGEND_LINE * layers + 0.1)

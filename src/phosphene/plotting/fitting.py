"""Wraps text, and truncates it where there is no room."""

from __future__ import annotations

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from phosphene.plotting.fonts import FAMILY

_MEASURE = TextToPath()


def length(text: str, size: float) -> float:
    """Width of a line of text in pixels at 100 dpi; `size` is in points."""
    width, _, _ = _MEASURE.get_text_width_height_descent(
        text, FontProperties(FAMILY, size=size), False
    )
    return float(width) * 100 / 72


def fitted(text: str, room: float, size: float, lines: int = 2) -> str:
    """Fit text into at most `lines` lines of `room` pixels.

    Parameters
    ----------
    text : str
    room : float
        Pixels at 100 dpi.
    size : float
        Points.
    lines : int

    Returns
    -------
    str
        Truncated with an ellipsis if it does not fit, and empty if even that does not.
    """
    words = text.split()
    done: list[str] = []
    while words and len(done) < lines:
        line = words.pop(0)
        while words and length(f"{line} {words[0]}", size) <= room:
            line = f"{line} {words.pop(0)}"
        done.append(line)
    if words and done:
        done[-1] = f"{done[-1]} …"
    return "\n".join(line for part in done if (line := _cut(part, room, size)))


def _cut(line: str, room: float, size: float) -> str:
    if length(line, size) <= room:
        return line
    for end in range(len(line) - 1, 1, -1):
        cut = line[:end].rstrip(" …") + "…"
        if length(cut, size) <= room:
            return cut
    return ""

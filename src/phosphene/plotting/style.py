"""Colours and fonts, and fitting text into the available space."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import TextToPath

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


_WIDER = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans", "Hiragino Sans", "Yu Gothic",
    "Microsoft YaHei", "PingFang SC", "Malgun Gothic", "Arial Unicode MS",
)  # fmt: skip
FAMILY = ["DejaVu Sans", *(name for name in _WIDER if name in set(fontManager.get_font_names()))]


@contextmanager
def fonts() -> Iterator[None]:
    """Use these fonts; a missing glyph is drawn as a box, without a warning."""
    with mpl.rc_context({"font.family": FAMILY}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


# Okabe and Ito (2008), "Color Universal Design"; black is reserved for the final value, and the
# colours with the best contrast on white come first.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
HATCHES = ("", "////", "....", "xxxx")

INK = "#1A1A1A"
QUIET = "#6B6B6B"
BAR = "#9A9A9A"
BEAT = "#DDDDDD"
SOUND = "#8FA3B0"
LOUD = "#4F6675"


def layer_style(index: int) -> tuple[str, str]:
    """Colour and hatch of a layer: after seven layers the colours repeat with hatches."""
    turn, colour = divmod(index, len(OKABE_ITO))
    return OKABE_ITO[colour], HATCHES[turn % len(HATCHES)]

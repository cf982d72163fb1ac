"""Colours that are distinct for all kinds of colour vision."""

from __future__ import annotations

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

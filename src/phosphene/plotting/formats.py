"""The file formats of plots: PNG, SVG, and a page that shows the values under the pointer."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from phosphene.plotting.analysis import draw_song
from phosphene.plotting.data import PlotData
from phosphene.plotting.figure import draw
from phosphene.plotting.sheet import LEFT, RIGHT, WIDTH
from phosphene.plotting.style import fonts, layer_style
from phosphene.score.channels import CHANNELS, Curve
from phosphene.song.song import Song

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def png(drawn: Callable[[], Figure]) -> bytes:
    """Write a PNG, 1600 px wide."""
    return _saved(drawn, "png", Software=None)


def svg(drawn: Callable[[], Figure]) -> bytes:
    """An SVG; the same plot always gives the same file."""
    # XML cannot represent control characters, which a prompt may contain.
    return _CONTROL.sub(b"?", _saved(drawn, "svg", Date=None, Creator=None))


def html(plot: PlotData) -> bytes:
    """A self-contained page that shows the values under the pointer."""
    return page(plot, svg(lambda: draw(plot)).decode()).encode()


def _saved(drawn: Callable[[], Figure], form: str, **metadata: None) -> bytes:
    file = io.BytesIO()
    with fonts(), mpl.rc_context({"svg.hashsalt": "phosphene"}):
        drawn().savefig(file, format=form, metadata=metadata)
    return file.getvalue()


FORMATS: dict[str, Callable[[PlotData], bytes]] = {
    ".png": lambda plot: png(lambda: draw(plot)),
    ".svg": lambda plot: svg(lambda: draw(plot)),
    ".html": html,
}
#: Formats of the plot of a song's analysis, by ending; each takes the Song and a title.
SONG_FORMATS: dict[str, Callable[[Song, str], bytes]] = {
    ".png": lambda song, title: png(lambda: draw_song(song, title)),
    ".svg": lambda song, title: svg(lambda: draw_song(song, title)),
}


def page(plot: PlotData, svg: str) -> str:
    """Build the HTML page.

    Parameters
    ----------
    plot : PlotData
    svg : str
        The same plot, drawn.

    Returns
    -------
    str
        HTML with the drawing, all values of the Score, and the script that shows them.
    """
    template = Template((files("phosphene.plotting") / "page.html").read_text(encoding="utf-8"))
    # "</" inside the data would end the script element.
    data = json.dumps(_data(plot), separators=(",", ":")).replace("</", "<\\/")
    return template.substitute(title=escape(plot.title), svg=svg[svg.index("<svg") :], data=data)


def _data(plot: PlotData) -> dict[str, Any]:
    score = plot.score
    channels = [
        {
            "name": name,
            "unit": CHANNELS[name].unit,
            "values": _short(score.channels[name]),
            "parts": [
                {
                    "use": part.use,
                    "entry": part.entry,
                    "colour": layer_style(part.number)[0],
                    "values": _short(part.above),
                }
                for part in parts
            ],
        }
        for name, parts in plot.parts.items()
    ]
    prompts = [
        {"text": text, "weights": _short(weights)}
        for text, weights in zip(plot.prompts, score.weights.T, strict=True)
        if text
    ]
    return {
        "left": LEFT / WIDTH,
        "right": 1.0 - RIGHT / WIDTH,
        "first": int(score.frames[0]),
        "fps": float(score.fps),
        "beats": _short(plot.song.beats),
        "downbeats": _short(plot.song.downbeats),
        "frames": len(score),
        "channels": channels,
        "prompts": prompts,
    }


def _short(values: Curve) -> list[float]:
    """Values rounded to six digits, to halve the size."""
    return [float(f"{value:.6g}") for value in values.tolist()]

"""The plot as a web page: one file, no network, with the values under the pointer."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from phosphene.plotting import layout
from phosphene.plotting.colours import layer_style
from phosphene.plotting.picture import Picture
from phosphene.score.channels import CHANNELS, Curve


def page(picture: Picture, svg: str) -> str:
    """Build the HTML page.

    Parameters
    ----------
    picture : Picture
    svg : str
        The same plot, drawn.

    Returns
    -------
    str
        HTML with the drawing, all values of the Score, and the script that shows them.
    """
    template = Template((files("phosphene.plotting") / "page.html").read_text(encoding="utf-8"))
    # "</" inside the data would end the script element.
    data = json.dumps(_data(picture), separators=(",", ":")).replace("</", "<\\/")
    return template.substitute(title=escape(picture.title), svg=svg[svg.index("<svg") :], data=data)


def _data(picture: Picture) -> dict[str, Any]:
    score = picture.score
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
        for name, parts in picture.parts.items()
    ]
    prompts = [
        {"text": text, "weights": _short(weights)}
        for text, weights in zip(picture.prompts, score.weights.T, strict=True)
        if text
    ]
    return {
        "left": layout.LEFT / layout.WIDTH,
        "right": 1.0 - layout.RIGHT / layout.WIDTH,
        "first": int(score.frames[0]),
        "fps": float(score.fps),
        "beats": _short(picture.song.beats),
        "downbeats": _short(picture.song.downbeats),
        "frames": len(score),
        "channels": channels,
        "prompts": prompts,
    }


def _short(values: Curve) -> list[float]:
    """Values rounded to six digits, to halve the size."""
    return [float(f"{value:.6g}") for value in values.tolist()]

"""The kinds of file that a plot can be written as, by their ending."""

from __future__ import annotations

import io
from collections.abc import Callable

import matplotlib as mpl

from phosphene.plotting.figure import draw
from phosphene.plotting.page import page
from phosphene.plotting.picture import Picture


def png(picture: Picture) -> bytes:
    """A picture of 1600 px width."""
    file = io.BytesIO()
    draw(picture)[0].savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def svg(picture: Picture) -> bytes:
    """Vectors; the same plot is the same file."""
    file = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "phosphene"}):
        draw(picture)[0].savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def html(picture: Picture) -> bytes:
    """A page that needs no other file, and tells the values under the pointer."""
    return page(picture, draw(picture)[1], svg(picture).decode()).encode()


FORMATS: dict[str, Callable[[Picture], bytes]] = {".png": png, ".svg": svg, ".html": html}

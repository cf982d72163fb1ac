"""The kinds of file that a plot can be written as, by their ending."""

from __future__ import annotations

import io
from collections.abc import Callable

import matplotlib as mpl

from phosphene.plotting.figure import draw
from phosphene.plotting.fonts import fonts
from phosphene.plotting.page import page
from phosphene.plotting.picture import Picture


def png(picture: Picture) -> bytes:
    """A picture of 1600 px width."""
    return _saved(picture, "png", Software=None)


def svg(picture: Picture) -> bytes:
    """Vectors; the same plot is the same file."""
    return _saved(picture, "svg", Date=None, Creator=None)


def html(picture: Picture) -> bytes:
    """A page that needs no other file, and tells the values under the pointer."""
    return page(picture, svg(picture).decode()).encode()


def _saved(picture: Picture, form: str, **metadata: None) -> bytes:
    file = io.BytesIO()
    with fonts(), mpl.rc_context({"svg.hashsalt": "phosphene"}):
        draw(picture).savefig(file, format=form, metadata=metadata)
    return file.getvalue()


FORMATS: dict[str, Callable[[Picture], bytes]] = {".png": png, ".svg": svg, ".html": html}

"""The file formats of plots, by file name ending."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import matplotlib as mpl
from matplotlib.figure import Figure

from phosphene.plotting.figure import draw
from phosphene.plotting.fonts import fonts
from phosphene.plotting.heard import draw_song
from phosphene.plotting.page import page
from phosphene.plotting.picture import Picture
from phosphene.song.song import Song

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def png(drawn: Callable[[], Figure]) -> bytes:
    """A PNG, 1600 px wide."""
    return _saved(drawn, "png", Software=None)


def svg(drawn: Callable[[], Figure]) -> bytes:
    """An SVG; the same plot always gives the same file."""
    # XML has no way to write control characters, which a prompt may hold.
    return _CONTROL.sub(b"?", _saved(drawn, "svg", Date=None, Creator=None))


def html(picture: Picture) -> bytes:
    """A self-contained page that shows the values under the pointer."""
    return page(picture, svg(lambda: draw(picture)).decode()).encode()


def _saved(drawn: Callable[[], Figure], form: str, **metadata: None) -> bytes:
    file = io.BytesIO()
    with fonts(), mpl.rc_context({"svg.hashsalt": "phosphene"}):
        drawn().savefig(file, format=form, metadata=metadata)
    return file.getvalue()


FORMATS: dict[str, Callable[[Picture], bytes]] = {
    ".png": lambda picture: png(lambda: draw(picture)),
    ".svg": lambda picture: svg(lambda: draw(picture)),
    ".html": html,
}
#: Formats of the plot of a song's analysis, by ending; each takes the Song and a title.
SONG_FORMATS: dict[str, Callable[[Song, str], bytes]] = {
    ".png": lambda song, title: png(lambda: draw_song(song, title)),
    ".svg": lambda song, title: svg(lambda: draw_song(song, title)),
}

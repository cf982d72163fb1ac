"""Plots of the motion: the song, the curve of every channel, and each layer's contribution."""

from phosphene.plotting.figure import draw
from phosphene.plotting.formats import FORMATS, SONG_FORMATS
from phosphene.plotting.picture import Picture, picture_of

__all__ = ["FORMATS", "SONG_FORMATS", "Picture", "draw", "picture_of"]

"""Pictures of motion: the song over every channel's curve, and what each layer brought to it."""

from phosphene.plotting.figure import draw
from phosphene.plotting.formats import FORMATS, SONG_FORMATS
from phosphene.plotting.picture import Picture, picture_of

__all__ = ["FORMATS", "SONG_FORMATS", "Picture", "draw", "picture_of"]

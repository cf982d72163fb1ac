"""Plots of the motion: the song, the curve of every channel, and each layer's contribution."""

from phosphene.plotting.data import PlotData, plot_data
from phosphene.plotting.figure import draw
from phosphene.plotting.formats import FORMATS, SONG_FORMATS

__all__ = ["FORMATS", "SONG_FORMATS", "PlotData", "draw", "plot_data"]

"""Plots of the motion: the song, the curve of every channel, and each layer's contribution."""

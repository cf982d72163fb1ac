import numpy as np

from phosphene import Feature, Song, hookimpl


def half(song: Song) -> Feature:
    """Half as loud as can be, a value every 10 ms."""
    return Feature(np.full(round(song.duration * 100) + 1, 0.5), hop=0.01, kind="level")


@hookimpl
def register_features(register):
    register("half", half)

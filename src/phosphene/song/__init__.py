"""Analyses an audio file into a `Song`; independent of projects, frames and diffusion."""

from phosphene.song.song import Feature, Section, Song
from phosphene.song.tempo import TempoMap

__all__ = ["Feature", "Section", "Song", "TempoMap", "listen"]


def __getattr__(name: str) -> object:
    # librosa and SciPy take a second to import, so only `listen` imports them.
    if name == "listen":
        from phosphene.song.listening import listen

        return listen
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

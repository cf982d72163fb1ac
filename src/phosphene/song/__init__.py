"""Listening: an audio file in, a `Song` out. Knows nothing of projects, frames or diffusion."""

from phosphene.song.song import Feature, Section, Song
from phosphene.song.tempo import TempoMap

__all__ = ["Feature", "Section", "Song", "TempoMap", "listen"]


def __getattr__(name: str) -> object:
    # librosa and SciPy take a second to import; only who listens pays for them.
    if name == "listen":
        from phosphene.song.listening import listen

        return listen
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

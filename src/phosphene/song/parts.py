"""The built-in features that are worked out when they are read, registered as plugins do it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial

from phosphene.hookspecs import hookimpl
from phosphene.song.song import Feature, Song

PITCHES = ("c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b")

#: What each feature is, by the room that works it out: one reading gives all of a room.
ROOMS: dict[str, dict[str, str]] = {
    "phosphene.song.ranges": {
        "bass": "how loud it is below 200 Hz",
        "mids": "how loud it is from 200 to 2000 Hz",
        "treble": "how loud it is above 2000 Hz",
        "voice": "how loud it is from 200 to 4000 Hz, where voices and leads are",
        "brightness": "where the middle of the spectrum is: 0 dark, 1 bright, for this song",
        "flux": "how much the spectrum changes",
    },
    "phosphene.song.percussion": {
        "kick": "hits from 30 to 120 Hz",
        "snare": "hits from 150 to 350 and from 1500 to 5000 Hz at once: body and noise",
        "hat": "hits above 6000 Hz; the noise of a snare is among them",
        "percussive": "how loud all that strikes is",
        "harmonic": "how loud all that sounds on is",
    },
    "phosphene.song.loudness": {
        "loudness": "momentary loudness (ITU-R BS.1770): 1 the loudest, 0 at 40 dB below",
    },
    "phosphene.song.chroma": {
        f"chroma_{name}": f"how loud the note {name.upper().replace('S', '#')} is, in all octaves"
        for name in PITCHES
    },
}


def read(song: Song, name: str) -> Feature:
    """One of these features; all of its room are worked out at once, the first time."""
    room = next(room for room, features in ROOMS.items() if name in features)
    # The rooms import librosa or SciPy: not before one of their features is read.
    return song.kept(room, lambda: importlib.import_module(room).features(song))[name]


#: Every one of them by name, as a function of the Song.
FEATURES: dict[str, Callable[[Song], Feature]] = {
    name: partial(read, name=name) for features in ROOMS.values() for name in features
}


@hookimpl
def register_features(register: Callable[[str, Callable[[Song], Feature]], None]) -> None:
    """Register the features of every room."""
    for name, function in FEATURES.items():
        register(name, function)

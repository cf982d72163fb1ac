"""The built-in features that are computed on first use, registered like those of plugins."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial

from phosphene.authoring import hookimpl
from phosphene.song.song import Feature, Song

PITCHES = ("c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b")

#: Descriptions of the features, by the module that computes them together.
MODULES: dict[str, dict[str, str]] = {
    "phosphene.song.features.ranges": {
        "bass": "level below 200 Hz",
        "mids": "level from 200 to 2000 Hz",
        "treble": "level above 2000 Hz",
        "voice": "level from 200 to 4000 Hz, the range of voices and leads",
        "brightness": "spectral centroid: 0 is the song's darkest, 1 its brightest",
        "flux": "change of the spectrum",
    },
    "phosphene.song.features.percussion": {
        "kick": "hits from 30 to 120 Hz",
        "snare": "simultaneous hits at 150 to 350 Hz and 1500 to 5000 Hz: body and noise",
        "hat": "hits above 6000 Hz, including the noise of snares",
        "percussive": "level of the percussive part",
        "harmonic": "level of the harmonic part",
    },
    "phosphene.song.features.loudness": {
        "loudness": "momentary loudness (ITU-R BS.1770): 1 is the loudest, 0 is 40 dB below",
    },
    "phosphene.song.features.chroma": {
        f"chroma_{name}": f"level of the note {name.upper().replace('S', '#')} in all octaves"
        for name in PITCHES
    },
}


def read(song: Song, name: str) -> Feature:
    """A built-in feature; a module computes all of its features together, on first use."""
    module = next(module for module, features in MODULES.items() if name in features)
    # The modules import librosa or SciPy, so import them on first use.
    return song.kept(module, lambda: importlib.import_module(module).features(song))[name]


#: All of them by name, each as a function of the Song.
FEATURES: dict[str, Callable[[Song], Feature]] = {
    name: partial(read, name=name) for features in MODULES.values() for name in features
}


@hookimpl
def register_features(register: Callable[[str, Callable[[Song], Feature]], None]) -> None:
    """Register the features of every module."""
    for name, function in FEATURES.items():
        register(name, function)

"""Stems for Phosphene: loudness of drums, bass, vocals and the rest, separated by demucs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from phosphene import Feature, ProjectError, Song, hookimpl

MODEL = "htdemucs"
#: The features, and demucs's name of each.
STEMS = {f"stem_{name}": name for name in ("drums", "bass", "vocals", "other")}
HOP = 512 / 22050  # seconds, as in Phosphene's own features
_WINDOW = 2048 / 22050  # seconds covered by each value
_ROBUST = 99.5  # percentile that is scaled to 1
_FAINT = 0.02  # a stem that stays below this share of the loudest is not scaled up to 1

Wave = NDArray[np.float32]
#: Takes mono samples and their rate; returns the mono stems by name, and their rate.
Separator = Callable[[Wave, int], tuple[Mapping[str, Wave], int]]


def by_demucs(samples: Wave, rate: int) -> tuple[Mapping[str, Wave], int]:
    """Separate with demucs; its weights are downloaded on first use."""
    import torch
    from demucs.apply import apply_model
    from demucs.audio import convert_audio
    from demucs.pretrained import get_model

    model = get_model(MODEL)
    model.eval()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    sound = torch.from_numpy(np.array(samples, np.float32))[None]
    sound = convert_audio(sound, rate, model.samplerate, model.audio_channels)
    # Demucs expects normalised input; its output is scaled back.
    mean, deviation = sound.mean(), sound.std() + 1e-8
    with torch.no_grad():
        # No random shifts: the same song gives the same stems.
        parts = apply_model(
            model, ((sound - mean) / deviation)[None], device=device, shifts=0, split=True,
            overlap=0.25, progress=True,
        )[0]  # fmt: skip
    parts = (parts * deviation + mean).mean(dim=1).cpu().numpy()
    return dict(zip(model.sources, parts, strict=True)), model.samplerate


def stem(song: Song, name: str, separate: Separator = by_demucs) -> Feature:
    """Loudness of a stem, 0 to 1; the song is separated once and then cached.

    Raises
    ------
    ProjectError
        If demucs is not installed.
    """
    if not song.samples.any():
        hops = 1 + round(len(song.samples) / song.sample_rate / HOP)
        return Feature(np.zeros(hops), HOP, "envelope")
    if separate is by_demucs and find_spec("demucs") is None:
        raise ProjectError(
            f"the feature '{name}' needs demucs, which is not installed",
            'Install it: phosphene plugins install "phosphene-stems[demucs]"',
        )
    about = f"phosphene-stems {version('phosphene-stems')} {MODEL}"
    return song.kept(about, lambda: _levels(song, separate))[name]


def _levels(song: Song, separate: Separator) -> dict[str, Feature]:
    waves, rate = separate(song.samples, song.sample_rate)
    levels = {name: _level(waves[called], rate) for name, called in STEMS.items()}
    full = {name: float(np.percentile(curve, _ROBUST)) for name, curve in levels.items()}
    least = max(_FAINT * max(full.values()), 1e-6)
    return {
        name: Feature(np.minimum(curve / max(full[name], least), 1.0), HOP, "envelope")
        for name, curve in levels.items()
    }


def _level(wave: Wave, rate: int) -> NDArray[np.float64]:
    """Root mean square of the window around each hop, shape (n_hops,)."""
    energy = np.concatenate([[0.0], np.cumsum(np.asarray(wave, np.float64) ** 2)])
    centres = np.rint(np.arange(1 + int(len(wave) / rate / HOP)) * HOP * rate).astype(int)
    half = round(_WINDOW * rate / 2)
    first, last = (np.clip(centres + side, 0, len(wave)) for side in (-half, half))
    return np.sqrt(np.maximum(energy[last] - energy[first], 0.0) / (2 * half))


@hookimpl
def register_features(register: Callable[[str, Callable[[Song], Feature]], None]) -> None:
    for name in STEMS:
        register(name, partial(stem, name=name))

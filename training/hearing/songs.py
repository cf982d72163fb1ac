"""The training set: network inputs and beat labels of the practice songs."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from phosphene.song.beats.network import FPS, bands
from training.hearing.compose import compose
from training.hearing.metre import SIX_EIGHT, THREE_FOUR, Metre
from training.hearing.metronome import metronome
from training.hearing.paths import CACHE
from training.hearing.studio import record, without_beat

CHUNK = 20  # songs per file
NO_MUSIC, METRONOME = 0.08, 0.05
#: Share of songs in 6/8 or 3/4, which are easily confused, in addition to those of any metre.
SIX_QUAVERS = 0.4
#: Seeds from here on are reserved for tests and benchmarks.
HELD_OUT = 1_000_000


def metre_of(seed: int) -> Metre | None:
    """The metre of a song, or None for any."""
    rng = np.random.default_rng([seed, 2])
    return (SIX_EIGHT, THREE_FOUR)[rng.integers(2)] if rng.random() < SIX_QUAVERS else None


def make(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One example: bands (n_frames, BANDS) float16, and beats and downbeats in seconds."""
    rng = np.random.default_rng(seed)
    if np.random.default_rng([seed, 1]).random() < METRONOME:
        sound, beats, downbeats = metronome(rng, 40.0)
    elif rng.random() < NO_MUSIC:
        sound, beats, downbeats = without_beat(rng, 40.0), np.zeros(0), np.zeros(0)
    else:
        piece = compose(rng, metre=metre_of(seed))
        sound, beats, downbeats = record(piece, rng), piece.beats, piece.downbeats
    return np.concatenate(list(bands(sound))).astype(np.float16), beats, downbeats


def targets(n_frames: int, times: np.ndarray) -> np.ndarray:
    """Triangles of height 1 around each time, two frames wide to either side, shape (n_frames,)."""
    target = np.zeros(n_frames, np.float32)
    for shift in range(-2, 3):
        frames = np.rint(times * FPS).astype(int) + shift
        value = np.clip(1 - np.abs(frames - times * FPS) / 2, 0, 1)
        inside = (frames >= 0) & (frames < n_frames)
        np.maximum.at(target, frames[inside], value[inside].astype(np.float32))
    return target


def make_chunk(index: int) -> Path:
    """Make `CHUNK` songs from number `index * CHUNK`, unless the file exists."""
    path = CACHE / f"songs-{index:03d}.npz"
    if path.exists():
        return path
    CACHE.mkdir(parents=True, exist_ok=True)
    views, marks, ends = [], [], [0]
    for seed in range(index * CHUNK, (index + 1) * CHUNK):
        view, beats, downbeats = make(seed)
        views.append(view)
        marks.append(np.stack([targets(len(view), beats), targets(len(view), downbeats)], axis=1))
        ends.append(ends[-1] + len(view))
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        bands=np.concatenate(views),
        marks=np.concatenate(marks).astype(np.float16),
        ends=np.array(ends),
    )
    part.rename(path)
    return path


def make_all(chunks: int, workers: int = 1) -> None:
    """Make the training set in parallel."""
    with ProcessPoolExecutor(workers) as pool:
        for path in pool.map(make_chunk, range(chunks)):
            print(path.name, flush=True)

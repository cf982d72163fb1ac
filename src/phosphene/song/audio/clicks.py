"""Writes the song with clicks on its beats, to check them by ear."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from phosphene.errors import SongError
from phosphene.song.audio.reading import read_audio
from phosphene.song.audio.streams import AudioStream, Unreadable
from phosphene.song.song import Song

FORMATS = {".wav": "WAV", ".flac": "FLAC"}
_SONG, _CLICK = 0.6, 0.35  # limits of the peaks; their sum never clips
_BEAT, _DOWNBEAT = 1000.0, 1500.0  # Hz
_LENGTH, _DECAY = 0.04, 0.008  # seconds

Waves = NDArray[np.float64]


def write_clicks(song: Song, target: Path) -> None:
    """Write the song with a click on every beat, and a higher one on downbeats.

    Keeps the song's rate and channels. Each click begins at the exact sample of its beat. The song
    is attenuated if necessary to avoid clipping.

    Parameters
    ----------
    song : Song
        Analysed from a file.
    target : Path
        .wav or .flac; written atomically.

    Raises
    ------
    SongError
        If the ending is not supported, or the file is the song itself or cannot be written.
    """
    if song.path is None:
        raise SongError("clicks need an audio file; this song was made in memory")
    require_format(target)
    if target.resolve() == song.path.resolve():
        raise SongError(f"{target} is the song itself", "Choose another file for the clicks.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        gain = _SONG / max(read_audio(song.path, _peak, song.track), _SONG)
        with tempfile.TemporaryDirectory(prefix=".phosphene-", dir=target.parent) as folder:
            part = Path(folder, target.name)
            read_audio(
                song.path, lambda stream: _write(stream, song, gain, part, target), song.track
            )
            os.replace(part, target)
    except OSError as error:
        raise SongError(
            f"{target} cannot be written: {error.strerror}", "Choose another file or folder."
        ) from None


def require_format(target: Path) -> None:
    """Refuse unsupported endings.

    Raises
    ------
    SongError
    """
    if target.suffix.lower() not in FORMATS:
        raise SongError(
            f"{target}: the ending '{target.suffix}' is not supported",
            f"Allowed: {', '.join(FORMATS)}.",
        )


def _peak(stream: AudioStream) -> float:
    peaks = (float(np.abs(block).max(initial=0.0)) for block in stream.blocks)
    return max(peaks, default=0.0)


def _write(stream: AudioStream, song: Song, gain: float, part: Path, target: Path) -> None:
    starts = np.rint(song.beats * stream.rate).astype(np.int64)
    bars = np.isin(song.beats, song.downbeats).astype(int)
    sounds = [_click(frequency, stream.rate) for frequency in (_BEAT, _DOWNBEAT)]
    form = FORMATS[target.suffix.lower()]
    with _as_os_errors():
        # As bytes, because soundfile cannot encode a name that is not UTF-8; Windows has none.
        name = str(part) if os.name == "nt" else os.fsencode(part)
        file = soundfile.SoundFile(name, "w", stream.rate, stream.channels, "PCM_16", format=form)
    with file:
        position = 0
        for block in stream.blocks:
            mixed = gain * block.astype(np.float64)
            _mix(mixed, position, starts, bars, sounds)
            with _as_os_errors():
                file.write(mixed)
            position += len(block)
    if not position:
        raise Unreadable("no samples")


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """Wraps write errors, to distinguish them from read errors of the song."""
    try:
        yield
    except soundfile.LibsndfileError as error:
        raise OSError(errno.EIO, str(error)) from None


def _click(frequency: float, rate: int) -> Waves:
    t = np.arange(round(_LENGTH * rate)) / rate
    return _CLICK * np.cos(2 * np.pi * frequency * t) * np.exp(-t / _DECAY)


def _mix(
    block: Waves,
    position: int,
    starts: NDArray[np.int64],
    bars: NDArray[np.intp],
    sounds: list[Waves],
) -> None:
    """Add the clicks of a block; each ends where the next begins."""
    longest = len(sounds[0])
    first = int(np.searchsorted(starts, position - longest, side="right"))
    last = int(np.searchsorted(starts, position + len(block)))
    for k in range(first, last):
        end = starts[k] + longest
        if k + 1 < len(starts):
            end = min(end, starts[k + 1])
        begin, end = max(starts[k], position), min(end, position + len(block))
        if begin < end:
            click = sounds[bars[k]][begin - starts[k] : end - starts[k]]
            block[begin - position : end - position] += click[:, None]

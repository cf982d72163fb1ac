"""Real recordings with drums: the rock songs of Debian's `fretsonfire-songs-sectoid`.

Measures the distance of the clicks of `phosphene listen --clicks` from the attacks of the drums.
(The game's own tempo maps are off by up to 40 ms and cannot serve as annotations.)
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import butter, sosfiltfilt

from phosphene.song.audio.clicks import write_clicks
from phosphene.song.song import Song

FOLDER = Path("/usr/share/games/fretsonfire/data/songs/sectoid")
_STEP = 0.001  # seconds between candidates for an attack
_AROUND = 0.05  # search radius around the click in seconds
_BEFORE_AFTER = 0.008  # seconds compared before and after each candidate
_RISE = np.log(4.0)  # minimum rise of the energy for a drum hit
_DRUMS = ((30.0, 150.0), (2500.0, 9000.0))  # Hz: kick; snare and cymbals
_CLICK = 0.05  # of full scale; the residue of the song is below it


def songs(folder: Path = FOLDER) -> list[Path]:
    """The recordings.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    files = sorted(folder.glob("*/song.ogg"))
    if not files:
        raise FileNotFoundError(
            f"{folder} has no songs: apt-get install fretsonfire-songs-sectoid, or unpack it "
            "with `dpkg -x` and pass the folder"
        )
    return files


def click_offsets(song: Song, folder: Path) -> tuple[np.ndarray, int]:
    """By how many seconds each click is late relative to its drum, and the number of clicks.

    The clicks are found by subtracting the song from the written file.
    """
    assert song.path is not None
    target = folder / "clicks.wav"
    write_clicks(song, target)
    (sound, rate), (clicked, _) = soundfile.read(song.path), soundfile.read(target)
    n = min(len(sound), len(clicked))
    sound, clicked = sound[:n, 0], clicked[:n, 0]
    left = clicked - sound * (clicked @ sound / (sound @ sound))
    clicks = _begins(np.abs(left) > _CLICK, rate)
    bands = [
        sosfiltfilt(butter(2, edges, "bandpass", fs=rate, output="sos"), sound) for edges in _DRUMS
    ]
    late = [_late(click, bands, rate) for click in clicks]
    return np.array([one for one in late if one is not None]), len(clicks)


def _begins(loud: np.ndarray, rate: int) -> np.ndarray:
    """Seconds at which the signal becomes loud after a tenth of a second of silence."""
    at = np.flatnonzero(loud)
    return at[np.diff(at, prepend=-rate) > 0.1 * rate] / rate


def _late(click: float, bands: list[np.ndarray], rate: int) -> float | None:
    """Seconds from the sharpest rise near the click to the click; None without a drum hit."""
    best, place = _RISE, None
    for shift in np.arange(-_AROUND, _AROUND + _STEP / 2, _STEP):
        middle, length = round((click + shift) * rate), round(_BEFORE_AFTER * rate)
        if middle < length:
            continue
        for band in bands:
            before = float(np.mean(band[middle - length : middle] ** 2))
            after = float(np.mean(band[middle : middle + length] ** 2))
            rise = np.log((after + 1e-7) / (before + 1e-7))
            if rise > best:
                best, place = rise, -float(shift)
    return place

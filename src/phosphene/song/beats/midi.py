"""Reads the tempo map, the time signatures and the markers of a MIDI file."""

from pathlib import Path
from typing import Any

import numpy as np

from phosphene.errors import SongError

_MAX_BEATS = 50  # per second
_TEMPO = 500_000  # default microseconds per quarter: 120 BPM


def beats_in_midi(path: Path, duration: float) -> list[tuple[float, int]]:
    """Count the beats of a tempo map from time 0 to the song's end.

    A beat is the note value of the time signature's denominator; in 6/8, 9/8 and 12/8 it is three
    of them. The last tempo and the last signature continue to the end of the song.

    Returns
    -------
    list of (float, int)
        Seconds, and the number in the bar from 1.

    Raises
    ------
    SongError
        If the file is not MIDI, uses SMPTE time instead of beats, or has too many beats.
    """
    file = read_midi(path)
    tempi, signatures = _changes(file)
    seconds = _Clock(tempi, file.ticks_per_beat)
    last = seconds.ticks(duration) + 1.0
    signatures = [change for change in signatures if change[0] < last]
    ends = [begin for begin, _, _ in signatures[1:]] + [last]
    marks = []
    for (begin, numerator, denominator), end in zip(signatures, ends, strict=True):
        step = 4 * file.ticks_per_beat / denominator
        compound = denominator >= 8 and numerator > 3 and numerator % 3 == 0
        per_bar = numerator // 3 if compound else numerator
        beat = 3 * step if compound else step
        if (end - begin) / beat > _MAX_BEATS * duration:
            raise SongError(
                f"{path} has more than {_MAX_BEATS} beats per second: its time signature is "
                f"{numerator}/{denominator}",
                "Export it with the tempo and the time signature of the song.",
            )
        ticks = np.arange(begin, end - 1e-6, beat)
        numbers = 1 + np.arange(len(ticks)) % per_bar
        marks += list(zip(seconds.times(ticks).tolist(), numbers.tolist(), strict=True))
    return marks


def read_midi(path: Path) -> Any:
    """Read a MIDI file with a tempo map.

    Raises
    ------
    SongError
        If the file is not MIDI, or uses SMPTE time instead of beats.
    """
    import mido

    try:
        file = mido.MidiFile(path)
    except Exception as error:  # mido raises many kinds of errors on malformed files
        raise SongError(f"{path} is not a readable MIDI file: {error}") from None
    if file.type == 2 or file.ticks_per_beat <= 0 or file.ticks_per_beat >= 1 << 15:
        raise SongError(
            f"{path} has no tempo map in beats (type {file.type})",
            "Export it as a MIDI file of type 0 or 1 with its tempo.",
        )
    return file


def markers_in_midi(path: Path) -> list[tuple[float, str]]:
    """Seconds and texts of the markers of a MIDI file.

    Raises
    ------
    SongError
        If the file is not MIDI, or uses SMPTE time instead of beats.
    """
    import mido

    file = read_midi(path)
    seconds, tick, found = _Clock(_changes(file)[0], file.ticks_per_beat), 0, []
    for message in mido.merge_tracks(file.tracks):
        tick += message.time
        if message.type in ("marker", "cue_marker"):
            found.append((float(seconds.times(np.array([tick]))[0]), _decoded(message.text)))
    return found


def _decoded(text: str) -> str:
    """A text that mido read as Latin-1, in UTF-8 if it is valid: MIDI files do not say which."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _changes(file: object) -> tuple[list[tuple[int, int]], list[tuple[int, int, int]]]:
    """Changes of tempo (tick, microseconds) and of signature (tick, numerator, denominator)."""
    import mido

    tempi, signatures, tick = {0: _TEMPO}, {0: (4, 4)}, 0
    for message in mido.merge_tracks(file.tracks):  # type: ignore[attr-defined]
        tick += message.time
        if message.type == "set_tempo":
            tempi[tick] = max(message.tempo, 1)
        elif message.type == "time_signature":
            signatures[tick] = (max(message.numerator, 1), message.denominator)
    return sorted(tempi.items()), [(tick, *both) for tick, both in sorted(signatures.items())]


class _Clock:
    """Converts between ticks and seconds with a tempo map."""

    def __init__(self, tempi: list[tuple[int, int]], per_quarter: int) -> None:
        self._ticks = np.array([tick for tick, _ in tempi], dtype=np.float64)
        self._rates = np.array([tempo for _, tempo in tempi]) * 1e-6 / per_quarter
        spans = np.diff(self._ticks) * self._rates[:-1]
        self._seconds = np.concatenate([[0.0], np.cumsum(spans)])

    def times(self, ticks: np.ndarray) -> np.ndarray:
        """Seconds of ticks."""
        k = np.searchsorted(self._ticks, ticks, side="right") - 1
        return self._seconds[k] + (ticks - self._ticks[k]) * self._rates[k]

    def ticks(self, seconds: float) -> float:
        """The tick at a time."""
        k = int(np.searchsorted(self._seconds, seconds, side="right")) - 1
        return float(self._ticks[k] + (seconds - self._seconds[k]) / self._rates[k])

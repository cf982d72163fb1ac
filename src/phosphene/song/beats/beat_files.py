"""Reads beats from a file: text, JAMS or MIDI, by its ending."""

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from phosphene.errors import SongError
from phosphene.song.beats.midi import beats_in_midi
from phosphene.song.beats.pulse import Pulse
from phosphene.song.files import TEXT, require_file
from phosphene.song.jams import observations, short
from phosphene.song.tempo import NOMINAL_METRE

#: A beat: seconds, and its number in the bar from 1, or 0 if unknown.
Mark = tuple[float, int]

#: Minimum seconds between beats: 3,000 BPM.
CLOSEST = 0.02
_NAMESPACES = ("beat", "beat_position")  # of JAMS annotations


def read_beats(path: Path, duration: float) -> Pulse:
    """Read the beats of a song.

    Parameters
    ----------
    path : Path
        .jams or .json (JAMS), .mid or .midi (its tempo map), or text: one line per beat, with its
        time in seconds and optionally its number in the bar.
    duration : float
        Duration of the song in seconds; later beats are dropped.

    Returns
    -------
    Pulse
        With confidence 1. Without numbers in the file, every fourth beat from the first begins a
        bar.

    Raises
    ------
    SongError
        If the file does not exist, cannot be read, or has fewer than two beats of the song.
    """
    require_file(path, "file with beats", TEXT)
    try:
        marks = _READERS.get(path.suffix.lower(), beats_in_text)(path, duration)
    except OSError as error:
        raise SongError(f"{path} cannot be read: {error.strerror}") from None
    marks = [mark for mark in marks if 0.0 <= mark[0] <= duration]
    if len(marks) < 2:
        raise SongError(
            f"{path} has {len(marks)} beats within the song's {duration:.1f} s; at least 2 are "
            "needed",
            "Its times are seconds from the song's start.",
        )
    beats = np.array([time for time, _ in marks])
    close = np.diff(beats) < CLOSEST
    if close.any():
        k = int(np.argmax(close)) + 1
        raise SongError(
            f"{path}: beat {k + 1}, at {beats[k]:g} s, does not come after the previous one, at "
            f"{beats[k - 1]:g} s, or less than {CLOSEST} s after it",
            "Sort the beats by time and remove duplicates.",
        )
    begins = np.flatnonzero([number == 1 for _, number in marks])
    if not len(begins):
        begins = np.arange(0, len(beats), NOMINAL_METRE)
    lengths = np.diff(begins)
    metre = int(np.bincount(lengths).argmax()) if len(lengths) else NOMINAL_METRE
    tempo = float(60.0 / np.median(np.diff(beats)))
    return Pulse(beats, beats[begins], tempo, 1.0, metre)


def beats_in_text(path: Path, duration: float) -> list[tuple[float, int]]:
    """Read one beat per line: seconds, and optionally its number in the bar.

    Columns are separated by tabs, spaces, commas or semicolons; `#` starts a comment. A line may
    also be a label of Audacity or Sonic Visualiser: its time, optionally its end or a value, and
    any text. A text that is an integer is the number in the bar.

    Returns
    -------
    list of (float, int)
        Seconds, and the number in the bar from 1, or 0 if the line has none.

    Raises
    ------
    SongError
        If a line is something else; the message names it.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise SongError(
            f"{path} is not text in UTF-8",
            "Beat files are text, .jams or .mid, by their ending.",
        ) from None
    texts = [line.partition("#")[0] for line in lines]
    rows = [_columns(text) for text in texts]
    if all("\t" in text.strip() for text in texts if text.strip()) and _are_spans(rows):
        rows = [[*row, ""] for row in rows]  # an editor removed the trailing tab
    return [
        _line_mark(row, f"{path}, line {number}", line)
        for number, (row, line) in enumerate(zip(rows, lines, strict=True), start=1)
        if any(row) and row[0] != "\\"  # Audacity: the frequencies of the previous label
    ]


def _columns(line: str) -> list[str]:
    # A trailing tab means a label without text, and text may contain other separators.
    if "\t" in line.strip(" "):
        return [column.strip() for column in line.split("\t", 2)]
    return re.split(r"\s*[,;]\s*|\s+", line.strip(), maxsplit=2)


def _are_spans(rows: list[list[str]]) -> bool:
    """Whether every line has two numbers that are the start and the end of a label."""
    spans = [[_number(column) for column in row] for row in rows if any(row)]
    if not all(len(span) == 2 and span[0] <= span[1] < math.inf for span in spans):
        return False
    points = all(start == end for start, end in spans)
    return points or not all(end.is_integer() for _, end in spans)


def _line_mark(columns: list[str], where: str, line: str) -> tuple[float, int]:
    time, text = _number(columns[0]), columns[-1] if len(columns) > 1 else ""
    number = _number(text)
    counted = number.is_integer() and number >= 0
    several = text.split()[1:] and not any(math.isnan(_number(word)) for word in text.split())
    wrong = several or (len(columns) == 2 and not counted and not math.isnan(number))
    if wrong or not math.isfinite(time):
        raise SongError(
            f"{where}: got {line.strip()[:60]!r}; expected a beat",
            "A line has a time in seconds, and optionally the beat's number in the bar: 12.34 1",
        )
    return time, int(number) if counted else 0


def _number(text: str) -> float:
    """Parse a float; NaN for any other text."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def beats_in_jams(path: Path, duration: float) -> list[tuple[float, int]]:
    """Read the first annotation of the namespace `beat` or `beat_position`.

    Returns
    -------
    list of (float, int)
        Seconds, and the number in the bar from 1, or 0 if unknown.

    Raises
    ------
    SongError
        If the file is not JSON, or the annotation is missing or malformed.
    """
    rows = observations(path, _NAMESPACES, "beats")
    return sorted(_observation_mark(item, path, k) for k, item in enumerate(rows))


def _observation_mark(item: Any, path: Path, number: int) -> tuple[float, int]:
    try:
        value = item.get("value")
        if isinstance(value, dict):
            value = value.get("position")
        return float(item["time"]), int(float(value or 0))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise SongError(
            f"{path}: observation {number} of the beats is {short(item)}; expected a time and a "
            "value"
        ) from None


_READERS: dict[str, Callable[[Path, float], Sequence[Mark]]] = {
    ".mid": beats_in_midi,
    ".midi": beats_in_midi,
    ".jams": beats_in_jams,
    ".json": beats_in_jams,
}

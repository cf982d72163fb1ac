"""Reads lyrics: LRC and SubRip (.srt) files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from phosphene.errors import SongError
from phosphene.song.files import TEXT, require_file

MAX_LINES = 10_000

_STAMP = r"\[(\d{1,4}):(\d{1,2}(?:[.:]\d{1,3})?)\]"
_STAMPS = re.compile(rf"(?:\s*{_STAMP})+")
_TAG = re.compile(r"\s*\[([A-Za-z#]\w*)\s*:(.*)\]\s*")  # of the file: [ar:Artist]
_WORD_TIME = re.compile(r"<\d+:\d+(?:[.:]\d+)?>\s*")
_CLOCK = r"(\d{1,3}):([0-5]?\d):([0-5]?\d)[,.](\d{1,3})"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_STYLE = re.compile(r"</?[A-Za-z][^<>]*>|\{\\[^{}]*\}")  # <i>, {\an8}


class Line(NamedTuple):
    """A line of lyrics: start and end in seconds, and its text, which may have line breaks."""

    start: float
    end: float
    text: str


def read_lyrics(path: Path, duration: float) -> list[Line]:
    """Read the lyrics of a song, in order.

    Parameters
    ----------
    path : Path
        A .lrc or .srt file. A line of LRC ends where the next one begins, at the latest at the
        song's end; one without text is a pause.
    duration : float
        Duration of the song in seconds; later lines are dropped.

    Raises
    ------
    SongError
        If the file does not exist, is neither, is malformed, or has no line within the song.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SongError(f"{path}: lyrics are .lrc or .srt files, by their ending")
    require_file(path, "file with lyrics", TEXT)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SongError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SongError(f"{path} is not text in UTF-8", "Save it as UTF-8.") from None
    found = sorted(reader(path, text.split("\n"), duration), key=lambda line: line.start)
    lines = [
        Line(line.start, min(line.end, duration), line.text)
        for line in found
        if line.text and line.start < duration
    ]
    if not lines:
        raise SongError(
            f"{path} has no line of lyrics within the song's {duration:.1f} s",
            "A line of LRC is `[01:02.50] text`; an SRT file has `00:01:02,500 --> 00:01:05,000`.",
        )
    if len(lines) > MAX_LINES:
        raise SongError(f"{path} has {len(lines)} lines; at most {MAX_LINES} are allowed")
    return lines


def _in_lrc(path: Path, lines: Sequence[str], duration: float) -> list[Line]:
    timed: list[tuple[float, str]] = []
    shift = 0.0
    for number, line in enumerate(lines, start=1):
        stamps, tag = _STAMPS.match(line), _TAG.fullmatch(line)
        if stamps:
            text = _WORD_TIME.sub("", line[stamps.end() :]).strip()
            for minutes, seconds in re.findall(_STAMP, stamps[0]):
                timed.append((60 * int(minutes) + float(seconds.replace(":", ".")), text))
        elif tag and tag[1].lower() == "offset":
            if not re.fullmatch(r"\s*[+-]?\d{1,7}\s*", tag[2]):
                raise _line_error(path, number, line, "[offset: milliseconds]")
            shift = int(tag[2]) / 1000.0  # positive is earlier
        elif line.strip() and not tag:
            raise _line_error(path, number, line, "`[01:02.50] text`")
    # Several texts at one time, as in translations, are shown together.
    merged: dict[float, list[str]] = {}
    for time, text in sorted(timed, key=lambda line: line[0]):
        merged.setdefault(time - shift, []).append(text)
    starts = [*merged, max(duration, *merged)] if merged else []
    return [
        Line(max(0.0, start), end, "\n".join(filter(None, merged[start])))
        for start, end in pairwise(starts)
        if end > 0.0  # an offset may move lines before the song
    ]


def _in_srt(path: Path, lines: Sequence[str], duration: float) -> list[Line]:
    found: list[Line] = []
    block: list[tuple[int, str]] = []
    for number, line in [*enumerate(lines, start=1), (len(lines) + 1, "")]:
        if line.strip():
            block.append((number, line.strip()))
        elif block:
            found.append(_in_block(path, block))
            block = []
    return found


def _in_block(path: Path, block: Sequence[tuple[int, str]]) -> Line:
    numbered = len(block) > 1 and block[0][1].isdecimal() and "-->" in block[1][1]
    (number, first), *rest = block[1:] if numbered else block
    timing = _TIMING.fullmatch(first)
    if timing is None:
        raise _line_error(path, number, first, "`00:01:02,500 --> 00:01:05,000`")
    start, end = (_seconds(*timing.groups()[k : k + 4]) for k in (0, 4))
    if end < start:
        raise _line_error(path, number, first, "an end that is not before the start")
    return Line(start, end, _STYLE.sub("", "\n".join(text for _, text in rest)).strip())


def _seconds(hours: str, minutes: str, seconds: str, fraction: str) -> float:
    return 3600 * int(hours) + 60 * int(minutes) + float(f"{seconds}.{fraction.zfill(3)}")


def _line_error(path: Path, number: int, line: str, expected: str) -> SongError:
    return SongError(f"{path}, line {number}: got {line.strip()[:60]!r}; expected {expected}")


_READERS: dict[str, Callable[[Path, Sequence[str], float], list[Line]]] = {
    ".lrc": _in_lrc,
    ".srt": _in_srt,
}

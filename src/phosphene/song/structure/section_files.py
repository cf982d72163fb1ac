"""Reads sections from a file: text, labels, LRC, JAMS or MIDI markers, by its ending."""

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from phosphene.errors import SongError
from phosphene.song.beats.midi import markers_in_midi
from phosphene.song.files import TEXT, require_file
from phosphene.song.jams import observations, short
from phosphene.song.structure.names import Mark, role_of

_NAMESPACES = (
    "segment_open", "segment_salami_function", "segment_salami_upper", "segment_tut",
    "segment_salami_lower",
)  # fmt: skip
_LYRIC = re.compile(r"\[(\d+):(\d+(?:[.:]\d+)?)\]")


def read_sections(path: Path, duration: float) -> list[Mark]:
    """Read the sections of a song, in order.

    Parameters
    ----------
    path : Path
        .jams or .json (JAMS), .mid or .midi (its markers), .lrc (lines that name a section), .csv
        (markers with a header), or text: a time and a name per line, or labels of Audacity.
    duration : float
        Duration of the song in seconds; later sections are dropped.

    Raises
    ------
    SongError
        If the file does not exist, cannot be read, or has no section of the song.
    """
    require_file(path, "file with sections", TEXT)
    try:
        marks = _READERS.get(path.suffix.lower(), sections_in_text)(path)
    except OSError as error:
        raise SongError(f"{path} cannot be read: {error.strerror}") from None
    marks = sorted((mark for mark in marks if 0.0 <= mark[0] < duration), key=lambda m: m[0])
    if not marks:
        raise SongError(
            f"{path} has no section within the song's {duration:.1f} s",
            "A line has a time in seconds or minutes, and a name: 1:02.5 chorus",
        )
    return marks


def sections_in_text(path: Path) -> list[Mark]:
    """Read lines with a time, optionally an end, and a name, or the rows of a table of markers.

    Times are in seconds or ``minutes:seconds``; columns are separated by tabs, commas, semicolons
    or spaces. `#` starts a comment. A first line with the columns ``Name`` and ``Start`` is a
    header, as in the tables of markers of Reaper and Audition.

    Raises
    ------
    SongError
        If a line is something else; the message names it.
    """
    lines = [
        (f"{path}, line {number}", line)
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if line.strip() and not line.startswith("\\")  # Audacity: frequencies of a label
    ]
    if lines and {"name", "start"} <= set(_cells(lines[0][1].lower())):
        return _in_table(lines)
    rows = [(where, line.partition("#")[0].strip(), line) for where, line in lines]
    return [_in_line(text, where, line) for where, text, line in rows if text]


def _in_line(text: str, where: str, line: str) -> Mark:
    first, _, rest = re.sub(r"\s*[\t,;]\s*|\s+", "\t", text, count=1).partition("\t")
    start = _seconds(first)
    second, _, name = re.sub(r"\s*[\t,;]\s*|\s+", "\t", rest, count=1).partition("\t")
    end = _seconds(second)
    if math.isnan(start) or not rest.strip():
        raise _line_error(where, line)
    if math.isnan(end) or not name.strip():
        return start, None, rest.strip()
    if end < start:
        raise _line_error(where, line)
    return start, end if end > start else None, name.strip()


def _in_table(lines: Sequence[tuple[str, str]]) -> list[Mark]:
    header = _cells(lines[0][1].lower())
    name, start = header.index("name"), header.index("start")
    found = list[Mark]()
    for where, line in lines[1:]:
        cells = _cells(line)
        if len(cells) <= max(name, start) or math.isnan(_seconds(cells[start])):
            raise _line_error(where, line)
        found.append((_seconds(cells[start]), None, cells[name]))
    return found


def sections_in_lrc(path: Path) -> list[Mark]:
    """Read the lines of an LRC file whose text is a name in brackets, or the name of a role.

    Lines with lyrics are ignored, and ``[offset:MS]`` is applied.
    """
    found, text = list[Mark](), _text(path)
    offset = re.search(r"(?i)\[offset\s*:\s*([+-]?\d{1,7})\s*\]", text)
    shift = float(offset[1]) / 1000 if offset else 0.0
    for line in text.splitlines():
        name = _LYRIC.sub("", line).strip()
        inner = re.fullmatch(r"[\[(](.+)[\])]", name)
        if inner or role_of(name):
            for minutes, seconds in _LYRIC.findall(line):
                time = 60 * float(minutes) + float(seconds.replace(":", "."))
                found.append((max(time - shift, 0.0), None, inner[1] if inner else name))
    return found


def sections_in_jams(path: Path) -> list[Mark]:
    """Read the first annotation of segments.

    Raises
    ------
    SongError
        If the file is not JSON, or the annotation is missing or malformed.
    """
    found = list[Mark]()
    for number, item in enumerate(observations(path, _NAMESPACES, "sections")):
        try:
            start, length = float(item["time"]), float(item.get("duration") or 0.0)
            found.append((start, start + length if length > 0 else None, str(item["value"])))
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise SongError(
                f"{path}: observation {number} of the sections is {short(item)}; expected a time, "
                "a duration and a value"
            ) from None
    return found


def _in_midi(path: Path) -> list[Mark]:
    return [(time, None, name) for time, name in markers_in_midi(path)]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SongError(
            f"{path} is not text in UTF-8",
            "Files with sections are text, .lrc, .csv, .jams or .mid, by their ending.",
        ) from None


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in re.split(r"[\t,;]", line)]


def _seconds(text: str) -> float:
    """Parse seconds, or minutes and seconds, or hours too; NaN for any other text."""
    if not re.fullmatch(r"(?:\d{1,3}:){0,2}\d{1,9}(?:\.\d*)?", text):
        return math.nan
    total = 0.0
    for part in text.split(":"):
        total = 60 * total + float(part)
    return total


def _line_error(where: str, line: str) -> SongError:
    return SongError(
        f"{where}: got {line.strip()[:60]!r}; expected a section",
        "A line has a time in seconds or minutes, and a name: 1:02.5 chorus",
    )


_READERS: dict[str, Callable[[Path], list[Mark]]] = {
    ".mid": _in_midi,
    ".midi": _in_midi,
    ".jams": sections_in_jams,
    ".json": sections_in_jams,
    ".lrc": sections_in_lrc,
}

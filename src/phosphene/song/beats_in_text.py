"""Beats in a text file: the `.beats` files of the trackers, and labels of audio editors."""

import math
import re
from pathlib import Path

from phosphene.errors import SongError


def beats_in_text(path: Path, duration: float) -> list[tuple[float, int]]:
    """Read one beat a line: seconds, and perhaps its number in the bar.

    Columns are parted by spaces, tabs, commas or semicolons; what follows a `#` is left out. Of
    three columns the first two are the beginning and the end of a label, as Audacity writes them.

    Returns
    -------
    list of (float, int)
        Seconds, and the number in the bar from 1; 0 where the line has none.

    Raises
    ------
    SongError
        If a line is something else; it is named.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise SongError(
            f"{path} is no text",
            "Beats come as text, .jams or .mid; the ending of the file says which.",
        ) from None
    marks = []
    for number, line in enumerate(lines, start=1):
        columns = re.split(r"[\s,;]+", line.partition("#")[0].strip())
        if columns != [""]:
            marks.append(_mark(columns, f"{path}, line {number}", line))
    return marks


def _mark(columns: list[str], where: str, line: str) -> tuple[float, int]:
    try:
        time = float(columns[0])
        label = float(columns[-1]) if len(columns) > 1 else 0.0
    except ValueError:
        time = label = math.nan
    if len(columns) > 3 or not math.isfinite(time) or not label.is_integer() or label < 0:
        raise SongError(
            f"{where}: got {line.strip()[:60]!r}; expected a beat",
            "A line is a time in seconds, and perhaps the beat's number in the bar: 12.34 1",
        )
    return time, int(label)

"""Reads beats from text: the `.beats` files of trackers, and the labels of audio editors."""

import math
import re
from pathlib import Path

from phosphene.errors import SongError


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
        _mark(row, f"{path}, line {number}", line)
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


def _mark(columns: list[str], where: str, line: str) -> tuple[float, int]:
    time, said = _number(columns[0]), columns[-1] if len(columns) > 1 else ""
    number = _number(said)
    counted = number.is_integer() and number >= 0
    several = said.split()[1:] and not any(math.isnan(_number(word)) for word in said.split())
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

"""The `[[motion]]`, `[[scene]]` and `[depth]` blocks of a project file, with the comments above."""

from __future__ import annotations

import re
import tomllib

_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\[\]#]+?)\s*\]\]?\s*(#.*)?$")


def added(text: str, block: str, table: str, place: int | None = None) -> str:
    """Add a block before another one, or after the last, or at the end of the file."""
    lines = _lines(text)
    spans = _spans(text, table)
    if not spans:
        return f"{text.rstrip()}\n\n{block}" if text.strip() else block
    if place is not None and place < len(spans):
        first = spans[place][0]
        close = len(spans) > 1 and not _blank(lines, *spans[max(0, place - 1)])
        return "".join(lines[:first]) + block + ("" if close else "\n") + "".join(lines[first:])
    close = len(spans) > 1 and not _blank(lines, *spans[-2])
    end = spans[-1][1]
    before, after = "".join(lines[:end]).rstrip(), "".join(lines[end:])
    gap = "\n" if close else "\n\n"
    return f"{before}{gap}{block}" + (f"\n{after}" if after.strip() else "")


def removed(text: str, table: str, index: int) -> str:
    """Remove a block and the comments directly above it."""
    lines = _lines(text)
    spans = _spans(text, table)
    first, last = _span(spans, table, index)
    before, after = "".join(lines[:first]), "".join(lines[last:])
    if not after.strip():
        return before.rstrip() + "\n"
    # The empty lines below the last of several blocks separate them from what follows.
    ends = index > 0 and index == len(spans) - 1 and not _blank(lines, *spans[index - 1])
    return before + ("\n" if ends and _blank(lines, first, last) else "") + after


def moved(text: str, table: str, index: int, to: int) -> str:
    """Move a block to the place of another one."""
    spans, lines = _spans(text, table), _lines(text)
    _span(spans, table, index), _span(spans, table, to)
    order = list(range(len(spans)))
    order.insert(to, order.pop(index))
    contents = ["".join(lines[first:last]).rstrip("\n") + "\n" for first, last in spans]
    result, end = "", 0
    for (first, last), k in zip(spans, order, strict=True):
        gap = "".join(lines[end:first])
        result, end = result + gap + contents[k] + _blank(lines, first, last), last
    return result + "".join(lines[end:])


def _lines(text: str) -> list[str]:
    """The lines of TOML; str.splitlines also ends them at signs such as U+2028."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _blank(lines: list[str], first: int, last: int) -> str:
    """The empty lines after a block, which stay in place."""
    text = "".join(lines[first:last])
    return text[len(text.rstrip("\n")) + 1 :]


def _span(spans: list[tuple[int, int]], table: str, index: int) -> tuple[int, int]:
    if not 0 <= index < len(spans):
        raise IndexError(f"there is no {table}[{index}]; the project has {len(spans)}")
    return spans[index]


def _spans(text: str, table: str) -> list[tuple[int, int]]:
    """First line and end of each block.

    Raises
    ------
    ValueError
        If they are not written as tables of that name in brackets.
    """
    lines = _lines(text)
    inside = _in_texts(text)
    given = tomllib.loads(text).get(table, [])
    brackets = (r"\[", r"\]") if isinstance(given, dict) else (r"\[\[", r"\]\]")
    block = re.compile(rf"\s*{brackets[0]}\s*{re.escape(table)}\s*{brackets[1]}\s*(#.*)?$")
    headers = [k for k, line in enumerate(lines) if k not in inside and _HEADER.match(line)]
    begun = [k for k in headers if block.match(lines[k])]
    if len(begun) != (1 if isinstance(given, dict) else len(given)):
        raise ValueError(f"they are not written as tables of [[{table}]]")
    spans = []
    for first in begun:
        after = (k for k in headers if k > first and not _is_part(lines[k], table))
        end = _above(lines, next(after, len(lines)))
        spans.append((_above(lines, first), end))
    return spans


def _is_part(line: str, table: str) -> bool:
    found = _HEADER.match(line)
    return found is not None and found["name"].startswith(f"{table}.")


def _above(lines: list[str], header: int) -> int:
    """The first of the comment lines directly above a header."""
    while 0 < header < len(lines) and lines[header - 1].lstrip().startswith("#"):
        header -= 1
    return header


def _in_texts(text: str) -> set[int]:
    """Lines that begin inside a multi-line string or list."""
    within, line, depth = set[int](), 0, 0
    for token in re.finditer(
        r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\[^\n]|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*'
        r"|^\s*\[\[?[^\[\]#\n,]+\]\]?\s*(?=#|$)|[\[\]\n]",
        text,
        re.DOTALL | re.MULTILINE,
    ):
        found, lines = token[0], token[0].count("\n")
        if found == "[":
            depth += 1
        elif found == "]":
            depth = max(0, depth - 1)
        elif lines and found != "\n":
            begun = len(found) - len(found.lstrip()) if not found.startswith(('"', "'")) else 0
            if not begun:
                within |= set(range(line + 1, line + 1 + lines))
        line += lines
        if found == "\n" and depth:
            within.add(line)
    return within

"""The `[[motion]]` blocks of a project file as text: each with the comments above it."""

from __future__ import annotations

import re
import tomllib

_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\[\]#]+?)\s*\]\]?\s*(#.*)?$")
_LAYER = re.compile(r"\s*\[\[\s*motion\s*\]\]\s*(#.*)?$")


def added(text: str, block: str) -> str:
    """Add a block after the last one, or at the end of the file."""
    lines = text.splitlines(keepends=True)
    spans = _spans(text)
    if not spans:
        return f"{text.rstrip()}\n\n{block}" if text.strip() else block
    end = spans[-1][1]
    before, after = "".join(lines[:end]).rstrip(), "".join(lines[end:])
    return f"{before}\n\n{block}" + (f"\n{after}" if after.strip() else "")


def removed(text: str, index: int) -> str:
    """Remove a block and the comments directly above it."""
    lines = text.splitlines(keepends=True)
    first, last = _span(text, index)
    before, after = "".join(lines[:first]), "".join(lines[last:])
    return before + after if after.strip() else before.rstrip() + "\n"


def moved(text: str, index: int, to: int) -> str:
    """Move a block to the place of another one."""
    spans, lines = _spans(text), text.splitlines(keepends=True)
    _span(text, index), _span(text, to)
    order = list(range(len(spans)))
    order.insert(to, order.pop(index))
    contents = ["".join(lines[first:last]).rstrip("\n") + "\n" for first, last in spans]
    whole, end = "", 0
    for (first, last), k in zip(spans, order, strict=True):
        gap = "".join(lines[end:first])
        whole, end = whole + gap + contents[k] + _blank(lines, first, last), last
    return whole + "".join(lines[end:])


def _blank(lines: list[str], first: int, last: int) -> str:
    """The empty lines at the end of a block's place, which stay there."""
    text = "".join(lines[first:last])
    return text[len(text.rstrip("\n")) + 1 :]


def _span(text: str, index: int) -> tuple[int, int]:
    spans = _spans(text)
    if not 0 <= index < len(spans):
        raise IndexError(f"there is no layer {index}; the project has {len(spans)}")
    return spans[index]


def _spans(text: str) -> list[tuple[int, int]]:
    """First line and end of each block.

    Raises
    ------
    ValueError
        If the layers are not written as `[[motion]]` tables.
    """
    lines = text.splitlines()
    inside = _in_texts(text)
    headers = [k for k, line in enumerate(lines) if k not in inside and _HEADER.match(line)]
    layers = [k for k in headers if _LAYER.match(lines[k])]
    if len(layers) != len(tomllib.loads(text).get("motion", [])):
        raise ValueError("the layers are not written as [[motion]] tables")
    spans = []
    for layer in layers:
        after = (k for k in headers if k > layer and not _is_part(lines[k]))
        end = _above(lines, next(after, len(lines)))
        spans.append((_above(lines, layer), end))
    return spans


def _is_part(line: str) -> bool:
    found = _HEADER.match(line)
    return found is not None and found["name"].startswith("motion.")


def _above(lines: list[str], header: int) -> int:
    """The first of the comment lines directly above a header."""
    while 0 < header < len(lines) and lines[header - 1].lstrip().startswith("#"):
        header -= 1
    return header


def _in_texts(text: str) -> set[int]:
    """Lines that begin inside of a text of several lines, or of a list."""
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

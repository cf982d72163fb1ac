"""Writing a project file: positions, values and tables as TOML, with comments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from phosphene.song.song import Song

WIDTH = 100  # columns that comments are aligned and wrapped to
NEAR = 0.02  # seconds between a position and its bar line
EXACT = 1e-3  # seconds between a position and its section


def position(song: Song, seconds: float) -> str:
    """A position of a project file: a section, or else a bar, or else seconds."""
    for section in song.sections:
        if section.role and abs(section.start - seconds) < EXACT:
            same = song.sections_named(section.role)
            number = f" {same.index(section) + 1}" if len(same) > 1 else ""
            return f"{section.role}{number}"
    if seconds <= 0.0:
        return "0"
    bars = song.tempo_map
    bar = round(float(bars.time_bar(seconds)))
    if bar >= 1 and abs(float(bars.bar_time(float(bar))) - seconds) < NEAR:
        return f"bar {bar}"
    return f"{min(seconds, song.duration):.3f}s"


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def value(given: Any) -> str:
    """A value in TOML, on one line."""
    if isinstance(given, Mapping):
        inside = ", ".join(f"{_key(str(name))} = {value(part)}" for name, part in given.items())
        return f"{{ {inside} }}"
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(value(part) for part in given)}]"
    if isinstance(given, float):
        return f"{given:.4g}" if "." in f"{given:.4g}" else f"{given:.1f}"
    # JSON escapes what TOML does, but for one character.
    return json.dumps(given, ensure_ascii=False).replace("\x7f", "\\u007f")


def table(name: str, entries: Mapping[str, Any], comment: str = "") -> list[str]:
    """The lines of a table, with a comment beside its name."""
    lines = [f"{_key(key)} = {value(given)}" for key, given in entries.items()]
    return [f"{name}  # {comment}" if comment else name, *lines]


def entries(rows: Iterable[tuple[str, Any, str]]) -> list[str]:
    """Lines of keys, values and comments, with the comments in one column if they fit."""
    pairs = [(f"{_key(key)} = {value(given)}", comment) for key, given, comment in rows]
    column = max((len(text) for text, _ in pairs if len(text) < WIDTH), default=0)
    return [f"{text:<{column}}  # {comment}" if comment else text for text, comment in pairs]


def _key(name: str) -> str:
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() and not name[0].isdigit() else value(name)


def wrapped(comment: str) -> list[str]:
    """The lines of a comment."""
    lines: list[str] = []
    for word in comment.split():
        if lines and len(lines[-1]) + len(word) < WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"# {word}")
    return lines

"""Limits on everything that a user can write, checked before any other work."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from phosphene.errors import ProjectError

SLOWEST, FASTEST = Fraction(1, 10), Fraction(240)  # frames per second
FRAMES = 1_000_000  # of a video: nine hours at 30 fps
VALUES = 20_000_000  # of one array: 160 MB
MOMENT = 1e9  # of a position or a span, in its own unit
NUMBER = 2.0**63  # of any number; seeds are the largest that are used
BYTES = 4 << 20  # of a project file
KEY = 200  # characters of a key
TEXT = 20_000  # characters of a text
DEPTH = 32  # tables, arrays and dotted keys inside each other
LAYERS = 1000
NAME = 255  # bytes of a file's name, as file systems have it

# What determines the depth of a TOML document; strings and comments are skipped.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})|'
    r"'''.*?'''(?:'{0,2})|"
    r'"(?:\\[^\n]|[^"\\\n])*"|'
    r"'[^'\n]*'|#[^\n]*|[\[\]{}.,=\n]",
    re.DOTALL,
)


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If it is not valid TOML, or is too large or too deeply nested to parse quickly.
    """
    if len(text) > BYTES:
        raise ValueError(f"it has {len(text):,} characters; at most {BYTES:,} are allowed")
    depth = dots = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "[{":
            depth += 1
        elif token in "]}":
            depth = max(0, depth - 1)
        dots = dots + 1 if token == "." else dots * (token not in "=,\n")
        if max(depth, dots) > DEPTH:
            line = text.count("\n", 0, match.start()) + 1
            raise ValueError(f"line {line} is nested more than {DEPTH} deep")
    return tomllib.loads(text)


def limit_problems(data: Any) -> Iterator[str]:
    """Every entry of a project that exceeds a limit, as a sentence that names it.

    Parameters
    ----------
    data : dict
        As parsed from TOML, nested to any depth.
    """
    todo: list[tuple[str, Any, int]] = [("", data, 0)]
    while todo:
        where, value, depth = todo.pop()
        if depth > DEPTH:
            yield f"{shortened(where)}: nested more than {DEPTH} deep"
        elif isinstance(value, dict):
            for key, child in value.items():
                if (length := len(str(key))) > KEY:
                    place = entry(where, shortened(str(key)))
                    yield f"{place}: a key of {length} characters; at most {KEY} are allowed"
                else:
                    todo.append((entry(where, str(key)), child, depth + 1))
        elif isinstance(value, (list, tuple)):
            todo += [(f"{where}[{k}]", child, depth + 1) for k, child in enumerate(value)]
        elif isinstance(value, str) and len(value) > TEXT:
            yield f"{where}: a text of {len(value)} characters; at most {TEXT} are allowed"
        elif isinstance(value, (int, float)) and not abs(value) <= NUMBER:
            yield (
                f"{where}: got {_number(value)}: expected a finite number, at most {NUMBER:.1g} "
                "above or below 0"
            )


def entry(where: str, key: str) -> str:
    """The name of an entry within another, as errors show it: `prompts.at."bar 9"`."""
    plain = key.replace("_", "a").isalnum() and not key[0].isdigit()
    return f"{where}.{key}".removeprefix(".") if plain else f'{where}."{key}"'.removeprefix(".")


def shortened(text: str, most: int = 60) -> str:
    """The text, cut to fit into a message."""
    return text if len(text) <= most else text[: most - 3] + "..."


def _number(value: float) -> str:
    if isinstance(value, int):  # Python refuses to convert the longest ones to text
        return f"a whole number of {int(value.bit_length() * math.log10(2)) + 1} digits"
    return str(value)


def require_affordable(count: float, what: str, fix: str, most: float = VALUES) -> None:
    """Raise an error before allocating an array that is too large.

    Parameters
    ----------
    count : float
        Number of values.
    what : str
        Noun for the values, in the plural: `frames`.
    fix : str
        What the user can do.
    most : float

    Raises
    ------
    ProjectError
    """
    if not count <= most:
        raise ProjectError(f"this needs {count:,.0f} {what}; at most {most:,.0f} are allowed", fix)


def file_name(given: Any) -> Any:
    """Check a file name; the file need not exist.

    Raises
    ------
    ValueError
        If this is not a possible file name.
    """
    if not isinstance(given, (str, Path)):
        raise ValueError("expected a name")
    if not str(given).strip():
        raise ValueError("expected a name, not an empty text")
    if "\0" in str(given):
        raise ValueError("a name cannot contain a NUL character")
    parts = [part.encode(errors="surrogateescape") for part in Path(given).parts]
    if max(map(len, parts), default=0) > NAME or len(str(given)) > 4000:
        raise ValueError(f"a name has at most {NAME} bytes")
    return given


FileName = Annotated[Path, BeforeValidator(file_name)]
"""The type of an entry that names a file."""

"""Emphasis in prompts: `(word:1.3)`, `(word)` and `[word]`, as in the web UI of AUTOMATIC1111."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

ROUND = 1.1  # of each pair of round brackets; square ones divide by it
HIGHEST = 10.0  # weight; a picture is ruined far below

# An escaped character, a bracket, a weight with its closing bracket, or text.
_TOKEN = re.compile(
    r"\\[()\[\]\\]|:\s*(\d{1,4}(?:\.\d{0,9})?|\.\d{1,9})\s*\)|[()\[\]]|[^\\()\[\]:]+|.", re.S
)
_ESCAPED = re.compile(r"[()\[\]\\]")


class Part(NamedTuple):
    """A part of a prompt, without marks, and the weight of its words; 1 is neutral."""

    text: str
    weight: float


@cache
def parts_of(prompt: str) -> tuple[Part, ...]:
    r"""The parts of a prompt, in order; each prompt is parsed once.

    ``(word)`` multiplies the weight of its words by 1.1, ``[word]`` divides it by 1.1, and
    ``(word:1.3)`` multiplies it by a number from 0 to 10. Brackets may be nested, one that is not
    closed extends to the end, and a backslash makes a bracket part of the text: ``\(``.

    Parameters
    ----------
    prompt : str

    Returns
    -------
    tuple of Part
        Neighbours have different weights. Empty for an empty prompt.
    """
    found: list[tuple[str, float]] = []
    opened: list[tuple[str, int]] = []  # brackets, and the parts before each

    def close(bracket: str, factor: float) -> bool:
        if not opened or opened[-1][0] != bracket:
            return False
        _, begin = opened.pop()
        found[begin:] = [(text, weight * factor) for text, weight in found[begin:]]
        return True

    for match in _TOKEN.finditer(prompt):
        token, number = match[0], match[1]
        if token in ("(", "["):
            opened.append((token, len(found)))
        elif number is not None:
            if not close("(", min(float(number), HIGHEST)):
                found.append((token, 1.0))
        elif (token == ")" and close("(", ROUND)) or (token == "]" and close("[", 1.0 / ROUND)):
            pass
        else:
            found.append((token[1:] if len(token) == 2 and token[0] == "\\" else token, 1.0))
    while opened:
        close(opened[-1][0], ROUND if opened[-1][0] == "(" else 1.0 / ROUND)
    return _joined(Part(text, round(weight, 6)) for text, weight in found)


def plain(prompt: str) -> str:
    """A prompt without its marks."""
    return "".join(part.text for part in parts_of(prompt))


def marked(parts: Iterable[Part]) -> str:
    """The inverse of `parts_of`; commas are outside of brackets."""
    return "".join(
        piece if part.weight == 1.0 or not piece.strip(" ,") else f"({piece}:{part.weight:g})"
        for part in parts
        for piece in re.split(r"(\s*,\s*)", _ESCAPED.sub(r"\\\g<0>", part.text))
    )


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].weight == part.weight:
            joined[-1] = Part(joined[-1].text + part.text, part.weight)
        else:
            joined.append(part)
    return tuple(joined)

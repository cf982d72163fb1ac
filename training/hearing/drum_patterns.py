"""Patterns of kick, snare and cymbals, a bar each, to be combined freely."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from training.hearing.metre import Metre

# Chance and pattern; four steps a beat. A capital X is an accent, o a ghost note.
FOUR = {
    "kick": (
        (4, "X.......X......."),
        (3, "X...X...X...X..."),
        (2, "X.......X.x....."),
        (2, "X..x....X......."),
        (2, "X.....x.X......."),
        (1, "X......xX......."),
        (1, "X..x..x.X......."),
        (2, "X..............."),
        (1, "X.....x...x....."),
        (1, "X.x.....X.x....."),
        (1, "X.........x....."),
        (1, "X..x......x..x.."),
        (1, "X.......x..x...."),
        (1, "X...x.......x..."),
        (2, "................"),
        (1, "X..x...X..x....."),
        (1, "X.....xX..x...x."),
        (1, "x..x..x...x..x.."),
        (1, "......x......xX."),
    ),
    "snare": (
        (11, "....X.......X..."),
        (1.5, "........X......."),
        (1, "....X..o.o..X..."),
        (1, "....X.......X.x."),
        (1.2, "..x...x...x...x."),
        (1, "x.xoX.x.x.xoX.xo"),
        (1, "xoxxXoxxxoxxXoxx"),
        (1, "x..x..x...x.x..."),
        (1, "....X..x....X..."),
        (0.7, "....X..o.o.oX..o"),
        (2, "................"),
        (0.5, "..x.X.....x.X..."),
        (0.6, "x...X...x...X..."),
        (0.5, "..x.x...x..x..x."),
        (0.5, "x..x..x.x..x..x."),
    ),
    "cymbal": (
        (6, "x.x.x.x.x.x.x.x."),
        (3, "X.x.X.x.X.x.X.x."),
        (2, "xxxxxxxxxxxxxxxx"),
        (2, "XoxoXoxoXoxoXoxo"),
        (3, "x...x...x...x..."),
        (3, "..x...x...x...x."),
        (3, "x...x.x.x...x.x."),
        (1, "....x.......x..."),
        (1, "x..xx..xx..xx..x"),
        (1, "x.xxx.xxx.xxx.xx"),
        (3, "................"),
        (0.7, "x.xx.xx.x.xx.xx."),
    ),
}
THREE = {
    "kick": (
        (5, "X..........."),
        (1, "X.......x..."),
        (1, "X.....x....."),
        (1, "X...x......."),
        (1, "X.......x.x."),
        (1, "X...x...x..."),
        (1, "............"),
    ),
    "snare": (
        (5, "....x...x..."),
        (2, "........X..."),
        (1, "....X......."),
        (1, "......x....."),
        (1, "....x...x.x."),
        (2, "............"),
        (1, "..x.x.x.x.x."),
    ),
    "cymbal": (
        (3, "x.x.x.x.x.x."),
        (3, "X...x...x..."),
        (2, "x...x.x.x..."),
        (2, "....x...x..."),
        (1, "x...x...x.x."),
        (2, "............"),
        (1, "X.x.x.x.x.x."),
        (1, "xxxxxxxxxxxx"),
    ),
}
# Three steps a beat; two beats.
TRIPLE = {
    "kick": (
        (4, "X....."),
        (2, "X....x"),
        (2, "X..x.."),
        (1, "X.x..."),
        (1, "X.x..x"),
        (1, "......"),
    ),
    "snare": ((7, "...X.."), (1, "..oX.o"), (1, "..x..x"), (2, "......")),
    "cymbal": (
        (4, "xxxxxx"),
        (3, "X.xX.x"),
        (2, "x..x.."),
        (1, "x..x.x"),
        (2, "......"),
        (2, "XxxXxx"),
    ),
}


def _pick(rng: np.random.Generator, table: Iterable[tuple[float, str]]) -> str:
    chances, patterns = zip(*table, strict=True)
    return str(rng.choice(patterns, p=np.array(chances) / sum(chances)))


def pattern(rng: np.random.Generator, metre: Metre, voice: str) -> str:
    """One bar of a voice; longer metres combine groups of two, three and four beats."""
    if metre.steps == 3:
        row = _pick(rng, TRIPLE[voice])
        if metre.beats == 3:  # 9/8
            tail = {"kick": "...", "snare": row[3:], "cymbal": row[:3]}[voice]
            return row + tail
        return row * (metre.beats // 2)
    if metre.beats == 4 and rng.random() < 0.95:
        return _pick(rng, FOUR[voice])
    row = ""
    two = _pick(rng, FOUR[voice])[:8]
    three = _pick(rng, THREE[voice])
    for group in metre.groups if metre.beats != 4 else (4,):
        piece = {1: two[:4], 2: two, 3: three, 4: _pick(rng, FOUR[voice])}[group]
        if row and voice == "kick" and rng.random() < 0.4:
            piece = "." + piece[1:]
        row += piece
    return row

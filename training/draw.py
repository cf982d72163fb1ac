"""Draw the training pictures into training/cache, in chunks, so that a run can be resumed.

Two chunks in three follow the distribution of prompts: most worlds come in their own colours. The
third has every world in every colour; without it, a classifier took a green city for a garden.

cache/pictures-0000.npy  (CHUNK, height, width, 3) uint8; a chunk has one shape
cache/looks-0000.json    the look of each picture
"""

import json
from dataclasses import asdict
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from training.look import EXTRAS, STYLES, WEATHERS, Look
from training.palettes import COLOURS
from training.paths import chunk_path
from training.scenes import SCENES, paint
from training.scenes.mixing import GROUNDS, SKIES

CHUNK = 100
# chunks from this number on are square, with every world in every colour
EVEN = 10_000
EVERY = [Look(world, (colour,)) for world, colour in product(SCENES, COLOURS)]
# width and height of chunk number n: entry n % 10
SHAPES = [(256, 256)] * 7 + [(336, 192)] * 2 + [(192, 336)]
SHAPES = [SHAPES[i] for i in (0, 7, 1, 9, 2, 3, 8, 4, 5, 6)]

# relative frequency of a world (default 1), and how often it has its extra
WEIGHT = {"forest": 2.6, "temple": 2.4, "city": 2.2, "street": 1.6, "jungle": 1.3, "ruins": 1.2}
EXTRA = {"forest": 0.6, "jungle": 0.45, "temple": 0.6, "ruins": 0.5, "city": 0.6, "street": 0.6}
SHOWN = ("forest", "temple", "city")  # the worlds of the article and the demo
TIMED = (*GROUNDS, "underwater", "clouds", "storm")


def look_of(index: int) -> Look:
    """The look of picture number `index`, which determines it."""
    rng = np.random.default_rng([index, 1])
    names = list(SCENES)
    shares = np.array([WEIGHT.get(name, 1.0) for name in names])
    world = str(rng.choice(names, p=shares / shares.sum()))
    extra = bool(rng.random() < EXTRA.get(world, 0))
    count = int(
        rng.choice([0, 1, 2], p=[0.55, 0.37, 0.08] if world in EXTRAS else [0.36, 0.53, 0.11])
    )
    colours = tuple(str(word) for word in rng.choice(list(COLOURS), count, replace=False))
    time = weather = second = style = ""
    if world in TIMED and world != "underwater":
        dark = 0.85 if extra and world in ("city", "street") else 0.55 if extra else 0.25
        time = str(
            rng.choice(
                ["", "day", "dusk", "night"], p=[*(np.array([0.5, 0.3, 0.2]) * (1 - dark)), dark]
            )
        )
    if world in GROUNDS and rng.random() < 0.16:
        weather = str(rng.choice(WEATHERS[1:]))
    if rng.random() < 0.12:
        others = (
            SKIES if world in GROUNDS and rng.random() < 0.7 else [n for n in names if n != world]
        )
        second = str(rng.choice(others))
    if rng.random() < 0.16:
        style = str(rng.choice(STYLES[1:]))
    if world in SHOWN and extra and rng.random() < 0.5:
        return article_look(world, time)
    return Look(world, colours, time, weather, style, extra, second)


def article_look(world: str, time: str) -> Look:
    """A world as in the article's prompts."""
    return Look(world, time=time, extra=True)


def order(chunks: int) -> list[int]:
    """Chunk numbers: twice as prompts are, then one with every world and colour, and so on."""
    return [EVEN + n // 3 if n % 3 == 2 else n - n // 3 for n in range(chunks)]


def shape_of(chunk: int) -> tuple[int, int]:
    return SHAPES[chunk % len(SHAPES)] if chunk < EVEN else (256, 256)


def content(chunk: int) -> list[tuple[Look, list[int]]]:
    """(look, seed) of each picture of a chunk."""
    if chunk < EVEN:
        return [(look_of(i), [chunk, i, 2]) for i in range(chunk * CHUNK, (chunk + 1) * CHUNK)]
    numbers = range((chunk - EVEN) * CHUNK, (chunk - EVEN + 1) * CHUNK)
    turns = [divmod(number, len(EVERY)) for number in numbers]
    return [(EVERY[i], [turn, i, 6]) for turn, i in turns]


def draw_chunk(number: int) -> None:
    """Draw a chunk, unless it exists."""
    cv2.setNumThreads(1)
    target = chunk_path("pictures", number)
    if not target.exists():
        entries, shape = content(number), shape_of(number)
        pictures = [paint(look, seed, *shape) for look, seed in entries]
        chunk_path("looks", number).write_text(json.dumps([asdict(look) for look, _ in entries]))
        write(target, np.stack(pictures))


def write(target: Path, values: np.ndarray) -> None:
    """Save to a temporary file, then rename it."""
    part = target.with_suffix(".part")
    with open(part, "wb") as file:
        np.save(file, values)
    part.replace(target)


def looks(number: int) -> list[Look]:
    """The looks of one chunk."""
    rows = json.loads(chunk_path("looks", number).read_text())
    return [Look(**{**row, "colours": tuple(row["colours"])}) for row in rows]

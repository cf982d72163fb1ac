"""Draw the training pictures into training/cache, in chunks, so that a run can be resumed.

cache/pictures-000.npy   (CHUNK, 256, 256, 3) uint8
cache/looks.json         one [world, colour, night, extra] per picture
"""

import json
from multiprocessing import Pool

import cv2
import numpy as np

from training.look import Look
from training.palettes import COLOURS
from training.places import CACHE
from training.scenes import SCENES, paint

SIZE = 256
CHUNK = 500

# how often a world is drawn, and how often at night and with its extra
WORLDS = dict.fromkeys(SCENES, (1.0, 0.0, 0.0)) | {
    "forest": (3.0, 0.4, 0.65),
    "temple": (2.6, 0.25, 0.6),
    "city": (3.0, 0.65, 0.65),
    "ocean": (1.1, 0.3, 0.0),
    "mountains": (1.1, 0.3, 0.0),
    "desert": (1.1, 0.3, 0.0),
}
NATURAL_SHARE = {"forest": 0.55, "temple": 0.55, "city": 0.55}


def look_of(index: int) -> Look:
    """The look of picture number `index`: always the same one."""
    rng = np.random.default_rng([index, 1])
    names = list(WORLDS)
    shares = np.array([WORLDS[name][0] for name in names])
    world = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    _, night, extra = WORLDS[world]
    natural = rng.random() < NATURAL_SHARE.get(world, 0.3)
    colour = "" if natural else str(rng.choice(list(COLOURS)))
    has_extra = bool(rng.random() < extra)
    if world == "city" and has_extra:
        night = 0.95
    if world == "forest" and has_extra:
        night = 0.7
    return Look(world, colour, bool(rng.random() < night), has_extra)


def draw_chunk(number: int) -> int:
    cv2.setNumThreads(1)
    target = CACHE / f"pictures-{number:03d}.npy"
    if not target.exists():
        indices = range(number * CHUNK, (number + 1) * CHUNK)
        pictures = np.stack([paint(look_of(i), [i, 2], SIZE) for i in indices])
        half_done = target.with_suffix(".part.npy")
        np.save(half_done, pictures)
        half_done.rename(target)
    return number


def draw(chunks: int = 24, workers: int = 2) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    looks = [look_of(i) for i in range(chunks * CHUNK)]
    rows = [[k.world, k.colour, k.night, k.extra] for k in looks]
    (CACHE / "looks.json").write_text(json.dumps(rows))
    with Pool(workers) as pool:
        for number in pool.imap(draw_chunk, range(chunks)):
            print(f"drawn: chunk {number + 1} of {chunks}", flush=True)


def pictures(chunk: int) -> np.ndarray:
    """One chunk, memory-mapped."""
    return np.load(CACHE / f"pictures-{chunk:03d}.npy", mmap_mode="r")


def looks() -> list[Look]:
    """The look of every picture in the cache."""
    return [Look(*row) for row in json.loads((CACHE / "looks.json").read_text())]


if __name__ == "__main__":
    draw()

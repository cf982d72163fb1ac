"""The model's figures, by the judge (`judge.py`), from prompts in held-out wordings.

python -m training.evaluate [--model FOLDER] [--guidance 1] [--seeds 1]
                            [--only worlds,few,feedback,frechet,blend]

The frames of feedback, and of a film from prompt to prompt (`blends.py`), are the painter's.
Guidance is 1 for a distilled model, which has it inside, and 3 for one that is not.
"""

import argparse
import random
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers import DiffusionPipeline
from scipy.linalg import sqrtm

from training import blends
from training.captions import caption
from training.classifier import Classifier, pooled
from training.contact import load, paint
from training.draw import looks, shape_of
from training.films import scene
from training.judge import load_judge, shrink
from training.look import Look
from training.palettes import COLOURS
from training.places import WORLDS, chunk_path, chunks_of
from training.scenes import SCENES
from training.scenes import paint as draw
from training.words import COLOUR_WORDS, HELD_OUT

# frames of feedback
LOOPED = 30
Prompt = tuple[str, str, str]  # words, world, colour


def prompts(seeds: int) -> list[Prompt]:
    """Every world in a held-out wording, each with as many colours as there are seeds."""
    told = []
    for i, (world, wordings) in enumerate(HELD_OUT.items()):
        for seed in range(seeds):
            colour = list(COLOURS)[(5 * i + 7 * seed) % len(COLOURS)]
            word = COLOUR_WORDS[colour][0]
            told.append((f"{wordings[seed % len(wordings)]}, {word} colors", world, colour))
    return told


def generate(
    pipeline: DiffusionPipeline, told: list[Prompt], steps: int, guidance: float
) -> np.ndarray:
    """(prompts, 256, 256, 3) uint8."""
    out: list[np.ndarray] = []
    for i in range(0, len(told), 8):
        words = [prompt[0] for prompt in told[i : i + 8]]
        out += paint(pipeline, words, 1000 + i, steps, guidance)
    return np.stack(out)


@torch.no_grad()
def named(judge: Classifier, pictures: np.ndarray, told: list[Prompt]) -> str:
    """How many worlds and palettes the judge names as they were asked for."""
    world, palette = judge(shrink(pictures))
    asked = torch.tensor([list(SCENES).index(prompt[1]) for prompt in told])
    worn = torch.tensor([list(COLOURS).index(prompt[2]) for prompt in told])
    right = (world.argmax(1) == asked).float().mean(), (palette.argmax(1) == worn).float().mean()
    wrong = Counter(
        f"{list(SCENES)[want]} as {list(SCENES)[found]}"
        for want, found in zip(asked.tolist(), world.argmax(1).tolist(), strict=True)
        if want != found
    )
    missed = ", ".join(f"{n} {names}" for names, n in sorted(wrong.items()))
    return f"world {right[0]:.1%}, palette {right[1]:.1%} of {len(told)}; {missed}"


@torch.no_grad()
def frechet(judge: Classifier, first: np.ndarray, second: np.ndarray) -> float:
    """Frechet distance of two sets of pictures in the judge's features."""
    a, b = (pooled(judge.levels(shrink(p))[-1]).double().numpy() for p in (first, second))
    spread_a, spread_b = np.cov(a.T), np.cov(b.T)
    cross = np.real(sqrtm(spread_a @ spread_b))
    apart = ((a.mean(0) - b.mean(0)) ** 2).sum()
    return float(apart + np.trace(spread_a + spread_b - 2 * cross))


def drawings(count: int) -> tuple[np.ndarray, list[Look]]:
    """Square pictures of one world each, in no style, and their looks."""
    pictures, found = [], []
    for number in chunks_of("pictures"):
        if shape_of(number) == (256, 256):
            plain = [i for i, k in enumerate(looks(number)) if not (k.second or k.style)]
            pictures.append(np.load(chunk_path("pictures", number), mmap_mode="r")[plain])
            found += [looks(number)[i] for i in plain]
        if len(found) >= count:
            break
    return np.concatenate(pictures)[:count], found[:count]


def distances(judge: Classifier, models: dict[Path, tuple[int, float]], count: int) -> None:
    """Of drawings to the same drawn anew, and to each model's pictures of the same."""
    drawn, found = drawings(count)
    anew = np.stack([draw(look, [i, 4], 256, 256) for i, look in enumerate(found)])
    apart = frechet(judge, drawn, anew)
    print(f"Frechet distance, {count} pictures: drawn anew {apart:.2f}", flush=True)
    rng = random.Random(0)
    told = [(caption(look, rng), look.world, "") for look in found]
    for folder, (steps, guidance) in models.items():
        apart = frechet(judge, drawn, generate(load(folder), told, steps, guidance))
        print(f"Frechet distance, {count} pictures: {folder} {apart:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--model", type=Path, default=WORLDS)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--against", type=Path, help="one not distilled, for its distance")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--count", type=int, default=400, help="pictures for the Frechet distance")
    parser.add_argument("--only", default="worlds,few,feedback,frechet,blend")
    given = parser.parse_args()
    asked, told = given.only.split(","), prompts(given.seeds)
    judge = load_judge()
    cv2.setNumThreads(1)
    for name, steps, guidance in (("worlds", 20, given.guidance), ("few", 2, 1.0)):
        if name in asked:
            pictures = generate(load(given.model), told, steps, guidance)
            print(f"{steps} steps:", named(judge, pictures, told), flush=True)
    if "feedback" in asked:
        last = [list(scene(prompt[0], LOOPED, given.model))[-1] for prompt in told]
        print(f"after {LOOPED} frames:", named(judge, np.stack(last), told), flush=True)
    if "frechet" in asked:
        against = {given.against: (20, 3.0)} if given.against else {}
        distances(judge, {given.model: (2, 1.0), **against}, given.count)
    if "blend" in asked:
        blends.report(judge, given.model)


if __name__ == "__main__":
    main()

"""Evaluates the model with the judge (`judge.py`) on prompts in held-out wordings.

python -m training.evaluate [--model FOLDER] [--guidance 1] [--seeds 1]
                            [--only worlds,few,feedback,frechet,blend]

Feedback and blends (`blends.py`) are measured on films that Phosphene paints. Use guidance 1 for a
distilled model, 3 for the model before distillation.
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
from training.paths import WORLDS, chunk_path, chunks_of
from training.scenes import SCENES
from training.scenes import paint as draw
from training.words import COLOUR_WORDS, HELD_OUT

FEEDBACK_FRAMES = 30
Prompt = tuple[str, str, str]  # words, world, colour


def prompts(seeds: int) -> list[Prompt]:
    """Every world in a held-out wording, with one colour per seed."""
    found = []
    for i, (world, wordings) in enumerate(HELD_OUT.items()):
        for seed in range(seeds):
            colour = list(COLOURS)[(5 * i + 7 * seed) % len(COLOURS)]
            word = COLOUR_WORDS[colour][0]
            found.append((f"{wordings[seed % len(wordings)]}, {word} colors", world, colour))
    return found


def generate(
    pipeline: DiffusionPipeline, wanted: list[Prompt], steps: int, guidance: float
) -> np.ndarray:
    """(prompts, 256, 256, 3) uint8."""
    out: list[np.ndarray] = []
    for i in range(0, len(wanted), 8):
        words = [prompt[0] for prompt in wanted[i : i + 8]]
        out += paint(pipeline, words, 1000 + i, steps, guidance)
    return np.stack(out)


@torch.no_grad()
def recognised(judge: Classifier, pictures: np.ndarray, wanted: list[Prompt]) -> str:
    """A report: the shares of worlds and palettes that the judge recognises, and its confusions."""
    world, palette = judge(shrink(pictures))
    worlds = torch.tensor([list(SCENES).index(prompt[1]) for prompt in wanted])
    palettes = torch.tensor([list(COLOURS).index(prompt[2]) for prompt in wanted])
    correct = (
        (world.argmax(1) == worlds).float().mean(),
        (palette.argmax(1) == palettes).float().mean(),
    )
    wrong = Counter(
        f"{list(SCENES)[want]} as {list(SCENES)[seen]}"
        for want, seen in zip(worlds.tolist(), world.argmax(1).tolist(), strict=True)
        if want != seen
    )
    missed = ", ".join(f"{n} {names}" for names, n in sorted(wrong.items()))
    return f"world {correct[0]:.1%}, palette {correct[1]:.1%} of {len(wanted)}; {missed}"


@torch.no_grad()
def frechet(judge: Classifier, first: np.ndarray, second: np.ndarray) -> float:
    """Frechet distance of two sets of pictures in the judge's features."""
    a, b = (pooled(judge.levels(shrink(p))[-1]).double().numpy() for p in (first, second))
    spread_a, spread_b = np.cov(a.T), np.cov(b.T)
    cross = np.real(sqrtm(spread_a @ spread_b))
    offset = ((a.mean(0) - b.mean(0)) ** 2).sum()
    return float(offset + np.trace(spread_a + spread_b - 2 * cross))


def drawings(count: int) -> tuple[np.ndarray, list[Look]]:
    """Square drawings of a single world without a style, and their looks."""
    pictures, kept = [], []
    for number in chunks_of("pictures"):
        if shape_of(number) == (256, 256):
            plain = [i for i, k in enumerate(looks(number)) if not (k.second or k.style)]
            pictures.append(np.load(chunk_path("pictures", number), mmap_mode="r")[plain])
            kept += [looks(number)[i] for i in plain]
        if len(kept) >= count:
            break
    return np.concatenate(pictures)[:count], kept[:count]


def distances(judge: Classifier, models: dict[Path, tuple[int, float]], count: int) -> None:
    """Print the Frechet distance of drawings to redrawn ones, and to each model's pictures."""
    drawn, kept = drawings(count)
    anew = np.stack([draw(look, [i, 4], 256, 256) for i, look in enumerate(kept)])
    distance = frechet(judge, drawn, anew)
    print(f"Frechet distance, {count} pictures: drawn anew {distance:.2f}", flush=True)
    rng = random.Random(0)
    wanted = [(caption(look, rng), look.world, "") for look in kept]
    for folder, (steps, guidance) in models.items():
        distance = frechet(judge, drawn, generate(load(folder), wanted, steps, guidance))
        print(f"Frechet distance, {count} pictures: {folder} {distance:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--model", type=Path, default=WORLDS)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--against", type=Path, help="undistilled model for the Frechet distance")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--count", type=int, default=400, help="pictures for the Frechet distance")
    parser.add_argument("--only", default="worlds,few,feedback,frechet,blend")
    args = parser.parse_args()
    measures, wanted = args.only.split(","), prompts(args.seeds)
    judge = load_judge()
    cv2.setNumThreads(1)
    for name, steps, guidance in (("worlds", 20, args.guidance), ("few", 2, 1.0)):
        if name in measures:
            pictures = generate(load(args.model), wanted, steps, guidance)
            print(f"{steps} steps:", recognised(judge, pictures, wanted), flush=True)
    if "feedback" in measures:
        last = [list(scene(prompt[0], FEEDBACK_FRAMES, args.model))[-1] for prompt in wanted]
        print(
            f"after {FEEDBACK_FRAMES} frames:",
            recognised(judge, np.stack(last), wanted),
            flush=True,
        )
    if "frechet" in measures:
        against = {args.against: (20, 3.0)} if args.against else {}
        distances(judge, {args.model: (2, 1.0), **against}, args.count)
    if "blend" in measures:
        blends.report(judge, args.model)


if __name__ == "__main__":
    main()

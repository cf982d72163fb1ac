"""The model's figures, by the judge (`judge.py`), from prompts in held-out wordings.

python -m training.evaluate [--model FOLDER] [--guidance 1] [--seeds 1]
                            [--only worlds,few,feedback,frechet,blend]

Guidance is 1 for a distilled model, which has it inside, and 3 for one that is not.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers import AutoPipelineForImage2Image, DiffusionPipeline
from scipy.linalg import sqrtm
from scipy.stats import spearmanr

from training.classifier import Classifier, pooled
from training.contact import NEGATIVE, load, paint
from training.draw import looks, shape_of
from training.feedback import warp
from training.judge import load_judge, shrink
from training.palettes import COLOURS
from training.places import RUNS, WORLDS, chunk_path, chunks_of
from training.scenes import SCENES
from training.words import COLOUR_WORDS, HELD_OUT

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
    missed = sorted({p[1] for p, ok in zip(told, world.argmax(1) == asked, strict=True) if not ok})
    return f"world {right[0]:.1%}, palette {right[1]:.1%} of {len(told)}; missed: {missed}"


def looped(
    pipeline: DiffusionPipeline, pictures: np.ndarray, told: list[Prompt], guidance: float
) -> np.ndarray:
    """Each picture after 30 frames of warp and img2img at strength 0.5, 4 steps."""
    painter = AutoPipelineForImage2Image.from_pipe(pipeline)
    painter.set_progress_bar_config(disable=True)
    frames = pictures.astype(np.float32) / 255
    for frame in range(30):
        moved = np.stack([np.clip(warp(picture, 1.01), 0, 1) for picture in frames])
        parts = []
        for i in range(0, len(told), 8):
            parts.append(
                painter(
                    [prompt[0] for prompt in told[i : i + 8]],
                    image=torch.from_numpy(moved[i : i + 8]).permute(0, 3, 1, 2),
                    negative_prompt=[NEGATIVE] * len(moved[i : i + 8]),
                    strength=0.5,
                    num_inference_steps=4,
                    guidance_scale=guidance,
                    output_type="np",
                    generator=torch.Generator().manual_seed(frame),
                ).images
            )
        frames = np.concatenate(parts)
    return (np.clip(frames, 0, 1) * 255).astype(np.uint8)


@torch.no_grad()
def frechet(judge: Classifier, first: np.ndarray, second: np.ndarray) -> float:
    """Frechet distance of two sets of pictures in the judge's features."""
    a, b = (pooled(judge.levels(shrink(p))[-1]).double().numpy() for p in (first, second))
    spread_a, spread_b = np.cov(a.T), np.cov(b.T)
    cross = np.real(sqrtm(spread_a @ spread_b))
    apart = ((a.mean(0) - b.mean(0)) ** 2).sum()
    return float(apart + np.trace(spread_a + spread_b - 2 * cross))


def drawings(first: int, count: int) -> tuple[np.ndarray, list[str]]:
    """(pictures of one world each, from every other square chunk; their worlds)."""
    chunks = [number for number in chunks_of("pictures") if shape_of(number) == (256, 256)]
    pictures, worlds = [], []
    for number in chunks[first::2]:
        told = looks(number)
        plain = [i for i, look in enumerate(told) if not (look.second or look.style)]
        pictures.append(np.load(chunk_path("pictures", number), mmap_mode="r")[plain])
        worlds += [told[i].world for i in plain]
        if len(worlds) >= count:
            break
    return np.concatenate(pictures)[:count], worlds[:count]


def distances(judge: Classifier, models: dict[Path, float], count: int) -> None:
    """Drawn against drawn, and each model's pictures, at its guidance, of the same worlds."""
    first, worlds = drawings(0, count)
    second, _ = drawings(1, count)
    print(
        f"Frechet distance, {count} pictures: second drawn set {frechet(judge, first, second):.2f}"
    )
    for folder, guidance in models.items():
        told = [(world, world, "") for world in worlds]
        made = generate(load(folder), told, 20, guidance)
        print(f"Frechet distance, {count} pictures: {folder} {frechet(judge, first, made):.2f}")


@torch.no_grad()
def blend(judge: Classifier, pipeline: DiffusionPipeline, a: str, b: str, guidance: float) -> float:
    """Spearman's rho of the judge's probability of b over 20 frames from a to b, one seed."""

    def embed(words: str) -> torch.Tensor:
        ids = pipeline.tokenizer(words, padding="max_length", return_tensors="pt").input_ids
        return pipeline.text_encoder(ids).last_hidden_state

    first, last, nothing = embed(HELD_OUT[a][0]), embed(HELD_OUT[b][0]), embed(NEGATIVE)
    chances = []
    for share in np.linspace(0, 1, 20):
        picture = pipeline(
            prompt_embeds=first + float(share) * (last - first),
            negative_prompt_embeds=nothing,
            num_inference_steps=12,
            guidance_scale=guidance,
            generator=torch.Generator().manual_seed(3),
            output_type="np",
        ).images
        world, _ = judge(shrink((picture * 255).astype(np.uint8)))
        odds = world[0, [list(SCENES).index(a), list(SCENES).index(b)]].softmax(0)
        chances.append(float(odds[1]))
    return float(spearmanr(range(20), chances).statistic)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--model", type=Path, default=RUNS / "worlds")
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--against", type=Path, default=WORLDS, help="for the Frechet distance")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--count", type=int, default=200, help="pictures for the Frechet distance")
    parser.add_argument("--only", default="worlds,few,feedback,frechet,blend")
    given = parser.parse_args()
    asked, told = given.only.split(","), prompts(given.seeds)
    judge, pipeline = load_judge(), load(given.model)
    pictures = generate(pipeline, told, 20, given.guidance)
    cv2.setNumThreads(1)
    if "worlds" in asked:
        print("20 steps:", named(judge, pictures, told), flush=True)
    if "few" in asked:
        print(
            "2 steps, no guidance:",
            named(judge, generate(pipeline, told, 2, 1.0), told),
            flush=True,
        )
    if "feedback" in asked:
        print(
            "30 frames:",
            named(judge, looped(pipeline, pictures, told, given.guidance), told),
            flush=True,
        )
    if "frechet" in asked:
        # the other model is the first version where nothing else is named: not distilled
        distances(judge, {given.model: given.guidance, given.against: 3.0}, given.count)
    if "blend" in asked:
        for a, b in (("forest", "temple"), ("temple", "city"), ("nebula", "ocean")):
            rho = blend(judge, pipeline, a, b, given.guidance)
            print(f"blend {a} to {b}: Spearman {rho:.2f}", flush=True)


if __name__ == "__main__":
    main()

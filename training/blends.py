"""Measures how steadily a blend between two prompts changes over 20 frames, according to the judge.

Measured on pictures made from the same noise, and on a film, in which each frame depends on the
previous one. Rank correlation of a film is coarse: where the judge is certain, a change from 0.4 to
0.1 % counts as much as one at 50 %.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr

from training.classifier import Classifier
from training.contact import load
from training.films import SIZE, film
from training.judge import shrink
from training.scenes import SCENES
from training.words import HELD_OUT

FRAMES, SEEDS, STEPS = 20, 4, 2
BLENDS = (
    ("forest", "temple"), ("temple", "city"), ("nebula", "ocean"),
    ("fire", "ice"), ("crystal", "flowers"), ("desert", "clouds"),
)  # fmt: skip
Pair = tuple[str, str]


@torch.no_grad()
def second_probability(
    judge: Classifier, frames: Sequence[np.ndarray], pair: Pair
) -> NDArray[np.float64]:
    """The probability of the pair's second world in each frame, shape (n_frames,)."""
    world, _ = judge(shrink(np.stack(frames)))
    return world[:, [list(SCENES).index(name) for name in pair]].double().softmax(1)[:, 1].numpy()


@torch.no_grad()
def pictures(folder: Path, pair: Pair, seed: int) -> list[np.ndarray]:
    """One (256, 256, 3) uint8 picture for each share of the second prompt, from the same noise."""
    pipeline = load(folder)
    first, second = (pipeline.encode_prompt(HELD_OUT[a][0], "cpu", 1, False)[0] for a in pair)
    images = []
    for share in np.linspace(0, 1, FRAMES):
        out = pipeline(
            prompt_embeds=torch.lerp(first, second, float(share)),
            num_inference_steps=STEPS,
            guidance_scale=1.0,
            generator=torch.Generator().manual_seed(seed),
            output_type="np",
            height=SIZE,
            width=SIZE,
        )
        images.append((out.images[0] * 255 + 0.5).astype(np.uint8))
    return images


def steadiness(probabilities: NDArray[np.float64]) -> float:
    """Spearman's rank correlation of the probabilities with time."""
    return float(spearmanr(range(len(probabilities)), probabilities).statistic)


def report(judge: Classifier, folder: Path) -> None:
    share = np.linspace(0, 1, FRAMES)
    for pair in BLENDS:
        probabilities = [
            second_probability(judge, pictures(folder, pair, seed), pair) for seed in range(SEEDS)
        ]
        prompts = [HELD_OUT[name][0] for name in pair]
        frames = list(film(prompts, np.stack([1 - share, share], axis=1), folder))
        print(
            f"blend {' to '.join(pair)}: Spearman "
            f"{steadiness(np.mean(probabilities, axis=0)):.2f} in pictures (mean of {SEEDS} "
            f"seeds), {steadiness(second_probability(judge, frames, pair)):.2f} in a film",
            flush=True,
        )

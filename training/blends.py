"""From one prompt to another in 20 frames: does the judge see the second world come steadily?

Of pictures that each come from the same noise, and of a film, where a frame follows from the one
before. Read a film's figure with care: where the judge is sure, a dip from 0.4 to 0.1 % counts as
much by rank as one in the middle.
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

FRAMES, NOISES, STEPS = 20, 4, 2
BLENDS = (
    ("forest", "temple"), ("temple", "city"), ("nebula", "ocean"),
    ("fire", "ice"), ("crystal", "flowers"), ("desert", "clouds"),
)  # fmt: skip
Pair = tuple[str, str]


@torch.no_grad()
def towards(judge: Classifier, frames: Sequence[np.ndarray], pair: Pair) -> NDArray[np.float64]:
    """The probability of the second world of the two, shape (n_frames,)."""
    world, _ = judge(shrink(np.stack(frames)))
    return world[:, [list(SCENES).index(name) for name in pair]].double().softmax(1)[:, 1].numpy()


@torch.no_grad()
def pictures(folder: Path, pair: Pair, seed: int) -> list[np.ndarray]:
    """One for each share of the second prompt, (256, 256, 3) uint8, of one noise."""
    pipeline = load(folder)
    first, second = (pipeline.encode_prompt(HELD_OUT[a][0], "cpu", 1, False)[0] for a in pair)
    found = []
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
        found.append((out.images[0] * 255 + 0.5).astype(np.uint8))
    return found


def steady(odds: NDArray[np.float64]) -> float:
    """Spearman's rank correlation of probabilities with their order."""
    return float(spearmanr(range(len(odds)), odds).statistic)


def report(judge: Classifier, folder: Path) -> None:
    share = np.linspace(0, 1, FRAMES)
    for pair in BLENDS:
        seen = [towards(judge, pictures(folder, pair, seed), pair) for seed in range(NOISES)]
        told = [HELD_OUT[name][0] for name in pair]
        frames = list(film(told, np.stack([1 - share, share], axis=1), folder))
        print(
            f"blend {' to '.join(pair)}: Spearman {steady(np.mean(seen, axis=0)):.2f} of pictures, "
            f"the mean of {NOISES} noises; {steady(towards(judge, frames, pair)):.2f} of a film",
            flush=True,
        )

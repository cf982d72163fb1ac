"""The reference loop: the script of "The Deforum Approach to AI Animation", with PIL and PNGs."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image

from phosphene.painting.motion.step import step_matrix
from phosphene.score.score import Score


def reference_loop(
    pipe: Any, score: Score, steps: int, guidance_scale: float, folder: Path
) -> dict[str, float]:
    """Paint a Score with the reference loop; returns total milliseconds by part of the loop.

    Parameters
    ----------
    pipe : StableDiffusionImg2ImgPipeline
    score : Score
    steps : int
        `num_inference_steps`.
    guidance_scale : float
    folder : Path
        Folder for the PNGs.
    """
    spent: dict[str, float] = defaultdict(float)
    picture = Image.new("RGB", (score.width, score.height), color=(20, 20, 40))
    for i in range(len(score)):
        row = score.row(i)
        begun = time.perf_counter()
        matrix = step_matrix(row, score.width, score.height)[:2]
        pixels = np.array(picture, dtype=np.float32)
        warped = cv2.warpAffine(
            pixels, matrix, picture.size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
        )
        picture = Image.fromarray(warped.astype(np.uint8))
        spent["warp"] += time.perf_counter() - begun
        begun = time.perf_counter()
        picture = pipe(
            prompt=score.prompts[int(row.weights.argmax())],
            negative_prompt=score.negative,
            image=picture,
            strength=max(row.strength, 1.0 / steps),  # below that the pipeline runs no step
            num_inference_steps=steps,
            guidance_scale=guidance_scale,
            generator=torch.Generator().manual_seed(row.seed),
        ).images[0]
        spent["img2img"] += time.perf_counter() - begun
        begun = time.perf_counter()
        picture.save(folder / f"frame_{i:04d}.png")
        spent["to the film"] += time.perf_counter() - begun
    return {part: 1000 * seconds for part, seconds in spent.items()}

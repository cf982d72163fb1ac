"""Does a world hold? Sixty frames of warp and img2img, as the painter does it, as a filmstrip."""

import sys
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers import AutoPipelineForImage2Image, AutoPipelineForText2Image

from training.contact import ARTICLE, NEGATIVE, Tile, paint, sheet
from training.places import RUNS, WORLDS


def warp(picture: np.ndarray, zoom: float) -> np.ndarray:
    """(h, w, 3) float zoomed about its centre, cubic, mirrored at the border."""
    size = picture.shape[0]
    matrix = cv2.getRotationMatrix2D((size / 2 - 0.5, size / 2 - 0.5), 0, zoom)
    return cv2.warpAffine(
        picture, matrix, (size, size), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )


def strip(
    prompt: str,
    steps: int,
    strength: float,
    guidance: float,
    frames: int = 60,
    every: int = 10,
    zoom: float = 1.01,
    seed: int = 5,
) -> list[Tile]:
    """Every tenth frame of a feedback loop that begins with a full generation."""
    pipeline = AutoPipelineForImage2Image.from_pretrained(WORLDS)
    pipeline.set_progress_bar_config(disable=True)
    first = paint(AutoPipelineForText2Image.from_pipe(pipeline), [prompt], seed, 12, guidance)[0]
    picture = first.astype(np.float32) / 255
    kept, start = [first], time.time()
    for frame in range(1, frames + 1):
        moved = np.clip(warp(picture, zoom), 0, 1)
        tensor = torch.from_numpy(moved).permute(2, 0, 1)[None]
        picture = pipeline(
            prompt,
            image=tensor,
            negative_prompt=NEGATIVE,
            strength=strength,
            num_inference_steps=steps,
            guidance_scale=guidance,
            output_type="np",
            generator=torch.Generator().manual_seed(seed * 1000 + frame),
        ).images[0]
        if frame % every == 0:
            kept.append((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    print(f"feedback: {(time.time() - start) / frames:.2f} s a frame", flush=True)
    return kept


def strips(target: Path, steps: int, strength: float, guidance: float) -> None:
    prompts = [*ARTICLE, "a red nebula"]
    sheet([strip(p, steps, strength, guidance) for p in prompts], target, 160)


if __name__ == "__main__":
    steps, strength, guidance = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    strips(RUNS / f"feedback-{steps}-{strength}-{guidance}.png", steps, strength, guidance)

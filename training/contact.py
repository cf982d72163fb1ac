"""Contact sheets of the model's pictures, as JPEG."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers import AutoPipelineForText2Image, DiffusionPipeline
from PIL import Image

from training.look import EXTRAS, Look
from training.palettes import COLOURS
from training.paths import PICTURES, WORLDS
from training.scenes import SCENES
from training.scenes import paint as paint_drawing
from training.words import ARTICLE_STYLE

ARTICLE = (
    f"a mystical forest with glowing mushrooms, {ARTICLE_STYLE}",
    f"an ancient temple overgrown with vines, {ARTICLE_STYLE}",
    f"a futuristic neon city at night, cyberpunk, {ARTICLE_STYLE}",
)
NEGATIVE = "blurry, low quality, watermark, text"
Tile = np.ndarray


def load(folder: Path = WORLDS) -> DiffusionPipeline:
    pipeline = AutoPipelineForText2Image.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def paint(
    pipeline: DiffusionPipeline, prompts: Sequence[str], seed: int, steps: int, guidance: float
) -> list[Tile]:
    """One 256 x 256 RGB uint8 picture per prompt, each from its own seed."""
    generators = [torch.Generator().manual_seed(seed + i) for i in range(len(prompts))]
    out = pipeline(
        list(prompts),
        negative_prompt=[NEGATIVE] * len(prompts),
        num_inference_steps=steps,
        guidance_scale=guidance,
        generator=generators,
        output_type="np",
        height=256,
        width=256,
    )
    return list((out.images * 255 + 0.5).astype(np.uint8))


def sheet(rows: Sequence[Sequence[Tile]], target: Path, tile: int) -> None:
    """Write rows of pictures, shrunk to `tile` pixels, as one JPEG."""
    small = [
        np.hstack([cv2.resize(p, (tile, tile), interpolation=cv2.INTER_AREA) for p in row])
        for row in rows
    ]
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.vstack(small)).save(target, quality=88, subsampling=0, optimize=True)
    print(f"painted: {target}", flush=True)


def article(
    target: Path, steps: int = 3, guidance: float = 1.0, tile: int = 256, folder: Path = WORLDS
) -> None:
    """The article's three prompts, four seeds each."""
    pipeline = load(folder)
    sheet([paint(pipeline, [p] * 4, 7, steps, guidance) for p in ARTICLE], target, tile)


def contact(
    target: Path, steps: int = 3, guidance: float = 1.0, tile: int = 72, folder: Path = WORLDS
) -> None:
    """Worlds down, colour words across; the first column has no colour word."""
    pipeline = load(folder)
    columns = ["", *COLOURS]
    rows = [
        paint(pipeline, [f"{colour} {world}".strip() for colour in columns], 11, steps, guidance)
        for world in SCENES
    ]
    sheet(rows, target, tile)


def drawn(target: Path, tile: int = 96) -> None:
    """The drawings: worlds down; their own colours, night, dusk, and palettes across."""
    looks = [Look("", (), time, "", "", False) for time in ("", "night", "dusk")]
    looks += [Look("", (colour,)) for colour in list(COLOURS)[::2]]
    rows = [
        [paint_drawing(replace(look, world=world, extra=world in EXTRAS), [i, 5], 192)
         for i, look in enumerate(looks)]
        for world in SCENES
    ]  # fmt: skip
    sheet(rows, target, tile)


if __name__ == "__main__":
    drawn(PICTURES / "worlds-drawn.jpg", tile=64)
    article(PICTURES / "worlds-article.jpg", tile=160)
    contact(PICTURES / "worlds-contact.jpg")

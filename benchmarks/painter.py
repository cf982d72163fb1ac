"""Cost of a frame outside the engine, at 512 x 512."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from fractions import Fraction
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from benchmarks.table import markdown, milliseconds
from phosphene.film import Film
from phosphene.painting.anchors import Anchor, hold
from phosphene.painting.motion.noise import SceneNoise, seeded_noise
from phosphene.painting.motion.step import step_matrix
from phosphene.painting.motion.warp import warp
from phosphene.painting.pictures import to_bytes
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Row
from phosphene.testing.engines import small_score, soft_picture

SIZE = 512
LATENTS = (4, SIZE // 8, SIZE // 8)
CPU = torch.device("cpu")
MOTION = {"translation_x": 1.3, "translation_y": -0.7, "rotation": 0.4, "zoom": 1.01}


def measure() -> list[list[str]]:
    """Milliseconds per frame of each part, for Phosphene and the reference loop."""
    torch.set_grad_enabled(False)
    still = {name: channel.neutral for name, channel in CHANNELS.items()}
    picture = soft_picture(small_score(width=SIZE, height=SIZE))
    noisy = (picture + 0.1 * torch.randn(picture.shape)).clamp(0, 1)
    row = Row(1, still | MOTION, np.ones(1), 0, True)
    matrix = step_matrix(row, SIZE, SIZE)
    anchor = Anchor.of(picture)
    image = Image.fromarray(to_bytes(noisy))
    with tempfile.TemporaryDirectory() as folder:
        png = Path(folder) / "frame.png"
        with Film(Path(folder) / "film.mp4", SIZE, SIZE, Fraction(15)) as film:
            ours = {
                "warp": milliseconds(lambda: warp(noisy, matrix)),
                "colour and detail match": milliseconds(lambda: hold(noisy, anchor, row)),
                "to 8 bits": milliseconds(lambda: to_bytes(noisy)),
                "to the film": milliseconds(lambda: film.write(to_bytes(noisy)), 5),
                "noise of the latents": milliseconds(_scene_noise(matrix), 60),
            }
        reference = {
            "warp": milliseconds(lambda: _reference_warp(image, matrix[:2])),
            "colour and detail match": 0.0,
            "to 8 bits": milliseconds(lambda: Image.fromarray(to_bytes(noisy))),
            "to the film": milliseconds(lambda: image.save(png), 5),
            "noise of the latents": milliseconds(lambda: seeded_noise(LATENTS, 0, CPU), 60),
        }
    ours["to the film"] = max(0.0, ours["to the film"] - ours["to 8 bits"])
    rows = [[part, f"{ours[part]:.1f}", f"{reference[part]:.1f}"] for part in ours]
    mine, theirs = sum(ours.values()), sum(reference.values())
    return [*rows, ["**all**", f"**{mine:.1f}**", f"{theirs:.1f}, {theirs / mine:.1f} x"]]


def _scene_noise(matrix: np.ndarray) -> Callable[[], torch.Tensor]:
    """The noise of the next frame, moved by the camera and renewed as by default."""
    noise, frames = SceneNoise(LATENTS, (SIZE, SIZE), 0), count(1)

    def following() -> torch.Tensor:
        noise.move(matrix, CHANNELS["renewal"].neutral, next(frames))
        return noise.seen()

    return following


def _reference_warp(image: Image.Image, matrix: np.ndarray) -> Image.Image:
    pixels = np.array(image, dtype=np.float32)
    moved = cv2.warpAffine(
        pixels, matrix, image.size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return Image.fromarray(np.clip(moved, 0, 255).astype(np.uint8))


def report() -> str:
    """The table."""
    columns = ["part of a frame, 512 x 512", "Phosphene, ms", "reference loop (PIL, PNG), ms"]
    return markdown(columns, measure())

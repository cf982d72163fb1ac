"""Draw docs/pictures/guide-NAME.jpg: `worlds` with a drawn guide, a mask and an overlay.

python docs/make_guides_sheet.py [NAME ...]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from phosphene.engines.finding import find_engine
from phosphene.film.ffmpeg import executable
from phosphene.painting.frames import paint
from phosphene.plugins import load_plugins
from phosphene.project.tables.model import Model
from phosphene.score.guides import Clip, Guide, Inputs, Mask, Overlay
from phosphene.testing import small_score

PICTURES = Path(__file__).parent / "pictures"
SIZE, FRAMES, LENGTH = 256, 16, 10_000
SHOWN = (0, 5, 10, 15)
Pixels = NDArray[np.uint8]


def dance(number: int) -> Pixels:
    """A drawn figure of light that moves to the right, with alpha."""
    frame = np.zeros((SIZE, SIZE, 4), np.uint8)
    x, swing = 60 + 9 * number, np.sin(0.9 * number)
    light = (255, 235, 180, 255)

    def limb(a: tuple[float, float], b: tuple[float, float], width: int = 14) -> None:
        ends = [(round(x + across), round(128 + down)) for across, down in (a, b)]
        cv2.line(frame, ends[0], ends[1], light, width, cv2.LINE_AA)

    cv2.circle(frame, (x, 66), 20, light, -1, cv2.LINE_AA)
    limb((0, -40), (0, 30), 24)
    for side in (-1, 1):
        limb((0, -30), (side * 48, -30 - side * 36 * swing))
        limb((0, 30), (side * (22 + 12 * swing), 92))
    return frame


def texture(number: int) -> Pixels:
    """A pattern that turns about its centre, and moves nothing at its border."""
    noise = np.random.default_rng(3).integers(0, 256, (SIZE, SIZE, 3), np.uint8)
    noise = cv2.equalizeHist(cv2.GaussianBlur(noise, (0, 0), 4.0)[..., 0])
    x, y = np.meshgrid(*[np.arange(SIZE, dtype=np.float32) - SIZE / 2] * 2)
    turn = 0.09 * number * np.exp(-np.hypot(x, y) / 60.0)
    across = np.cos(turn) * x + np.sin(turn) * y + SIZE / 2
    down = np.cos(turn) * y - np.sin(turn) * x + SIZE / 2
    grey = cv2.remap(noise, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def encoded(folder: Path, name: str, frames: list[Pixels]) -> Clip:
    """Frames as a video with alpha."""
    path = folder / f"{name}.mov"
    raw = ("-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{SIZE}x{SIZE}", "-r", "15", "-i", "pipe:0")
    out = ("-c:v", "qtrle", "-pix_fmt", "argb", str(path))
    data = np.stack(frames).tobytes()
    subprocess.run([executable(), "-loglevel", "error", "-y", *raw, *out], input=data, check=True)
    return Clip(path, name, 0, LENGTH)


def saved(folder: Path, name: str, picture: Pixels) -> Path:
    """A picture as a PNG."""
    Image.fromarray(picture).save(folder / name)
    return folder / name


def logo() -> Pixels:
    """A ring with a dot, with alpha."""
    frame = np.zeros((128, 128, 4), np.uint8)
    cv2.circle(frame, (64, 64), 52, (255, 255, 255, 255), 12, cv2.LINE_AA)
    cv2.circle(frame, (64, 64), 20, (255, 200, 60, 255), -1, cv2.LINE_AA)
    return frame


def circle() -> Pixels:
    """A white disc on black."""
    frame = np.zeros((SIZE, SIZE, 3), np.uint8)
    cv2.circle(frame, (128, 128), 80, (255, 255, 255), -1, cv2.LINE_AA)
    return frame


def examples(folder: Path) -> dict[str, tuple[str, Inputs, dict[str, float], list[Pixels]]]:
    """Prompt, inputs, channels, and the frames of the guide, by name."""
    figures = [dance(number) for number in range(FRAMES)]
    turns = [texture(number) for number in range(FRAMES)]
    figure = encoded(folder, "dance", figures)
    blacks = [np.dstack([over_black(each), np.full_like(each[..., 3], 255)]) for each in figures]
    opaque = encoded(folder, "opaque", blacks)
    blank = np.dstack([np.full((SIZE, SIZE, 3), 255, np.uint8)] * 1)
    still = Clip(saved(folder, "circle.png", circle()), "circle", 0, LENGTH)
    drawn = Overlay(saved(folder, "logo.png", logo()), "logo", 0, LENGTH, 4, 0.22, (1.0, 1.0))
    light = {"strength": 0.35, "colour_match": 0.0, "detail_match": 0.0}
    return {
        "init": ("a galaxy with stars", Inputs((Guide(opaque, "init", 0.5),)), light, figures),
        "composite": (
            "a galaxy with stars", Inputs((Guide(figure, "composite", 0.6),)), light, figures,
        ),
        "flow": (
            "a garden with flowers",
            Inputs((Guide(encoded(folder, "turn", turns), "flow"),)),
            {"strength": 0.15, "renewal": 0.02},
            turns,
        ),
        "mask": (
            "a garden with flowers",
            Inputs(masks=(Mask("mask", still, inside=False, feather=0.12),)),
            {"strength": 0.75, "renewal": 0.6},
            [circle()] * FRAMES,
        ),
        "overlay": (
            "an ocean with waves", Inputs(overlays=(drawn,)), {"zoom": 1.02}, [blank] * FRAMES,
        ),
    }  # fmt: skip


def over_black(frame: Pixels) -> Pixels:
    """A frame with its alpha, on black."""
    if frame.shape[2] == 3:
        return frame
    return (frame[..., :3] * (frame[..., 3:] / 255.0)).astype(np.uint8)


def sheet(prompt: str, inputs: Inputs, moves: dict[str, float], guide: list[Pixels]) -> Image.Image:
    """The frames of the guide, and below them those of the film."""
    score = small_score((prompt,), n=FRAMES, width=SIZE, height=SIZE, seed=7)
    curves = {channel: np.full(FRAMES, value) for channel, value in moves.items()}
    score = replace(score, channels=score.channels | curves, inputs=inputs)
    spec = find_engine("worlds", load_plugins())
    film = list(paint(score, spec.load(Model.model_validate({"device": "cpu"}), score)))
    rows = [np.hstack([over_black(guide[k]) for k in SHOWN]), np.hstack([film[k] for k in SHOWN])]
    return Image.fromarray(np.vstack(rows if guide[0].min() < 255 else rows[1:]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        made = examples(Path(temporary))
        for name in sys.argv[1:] or made:
            sheet(*made[name]).save(PICTURES / f"guide-{name}.jpg", quality=85)

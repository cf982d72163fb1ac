"""`python -m benchmarks.stability [FRAMES]`: drift of colours, contrast and sharpness.

The bundled model, one prompt, zoom 1.01, rotation 0.2, strength 0.5, 256 x 256: Phosphene and the
reference loop, with the same weights and evaluations. Prints the table of docs/performance.md and
writes docs/pictures/stability.png: Phosphene above, the reference loop below.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.painting import still_score
from benchmarks.reference_loop import reference_loop
from benchmarks.table import markdown
from phosphene.engines.loading import load_engine, load_pipeline
from phosphene.engines.presets import PRESETS
from phosphene.painting.anchors import SceneAnchors
from phosphene.painting.loop import paint
from phosphene.painting.pictures import to_bytes
from phosphene.project.tables.model import Model

FRAMES, SIZE, SHOWN = 1000, 256, 11
STRIP = Path(__file__).parent.parent / "docs" / "pictures" / "stability.png"
Frame = NDArray[np.uint8]
LOOKS = ("saturation", "contrast", "sharpness", "change")


def looks(frame: Frame, before: Frame) -> list[float]:
    """The statistics of a frame, in the order of `LOOKS`.

    Parameters
    ----------
    frame, before : ndarray, uint8, shape (height, width, 3)
        The frame, and the one before it.

    Returns
    -------
    list of float
        Mean saturation (of HSV, 0 to 1), standard deviation of the luma and variance of its
        Laplacian (of a range of 255), and mean change since the frame before (of a range of 255).
    """
    luma = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float64)
    return [
        float(cv2.cvtColor(frame, cv2.COLOR_RGB2HSV)[..., 1].mean()) / 255.0,
        float(luma.std()),
        float(cv2.Laplacian(luma, cv2.CV_64F).var()),
        float(np.abs(frame.astype(np.float64) - before).mean()),
    ]


def ours(frames: int) -> Iterator[Frame]:
    """Phosphene's frames, as they are encoded."""
    score = still_score(SIZE, frames + 1)
    engine = load_engine(PRESETS["worlds"], Model(), score)
    for _, picture, _ in paint(score, engine, SceneAnchors(score, engine)):
        yield to_bytes(picture)


def reference(frames: int) -> Iterator[Frame]:
    """The frames of the reference loop, read back from its PNGs."""
    preset = PRESETS["worlds"]
    standard = preset.qualities["standard"]
    pipe = load_pipeline(preset, torch.float32)
    with tempfile.TemporaryDirectory() as name:
        folder, score = Path(name), still_score(SIZE, frames + 1)
        reference_loop(pipe, score, standard.steps, standard.guidance_scale, folder)
        for file in sorted(folder.glob("*.png")):
            yield cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)


def followed(painted: Iterator[Frame], frames: int) -> tuple[NDArray[np.float64], list[Frame]]:
    """Looks of every frame, shape (frames + 1, 4), and the frames of the strip."""
    found, shown, before = [], [], None
    for i, frame in enumerate(painted):
        found.append(looks(frame, frame if before is None else before))
        before = frame
        if i % (frames // (SHOWN - 1)) == 0:
            shown.append(frame)
    return np.array(found), shown


def report(frames: int = FRAMES) -> str:
    """The table; writes the strip."""
    early, late = slice(frames // 20, 3 * frames // 20 + 1), slice(frames - frames // 10 + 1, None)
    rows, strips = [], []
    for name, painted in (("Phosphene", ours(frames)), ("the reference loop", reference(frames))):
        found, shown = followed(painted, frames)
        strips.append(
            cv2.resize(np.hstack(shown), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        )
        for column, look in enumerate(LOOKS):
            first, last = found[early, column].mean(), found[late, column].mean()
            share = 100.0 * (last / first - 1.0)
            rows.append([name, look, f"{first:.3g}", f"{last:.3g}", f"{share:+.0f} %"])
    STRIP.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(STRIP), cv2.cvtColor(np.vstack(strips), cv2.COLOR_RGB2BGR))
    names = [f"frames {s.start} to {(s.stop or frames + 1) - 1}" for s in (early, late)]
    return markdown(["", "mean of", *names, "change"], rows)


if __name__ == "__main__":
    print(report(*map(int, sys.argv[1:])))

"""Takes: the same frames with several seeds or directors, side by side in one labelled film."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.engines.presets import load_batched
from phosphene.engines.runtime.batches import Batches
from phosphene.film import Film
from phosphene.painting.depth import with_depth
from phosphene.painting.engine import DrawingEngine, Engine
from phosphene.painting.frames import paint

if TYPE_CHECKING:
    from phosphene.project.schema import Project
    from phosphene.rendering.filming import Progress
    from phosphene.rendering.render import Render
    from phosphene.score.score import Score

CELL = 320  # maximum px of the longer side of a take's picture
LABEL = 28  # px of the strip under it
GAP = 4  # px around each take
FONT = cv2.FONT_HERSHEY_SIMPLEX
BACKGROUND, FOREGROUND = (18, 18, 22), (235, 235, 235)
Picture = NDArray[np.uint8]


class Take(NamedTuple):
    """A project with its seed, its Score, and the director if it was directed."""

    project: Project
    score: Score
    director: str = ""

    @property
    def label(self) -> str:
        """The text under its picture."""
        director = f"{self.director}, " if self.director else ""
        return f"{director}seed {self.project.model.seed}"

    @property
    def prompts(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Its prompts and negative prompts."""
        return self.score.prompts, self.score.negative_prompts


def film_takes(takes: Sequence[Take], job: Render, on_progress: Progress) -> None:
    """Paint the takes frame by frame, in batches of the model, and film them side by side.

    A render that is stopped cannot be resumed.

    Parameters
    ----------
    takes : sequence of Take
        Of the same size and number of frames.
    job : Render
        Checked with the first take. The engine is loaded once, unless it draws from the Score, or
        the prompts differ.
    on_progress : callable
        As for `phosphene.rendering.render.render`.

    Raises
    ------
    EngineError, FilmError
    """
    project, score, _ = takes[0]
    on_progress(0, len(score), "loading")
    labels = [take.label for take in takes]
    blank = np.zeros((score.height, score.width, 3), np.uint8)
    height, width, _ = contact_sheet([blank] * len(takes), labels).shape
    film = Film(
        job.target, width, height, score.fps, job.sound, len(score), project.video.crf,
        form=job.form, force=job.force,
    )  # fmt: skip
    batches = Batches(len(takes))
    with torch.inference_mode():
        engines = [_engine(job, takes[0], batches)]
        for before, take in pairwise(takes):
            same = before.prompts == take.prompts and not isinstance(engines[-1], DrawingEngine)
            engines.append(engines[-1] if same else _engine(job, take, batches))
        paintings: list[Any] = [  # generators
            paint(take.score, engine, hold=job.spec.diffuses)
            for take, engine in zip(takes, engines, strict=True)
        ]
        try:
            with film:
                for number in range(1, len(score) + 1):
                    pictures = batches.run([partial(next, painting) for painting in paintings])
                    film.write(contact_sheet(pictures, labels))
                    on_progress(number, len(score), "painting")
                on_progress(len(score), len(score), "joining")
        finally:  # each in its own thread
            batches.close([painting.close for painting in paintings])


def _engine(job: Render, take: Take, batches: Batches) -> Engine:
    engine = load_batched(job.spec, take.project.model, take.score, batches)
    return with_depth(engine, job.depth, take.project.depth, take.score)


def contact_sheet(pictures: Sequence[Picture], labels: Sequence[str]) -> Picture:
    """Pictures in rows, each with a label under it.

    Parameters
    ----------
    pictures : sequence of ndarray, uint8, shape (height, width, 3)
    labels : sequence of str

    Returns
    -------
    ndarray, uint8
        Height and width are even.
    """
    height, width, _ = pictures[0].shape
    scale = min(1.0, CELL / max(height, width))
    size = max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    across, down = size[0] + 2 * GAP, size[1] + LABEL + 2 * GAP
    sheet = np.full((rows * down, columns * across, 3), BACKGROUND, np.uint8)
    for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        left, top = number % columns * across + GAP, number // columns * down + GAP
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        sheet[top : top + size[1], left : left + size[0]] = small
        place = left + 2, top + size[1] + LABEL - 9
        (width_of_text, _), _ = cv2.getTextSize(label, FONT, 0.5, 1)
        font_scale = min(0.5, 0.5 * (size[0] - 4) / width_of_text)
        cv2.putText(sheet, label, place, FONT, font_scale, FOREGROUND, 1, cv2.LINE_AA)
    return sheet

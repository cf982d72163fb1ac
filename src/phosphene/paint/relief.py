"""What is done when the device runs out of memory, step by step, instead of dying at frame 900."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import torch

from phosphene.errors import EngineError

log = logging.getLogger(__name__)

STEPS: tuple[tuple[str, Callable[[Any], None]], ...] = (
    ("decoding in tiles", lambda pipe: pipe.vae.enable_tiling()),
    ("moving each part to the device only while it works", lambda pipe: _offload(pipe)),
)


def _offload(pipe: Any) -> None:
    pipe.to("cpu")
    torch.cuda.empty_cache()
    pipe.enable_model_cpu_offload()


class Relief:
    """The measures that are left for a pipeline.

    Parameters
    ----------
    pipe : a diffusers pipeline
    """

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._left = list(STEPS)

    def paint(self, work: Callable[[], torch.Tensor]) -> torch.Tensor:
        """The result of some work on the device, with as many measures as it takes.

        Raises
        ------
        EngineError
            If it does not fit with all of them.
        """
        while True:
            try:
                return work()
            except torch.OutOfMemoryError as error:
                if not self._left:
                    raise EngineError(
                        "The device has too little memory for this model at this size.",
                        "Make the video smaller (--size), or choose a smaller model; the same "
                        "command goes on where it stopped.",
                    ) from error
                told, measure = self._left.pop(0)
                log.warning("The device is out of memory: %s from here on, slower.", told)
                measure(self._pipe)

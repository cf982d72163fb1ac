"""The device that a model runs on: which one, its number format, and running out of memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import torch

from phosphene.errors import EngineError

log = logging.getLogger(__name__)

Measure = tuple[str, Callable[[], None]]
"""What the user is told of it, and what it does."""

# How the CPU's and Apple's allocators say it: theirs are plain RuntimeErrors.
SIGNS = ("can't allocate memory", "not enough memory", "out of memory")


def measures_for(pipe: Any, device: torch.device) -> list[Measure]:
    """What helps with any pipeline that has a VAE, the cheapest first."""
    measures: list[Measure] = [("decoding in tiles", pipe.vae.enable_tiling)]
    if device.type == "cuda":
        measures.append(
            ("moving each part to the device only while it works", lambda: _offload(pipe))
        )
    return measures


def _offload(pipe: Any) -> None:
    pipe.to("cpu")
    torch.cuda.empty_cache()
    pipe.enable_model_cpu_offload()


class Relief:
    """The measures that are left.

    Parameters
    ----------
    measures : sequence of Measure
        In the order that they are taken in.
    """

    def __init__(self, measures: Sequence[Measure]) -> None:
        self._left = list(measures)

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
            except RuntimeError as error:
                if not _out_of_memory(error):
                    raise
                if not self._left:
                    raise EngineError(
                        "The device has too little memory for this model at this size.",
                        "Make the video smaller (--size), or choose a smaller model; the same "
                        "command goes on where it stopped.",
                    ) from error
            # Out of the handler: what the failed frame held is free before the next try.
            told, measure = self._left.pop(0)
            log.warning("The device is out of memory: %s from here on, slower.", told)
            measure()


def _out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or any(sign in str(error) for sign in SIGNS)


def working_format(device: torch.device) -> torch.dtype:
    """The number format that a device is fast in.

    float16 on CUDA; bfloat16 on a CPU with matrix units for it (Intel AMX), where it takes half the
    time or less; float32 everywhere else. A CPU that only emulates bfloat16 is ten times slower in
    it. A film is the same to the bit on the same machine.
    """
    if device.type == "cuda":
        return torch.float16
    if device.type == "cpu" and torch.cpu._is_amx_tile_supported():
        return torch.bfloat16
    return torch.float32


def convert(pipe: Any, working: torch.dtype) -> None:
    """Bring a float32 pipeline's UNet and VAE into a number format, all but the last layer.

    What leaves the VAE stays float32: bfloat16 has as many levels there as a film has, and rounds
    every frame of the feedback to them.

    Parameters
    ----------
    pipe : a pipeline of the Stable Diffusion family
    working : torch.dtype
    """
    if working is not torch.float32:
        pipe.unet.to(working)
        pipe.vae.to(working)
        last = _last(pipe.vae)
        last.to(torch.float32)
        last.register_forward_pre_hook(lambda _, inputs: (inputs[0].float(),))
    for part in pipe.vae.modules():
        if isinstance(part, torch.nn.ReLU):
            part.inplace = True  # in these VAEs, what goes into one is needed nowhere else


def _last(vae: Any) -> torch.nn.Module:
    """The layer of a VAE that gives the picture."""
    decoder = vae.decoder
    last: torch.nn.Module = decoder.conv_out if hasattr(decoder, "conv_out") else decoder.layers[-1]
    return last

"""The device that a model runs on: choosing it, its precision, and its memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import torch

from phosphene.engines.runtime.pipeline_cache import PIPELINE_CACHE
from phosphene.errors import EngineError

_log = logging.getLogger(__name__)
WEIGHTS_SHARE = 0.8  # of the free GPU memory; the rest is for activations
Saving = tuple[str, Callable[[], None]]
"""A way to save memory: its description for the log, and the function that applies it."""
# Messages of the CPU's and Metal's allocators, which raise a plain RuntimeError.
OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


def choose_device(wanted: str) -> torch.device:
    """Choose the device to paint on; `auto` takes cuda, then mps, then cpu.

    Raises
    ------
    EngineError
        If the wanted device is not available.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    found = [name for name, is_there in available.items() if is_there]
    if wanted == "auto":
        return torch.device(found[0])
    if wanted not in found:
        raise EngineError(
            f"model.device: '{wanted}' is not available; found: {', '.join(found)}",
            'Choose device = "auto", or install a PyTorch build for your GPU.',
        )
    return torch.device(wanted)


def working_dtype(device: torch.device) -> torch.dtype:
    """The precision that is fastest on a device.

    float16 on CUDA. bfloat16 on CPUs with matrix units for it (Intel AMX), where it takes at most
    half the time; a CPU that emulates bfloat16 is ten times slower with it. float32 elsewhere.
    """
    if device.type == "cuda":
        return torch.float16
    if device.type == "cpu" and torch.cpu._is_amx_tile_supported():
        return torch.bfloat16
    return torch.float32


def convert(pipe: Any, dtype: torch.dtype) -> None:
    """Convert the UNet and VAE of a float32 pipeline to another precision.

    The VAE's last layer stays float32: bfloat16 has only 8 bits of precision, to which every frame
    of the feedback would be rounded.

    Parameters
    ----------
    pipe : a pipeline of the Stable Diffusion family
    dtype : torch.dtype
    """
    if dtype is not torch.float32:
        pipe.unet.to(dtype)
        pipe.vae.to(dtype)
        decoder = pipe.vae.decoder
        last = decoder.conv_out if hasattr(decoder, "conv_out") else decoder.layers[-1]
        last.to(torch.float32)
        last.register_forward_pre_hook(lambda _, inputs: (inputs[0].float(),))
    for part in pipe.vae.modules():
        if isinstance(part, torch.nn.ReLU):
            part.inplace = True  # these VAEs do not reuse the input of a ReLU


def place(pipe: Any, device: torch.device) -> bool:
    """Move the weights to a device. Returns False if they do not fit, and are offloaded instead."""
    parts = [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]
    for part in parts:
        part.requires_grad_(False).eval()
        part.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster
    if device.type == "cuda":
        size = sum(p.numel() * p.element_size() for part in parts for p in part.parameters())
        if size > WEIGHTS_SHARE * torch.cuda.mem_get_info()[0]:
            pipe.enable_model_cpu_offload()
            return False
    pipe.to(device)
    return True


def has_room(device: torch.device) -> bool:
    """Whether a pipeline can stay on the device while a film is painted."""
    if device.type != "cuda":
        return True
    free, total = torch.cuda.mem_get_info()
    return free > total / 2


def savings_for(pipe: Any, device: torch.device) -> list[Saving]:
    """The savings that any pipeline with a VAE allows, the cheapest first."""
    savings: list[Saving] = [("decoding in tiles", pipe.vae.enable_tiling)]
    if device.type == "cuda":
        savings.append(("offloading the model to the CPU", lambda: _offload(pipe)))
    return savings


def _offload(pipe: Any) -> None:
    pipe.to("cpu")
    torch.cuda.empty_cache()
    pipe.enable_model_cpu_offload()


class Memory:
    """Runs work on a device. If memory runs out, applies one saving after another.

    Parameters
    ----------
    savings : sequence of Saving
        In the order in which they are applied.
    """

    def __init__(self, savings: Sequence[Saving]) -> None:
        self._savings = list(savings)

    def paint(self, work: Callable[[], torch.Tensor]) -> torch.Tensor:
        """Return the result of some work, applying as many savings as it needs.

        Raises
        ------
        EngineError
            If it does not fit with all of them.
        """
        while True:
            try:
                return work()
            except RuntimeError as error:
                if not out_of_memory(error):
                    raise
                if not self._savings:
                    raise EngineError(
                        "The device has too little memory for this model at this size.",
                        "Make the video smaller (--size), or choose a smaller model.",
                    ) from error
            # Outside the handler, so that the memory of the failed call is freed first.
            description, apply = self._savings.pop(0)
            _log.warning(
                "The device is out of memory. Continuing with %s, which is slower.", description
            )
            PIPELINE_CACHE.clear()  # the saving changes the pipeline
            apply()


def out_of_memory(error: BaseException) -> bool:
    """Whether an error is the device's lack of memory."""
    return isinstance(error, torch.OutOfMemoryError) or any(
        sign in str(error) for sign in OUT_OF_MEMORY
    )

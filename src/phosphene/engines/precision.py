"""Which number format a checkpoint works in, and what is taken from it to be faster at the same."""

from __future__ import annotations

from typing import Any

import torch


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
    return decoder.conv_out if hasattr(decoder, "conv_out") else decoder.layers[-1]

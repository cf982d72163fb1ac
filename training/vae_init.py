"""Initialises the VAE as a plain downscale and upscale of the picture.

From random weights it learns brightness quickly and then stays grey for a long time. Instead, three
of its channels start as the decorrelated colours of 8 x 8 pixels, and every block as the identity,
so that only detail remains to be learned.
"""

import numpy as np
import torch
from diffusers import AutoencoderTiny
from diffusers.models.unets.unet_2d_blocks import AutoencoderTinyBlock
from torch import Tensor, nn

from training.scenes import paint


def colour_statistics(looks: list) -> tuple[Tensor, Tensor]:
    """(mean colour, (3, 3) whitening matrix) of drawings of these looks, for colours in 0..1."""
    pictures = np.stack([paint(look, [i, 98], 128) for i, look in enumerate(looks)]) / 255
    coarse = pictures.reshape(len(looks), 16, 8, 16, 8, 3).mean(axis=(2, 4)).reshape(-1, 3)
    mean = coarse.mean(axis=0)
    spread, axes = np.linalg.eigh(np.cov((coarse - mean).T))
    return torch.tensor(mean).float(), torch.tensor((axes / np.sqrt(spread)).T).float()


@torch.no_grad()
def initialise(vae: AutoencoderTiny, looks: list) -> None:
    """Set the weights in place."""
    mean, whiten = colour_statistics(looks)
    for half in (vae.encoder, vae.decoder):
        convs = [layer for layer in half.layers if isinstance(layer, nn.Conv2d)]
        for conv in convs[1:-1]:
            pass_through(conv, torch.eye(3), shrink=conv.stride[0] == 2)
        for block in half.layers:
            if isinstance(block, AutoencoderTinyBlock):
                block.conv[-1].weight.mul_(0.1)
                block.conv[-1].weight[:3] = 0
                block.conv[-1].bias.zero_()
    into, out = vae.encoder.layers[0], vae.encoder.layers[-1]
    pass_through(into, torch.eye(3))
    pass_through(out, whiten)
    out.bias[:3] = -whiten @ mean
    into, out = vae.decoder.layers[0], vae.decoder.layers[-1]
    # 1.1 compensates for the decoder's clamp of its input, 3 tanh(z / 3)
    pass_through(into, 1.1 * torch.linalg.inv(whiten))
    into.bias[:3] = mean
    pass_through(out, torch.eye(3))


def pass_through(conv: nn.Conv2d, matrix: Tensor, shrink: bool = False) -> None:
    """Make the first three output channels `matrix` times the first three input channels."""
    conv.weight[:3] = 0
    if shrink:
        # a 3 x 3 binomial filter centred on the strided position
        tent = torch.tensor([0.25, 0.5, 0.25])
        conv.weight[:3, :3] = matrix[:, :, None, None] * torch.outer(tent, tent)
    else:
        conv.weight[:3, :3, 1, 1] = matrix
    if conv.bias is not None:
        conv.bias[:3] = 0


@torch.no_grad()
def raise_details(vae: AutoencoderTiny, latents: Tensor, deviation: float = 0.5) -> None:
    """Scale the channels after the first three, so that noise does not drown them in diffusion.

    The encoder's last weights are multiplied and the decoder's first divided by the same factor.
    """
    factor = deviation / latents.std(dim=(0, 2, 3))[3:]
    out, into = vae.encoder.layers[-1], vae.decoder.layers[0]
    out.weight[3:] *= factor[:, None, None, None]
    out.bias[3:] *= factor
    into.weight[:, 3:] /= factor[None, :, None, None]

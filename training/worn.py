"""Pictures degraded as in the feedback loop: moved and encoded repeatedly.

Each picture was moved by a small step of the camera, encoded, decoded and moved back, one to three
times. It is aligned with the clean picture, which is the training target.
"""

import torch
import torch.nn.functional as F
from diffusers import AutoencoderTiny
from torch import Tensor

ROUNDS = 3


def steps_of_the_camera(count: int, width: int, height: int, dice: torch.Generator) -> Tensor:
    """Small zooms, turns and shifts about the centre, (count, 3, 3), in pixels from the centre."""
    device = dice.device
    angle = torch.deg2rad(0.8 * torch.randn(count, generator=dice, device=device))
    zoom = 0.97 + 0.06 * torch.rand(count, generator=dice, device=device)
    step = torch.eye(3, device=device).repeat(count, 1, 1)
    step[:, 0, 0] = step[:, 1, 1] = zoom * angle.cos()
    step[:, 0, 1], step[:, 1, 0] = -zoom * angle.sin(), zoom * angle.sin()
    step[:, :2, 2] = 4 * torch.rand(count, 2, generator=dice, device=device) - 2
    return step


def moved(pictures: Tensor, steps: Tensor) -> Tensor:
    """(n, 3, h, w) by one cubic resample each, mirrored at the border."""
    height, width = pictures.shape[2:]
    # grid_sample counts from -1 to 1, and asks where each pixel comes from
    size = torch.tensor([width / 2, height / 2, 1.0], device=pictures.device)
    back = torch.linalg.inv(steps) * size / size[:, None]
    grid = F.affine_grid(back[:, :2], list(pictures.shape), align_corners=False)
    return F.grid_sample(
        pictures, grid, mode="bicubic", padding_mode="reflection", align_corners=False
    )


@torch.no_grad()
def worn(vae: AutoencoderTiny, pictures: Tensor, dice: torch.Generator) -> Tensor:
    """Latents, (n, 8, h/8, w/8), of pictures (n, 3, h, w) in -1..1 after one to three rounds."""
    height, width = pictures.shape[2:]
    rounds = torch.randint(1, ROUNDS + 1, (len(pictures), 1, 1, 1), generator=dice,
                           device=dice.device)  # fmt: skip
    for number in range(ROUNDS):
        steps = steps_of_the_camera(len(pictures), width, height, dice)
        coded = vae(moved(pictures, steps)).sample.clamp(-1, 1)
        back = moved(coded, torch.linalg.inv(steps)).clamp(-1, 1)
        pictures = torch.where(rounds > number, back, pictures)
    return vae.encode(pictures).latents

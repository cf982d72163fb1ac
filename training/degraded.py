"""Pictures degraded as in the feedback loop: warped and encoded repeatedly.

Each picture is warped by a small camera motion, encoded, decoded and warped back, one to three
times. It stays aligned with the clean picture, which is the training target.
"""

import torch
import torch.nn.functional as F
from diffusers import AutoencoderTiny
from torch import Tensor

ROUNDS = 3


def camera_motions(count: int, width: int, height: int, generator: torch.Generator) -> Tensor:
    """Random small zooms, rotations and shifts, (count, 3, 3), in pixels from the centre."""
    device = generator.device
    angle = torch.deg2rad(0.8 * torch.randn(count, generator=generator, device=device))
    zoom = 0.97 + 0.06 * torch.rand(count, generator=generator, device=device)
    step = torch.eye(3, device=device).repeat(count, 1, 1)
    step[:, 0, 0] = step[:, 1, 1] = zoom * angle.cos()
    step[:, 0, 1], step[:, 1, 0] = -zoom * angle.sin(), zoom * angle.sin()
    step[:, :2, 2] = 4 * torch.rand(count, 2, generator=generator, device=device) - 2
    return step


def warped(pictures: Tensor, steps: Tensor) -> Tensor:
    """(n, c, h, w) warped with bicubic interpolation, reflected at the border."""
    height, width = pictures.shape[2:]
    # grid_sample maps target to source, in coordinates from -1 to 1
    size = torch.tensor([width / 2, height / 2, 1.0], device=pictures.device)
    back = torch.linalg.inv(steps) * size / size[:, None]
    grid = F.affine_grid(back[:, :2], list(pictures.shape), align_corners=False)
    return F.grid_sample(
        pictures, grid, mode="bicubic", padding_mode="reflection", align_corners=False
    )


@torch.no_grad()
def degraded_latents(vae: AutoencoderTiny, pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Latents (n, 8, h/8, w/8) of pictures (n, 3, h, w) in -1..1 after one to three rounds."""
    height, width = pictures.shape[2:]
    rounds = torch.randint(1, ROUNDS + 1, (len(pictures), 1, 1, 1), generator=generator,
                           device=generator.device)  # fmt: skip
    for number in range(ROUNDS):
        steps = camera_motions(len(pictures), width, height, generator)
        coded = vae(warped(pictures, steps)).sample.clamp(-1, 1)
        back = warped(coded, torch.linalg.inv(steps)).clamp(-1, 1)
        pictures = torch.where(rounds > number, back, pictures)
    return vae.encode(pictures).latents

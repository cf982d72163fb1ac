"""Train the VAE: 256 x 256 pictures to 32 x 32 latents of 8 channels and back.

A fully convolutional AutoencoderTiny, trained on random crops. A penalty keeps each latent channel
at mean 0 and standard deviation 1, so the diffusion model needs no scaling factor.
"""

import math
import sys
import time
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderTiny
from safetensors.torch import load_file, save_file
from torch import Tensor

from training import draw
from training.device import DEVICE, SETTINGS
from training.paths import RUNS, WORLDS, chunk_path, chunks_of
from training.scenes import paint
from training.vae_init import initialise, raise_details

CROP = 128
CHANNELS = 8
NOISE = 0.04  # of the latents, so that the decoder tolerates small errors
# Blocks per stage. Stages without blocks are linear, and nearly free once they are folded
# (`phosphene.engines.runtime.linear_layers`).
ENCODER, DECODER = (0, 0, 4, 3), (4, 3, 1, 0)
CHECKPOINT = RUNS / "vae.safetensors"
BUNDLED = WORLDS / "vae" / "diffusion_pytorch_model.safetensors"
DONE = RUNS / "vae.done"


def new_vae() -> AutoencoderTiny:
    return AutoencoderTiny(
        latent_channels=CHANNELS,
        encoder_block_out_channels=(32, 32, 32, 32),
        decoder_block_out_channels=(32, 32, 32, 32),
        num_encoder_blocks=ENCODER,
        num_decoder_blocks=DECODER,
        scaling_factor=1.0,
        force_upcast=False,
    )


def load_vae() -> AutoencoderTiny:
    """The VAE in runs/, or else the bundled one."""
    vae = new_vae()
    vae.load_state_dict(load_file(CHECKPOINT if CHECKPOINT.exists() else BUNDLED))
    return vae.eval().to(memory_format=torch.channels_last)


class Crops:
    """Random crops of whatever has been drawn so far; (SETTINGS.crops, 3, CROP, CROP) in -1..1."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.chunks: dict[int, Tensor] = {}

    def load_new(self) -> None:
        for number in chunks_of("pictures"):
            if number not in self.chunks:
                # copy-on-write, because torch warns about read-only arrays
                chunk = np.load(chunk_path("pictures", number), mmap_mode="c")
                self.chunks[number] = torch.from_numpy(chunk).to(DEVICE)

    def batch(self) -> Tensor:
        out, chunks = [], list(self.chunks.values())
        for _ in range(SETTINGS.crops):
            chunk = chunks[int(self.rng.integers(len(chunks)))]
            top = int(self.rng.integers(0, chunk.shape[1] - CROP + 1))
            left = int(self.rng.integers(0, chunk.shape[2] - CROP + 1))
            crop = chunk[int(self.rng.integers(len(chunk))), top : top + CROP, left : left + CROP]
            out.append(crop.flip(1) if self.rng.random() < 0.5 else crop)
        return to_tensor(torch.stack(out))


def to_tensor(pictures: np.ndarray | Tensor) -> Tensor:
    """(n, h, w, 3) uint8 as (n, 3, h, w) float in -1..1, channels last, on its device."""
    batch = torch.as_tensor(pictures).permute(0, 3, 1, 2).float()
    return (batch / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def loss_of(vae: AutoencoderTiny, pictures: Tensor) -> Tensor:
    latents = vae.encode(pictures).latents
    back = vae.decode(latents + NOISE * torch.randn_like(latents)).sample
    flat = latents.transpose(0, 1).flatten(1)
    mean = flat.mean(dim=1, keepdim=True)
    covariance = (flat - mean) @ (flat - mean).T / flat.shape[1]
    excess = covariance - torch.eye(CHANNELS, device=covariance.device)
    shape = (mean**2).mean() + (excess**2).mean()
    return picture_loss(back - pictures) + 0.02 * shape


def picture_loss(error: Tensor) -> Tensor:
    """The loss of decoded pictures: gradients and coarse errors get extra weight."""
    slope = error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
    coarse = F.avg_pool2d(error, 4).abs().mean()
    return error.abs().mean() + 2 * (error**2).mean() + 0.5 * slope + 0.5 * coarse


@cache
def held_out(count: int) -> Tensor:
    """Pictures never trained on, (count, 3, 256, 256)."""
    return to_tensor(np.stack([paint(draw.look_of(i), [i, 99]) for i in range(count)]))


@torch.no_grad()
def decibels(vae: AutoencoderTiny, count: int = 32) -> float:
    """PSNR on pictures never trained on."""
    pictures = held_out(count).to(next(vae.parameters()).device)
    back = vae(pictures).sample.clamp(-1, 1)
    return float(10 * torch.log10(4 / ((back - pictures) ** 2).mean(dim=(1, 2, 3))).mean())


def train_vae(minutes: float, peak: float = 1.2e-3) -> None:
    """Train for some minutes, with the learning rate decaying to zero."""
    torch.manual_seed(0)
    vae = new_vae()
    if CHECKPOINT.exists():
        vae.load_state_dict(load_file(CHECKPOINT))
    else:
        initialise(vae, [draw.look_of(i) for i in range(200)])
    vae.to(DEVICE, memory_format=torch.channels_last)
    weights = list(vae.parameters())
    optimiser = torch.optim.AdamW(weights, lr=peak, betas=(0.9, 0.99), weight_decay=1e-4)
    crops, start, step = Crops(int(time.time())), time.time(), 0
    mean_loss = torch.zeros((), device=DEVICE)
    while (share := (time.time() - start) / (60 * minutes)) < 1:
        if step % 100 == 0:
            crops.load_new()
        for group in optimiser.param_groups:
            falling = 0.5 * (1 + math.cos(math.pi * share))
            group["lr"] = peak * min(1, (step + 1) / 50) * falling
        with torch.autocast(DEVICE.type, torch.bfloat16, enabled=SETTINGS.half):
            loss = loss_of(vae, crops.batch())
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        mean_loss.lerp_(loss.detach(), max(0.03, 1 / (step + 1)))
        step += 1
        if step % 500 == 0:
            save(vae)
            spent = time.time() - start
            print(
                f"vae {step} {spent:.0f} s loss {mean_loss:.4f} {decibels(vae):.2f} dB", flush=True
            )
    save(vae)
    print(f"vae done: {step} steps, {decibels(vae):.2f} dB", flush=True)


def make_vae(minutes: float = 20) -> None:
    """Use the bundled VAE, continue training the one in runs/, or train a new one.

    A new one is trained for three quarters of the time, its detail channels are scaled, and it is
    trained for the rest.
    """
    if DONE.exists() or (BUNDLED.exists() and not CHECKPOINT.exists()):
        return
    if CHECKPOINT.exists():
        train_vae(minutes, 8e-4)
    else:
        train_vae(0.73 * minutes)
        vae = load_vae()
        pictures = np.stack([paint(draw.look_of(i), [i, 97]) for i in range(32)])
        with torch.no_grad():
            raise_details(vae, vae.encode(to_tensor(pictures)).latents)
        save(vae)
        train_vae(0.27 * minutes, 8e-4)
    DONE.write_text(f"{decibels(load_vae()):.2f} dB\n")


def save(vae: AutoencoderTiny) -> None:
    CHECKPOINT.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.cpu().contiguous() for k, v in vae.state_dict().items()}, CHECKPOINT)


if __name__ == "__main__":
    make_vae(float(sys.argv[1]) if len(sys.argv) > 1 else 20)

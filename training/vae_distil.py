"""Distil the VAE of another model into one with fewer layers and the same latents.

python -m training.vae_distil TEACHER [--minutes 40]

TEACHER is the diffusers folder of the other model. The UNet stays as it is: the encoder learns the
latents of the teacher, and the decoder to paint the pictures that the teacher decodes.
"""

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from diffusers import AutoencoderTiny
from diffusers.models.autoencoders.vae import DecoderTiny, EncoderTiny
from diffusers.models.unets.unet_2d_blocks import AutoencoderTinyBlock
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook

from benchmarks.painting import still_score
from phosphene.engines.loading import load_engine
from phosphene.engines.presets import PRESETS
from phosphene.painting.anchors import SceneAnchors
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model
from training.degraded import camera_motions, warped
from training.films import SIZE
from training.muon import Muon
from training.paths import RUNS
from training.vae import CHECKPOINT, CROP, NOISE, Crops, decibels, new_vae, picture_loss
from training.words import HELD_OUT

SCALE = 8  # pixels per latent pixel
PEAK, LINEAR = 6e-4, 0.02  # the highest learning rate, and the share that it keeps
BORDER = 2 * SCALE  # where a crop of latents decodes to other pixels than the picture has
FRAMES, EVERY = 12, 2  # of a film of each world
MEAN = 0.998  # of the running mean of the weights, once there are many steps
FRAMES_FILE = RUNS / "vae_frames.safetensors"


def stages(half: EncoderTiny | DecoderTiny) -> list[list[nn.Module]]:
    """The layers by resolution."""
    found: list[list[nn.Module]] = [[]]
    for layer in half.layers:
        if getattr(layer, "stride", None) == (2, 2) or isinstance(layer, nn.Upsample):
            found.append([])
        found[-1].append(layer)
    return found


@torch.no_grad()
def inherit(student: AutoencoderTiny, teacher: AutoencoderTiny) -> None:
    """Start from the teacher's layers; blocks that it lacks start near the identity."""
    for half in ("encoder", "decoder"):
        for new, old in zip(
            stages(getattr(student, half)), stages(getattr(teacher, half)), strict=True
        ):
            for kind in (AutoencoderTinyBlock, nn.Conv2d):
                given = [layer for layer in old if isinstance(layer, kind)]
                for i, layer in enumerate(layer for layer in new if isinstance(layer, kind)):
                    if i < len(given):
                        layer.load_state_dict(given[i].state_dict())
                    else:
                        layer.conv[-1].weight.mul_(0.1)
                        layer.conv[-1].bias.zero_()


def painted(teacher: Path) -> tuple[Tensor, Tensor]:
    """Latents (n, 8, 32, 32) that the UNet painted in films, and their pictures, uint8."""
    if not FRAMES_FILE.exists():
        latents: list[Tensor] = []
        pictures: list[Tensor] = []

        def keep(module: nn.Module, inputs: tuple[Tensor, ...], picture: Tensor) -> None:
            if isinstance(module, DecoderTiny):
                latents.append(inputs[0].half())
                pictures.append(((picture.clamp(-1, 1) + 1) * 127.5).round().byte())

        # Without graphs, which would not call the modules.
        preset = replace(PRESETS["worlds"], source=str(teacher), graphs=False)
        with register_module_forward_hook(keep):
            for wordings in HELD_OUT.values():
                score = replace(still_score(SIZE, FRAMES + 1), prompts=(wordings[0],))
                engine = load_engine(preset, Model(), score)
                list(paint(score, engine, SceneAnchors(score, engine)))
        save_file(
            {
                "latents": torch.cat(latents)[::EVERY].contiguous(),
                "pictures": torch.cat(pictures)[::EVERY].contiguous(),
            },
            FRAMES_FILE,
        )
    frames = load_file(FRAMES_FILE)
    return frames["latents"], frames["pictures"]


def crops_of(
    latents: Tensor, pictures: Tensor, count: int, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Crops of latents, and of their pictures in -1..1."""
    size = CROP // SCALE
    for _ in range(count):
        n, top, left = (
            int(torch.randint(high, (), generator=generator))
            for high in (len(latents), *(side - size + 1 for side in latents.shape[2:]))
        )
        picture = pictures[n, :, SCALE * top :, SCALE * left :][:, :CROP, :CROP]
        yield latents[n, :, top : top + size, left : left + size].float(), picture / 127.5 - 1


def moved(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """A third of the pictures resampled, with grain, as in the feedback loop."""
    count = len(pictures) // 3
    steps = camera_motions(count, CROP, CROP, generator)
    grain = 0.06 * torch.rand((count, 1, 1, 1), generator=generator)
    some = warped(pictures[:count], steps)
    some = some + grain * torch.randn(some.shape, generator=generator)
    return torch.cat([some.clamp(-1, 1), pictures[count:]])


def loss_of(
    student: AutoencoderTiny, teacher: AutoencoderTiny, pictures: Tensor,
    frames: tuple[Tensor, Tensor],
) -> Tensor:  # fmt: skip
    """The loss on drawings and on crops of frames (latents, pictures)."""
    with torch.no_grad():
        wanted = teacher.encode(pictures).latents
    latents = student.encode(pictures).latents
    error = latents - wanted
    half = len(pictures) // 2
    given = torch.cat([latents[:half], wanted[half:]])
    back = student.decode(given + NOISE * torch.randn_like(given)).sample
    inner = slice(BORDER, -BORDER)
    frame = student.decode(frames[0]).sample - frames[1]
    return (
        picture_loss(back - pictures)
        + 0.5 * ((error**2).mean() + 0.3 * error.abs().mean())
        + 0.3 * picture_loss(frame[..., inner, inner])
    )


def distil(folder: Path, minutes: float) -> None:
    """Train for some minutes, with the learning rate decaying, and save the mean of the weights."""
    teacher = AutoencoderTiny.from_pretrained(folder / "vae").requires_grad_(False)
    student = new_vae()
    inherit(student, teacher)
    frames, crops = painted(folder), Crops(int(time.time()))
    crops.load_new()
    generator = torch.Generator().manual_seed(int(time.time()))
    weights = list(student.parameters())
    optimisers = (
        Muon([weight for weight in weights if weight.ndim > 1], PEAK),
        torch.optim.AdamW([weight for weight in weights if weight.ndim == 1], PEAK),
    )
    average = {name: weight.clone() for name, weight in student.state_dict().items()}
    start, step = time.time(), 0
    while (share := (time.time() - start) / (60 * minutes)) < 1:
        rate = PEAK * (LINEAR + (1 - LINEAR) * 0.5 * (1 + math.cos(math.pi * share)))
        for group in (group for one in optimisers for group in one.param_groups):
            group["lr"] = rate * min(1, (step + 1) / 100)
        pictures = moved(torch.cat([crops.batch() for _ in range(4)]), generator)
        latents, shown = zip(*crops_of(*frames, len(pictures) // 4, generator), strict=True)
        loss = loss_of(student, teacher, pictures, (torch.stack(latents), torch.stack(shown)))
        student.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        for one in optimisers:
            one.step()
        step += 1
        with torch.no_grad():
            for name, weight in student.state_dict().items():
                average[name].lerp_(weight, 1 - min(MEAN, (step + 1) / (step + 20)))
        if step % 100 == 0:
            save_file(average, CHECKPOINT)
            print(f"vae {step} {time.time() - start:.0f} s loss {loss.item():.4f}", flush=True)
    save_file(average, CHECKPOINT)
    student.load_state_dict(average)
    print(f"distilled: {step} steps, {decibels(student):.2f} dB", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.vae_distil")
    parser.add_argument("teacher", type=Path)
    parser.add_argument("--minutes", type=float, default=40)
    given = parser.parse_args()
    distil(given.teacher, given.minutes)

"""Distil the UNet of another model into one with fewer layers. Resumable.

python -m training.unet_distil TEACHER [--minutes 90] [--student FOLDER --rate 0.2]

TEACHER is the diffusers folder of the other model. The student starts from the layers that it keeps
(Kim et al., "BK-SDM", 2024), or from the UNet of an earlier student, and learns the prediction of
the teacher and the outputs of its levels on the inputs of `polish.py`: pure noise, its own
pictures, half denoised or warped as in a film, and drawings. The result is TEACHER with the new
UNet, in runs/worlds.
"""

import argparse
import random
import re
import shutil
import threading
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from training.captions import caption
from training.device import DEVICE, SETTINGS
from training.distil import picture
from training.draw import EVERY
from training.latents import Dataset, blurred
from training.meaning import load_or_pretrain, tokenize
from training.paths import RUNS
from training.polish import MAX_SIGMA, Pools, Rows, counts
from training.run import Run
from training.schedule import new_scheduler
from training.session import session
from training.text import train_tokenizer
from training.unet import for_training, load_bundled, new_unet

TARGET = RUNS / "smaller.safetensors"
# warm-up of the learning rate in steps, and its fall as a share of the time
WARM_UP, FALL = 40, 0.6
# Levels below the one that lost a layer: most of the weights, for which AdamW is cheaper than Muon.
DEEP, DEEP_RATE = ("down_blocks.2", "down_blocks.3", "mid_block", "up_blocks.0", "up_blocks.1"), 0.2
LEVELS = 0.1  # weight of the levels' outputs in the loss
DETAIL = 40.0  # weight of the amount of detail, of which the mean squared error alone loses a tenth
COLOUR = 3.0  # weight of the colours of large parts, whose small errors add up in a film
BLENDED = 0.15  # share of prompts that are a mixture of two
# Shares of pure noise and of repainted pictures: few new ones, so that films have about 10 frames.
SHARES = (0.0625, 0.75)


def inherited(student: UNet2DConditionModel, teacher: UNet2DConditionModel) -> dict[str, Tensor]:
    """The teacher's weights that the student keeps: the first layers of each level.

    Going up, it keeps the level's last layer instead, which reads the finest skip connection.
    """
    given = teacher.state_dict()

    def source(name: str) -> str:
        found = re.match(r"up_blocks\.(\d)\.(resnets|attentions)\.(\d)\.", name)
        if found is None:
            return name
        level, layer = int(found[1]), int(found[3])
        if layer < len(student.up_blocks[level].resnets) - 1:
            return name
        last = len(teacher.up_blocks[level].resnets) - 1
        return f"up_blocks.{level}.{found[2]}.{last}.{name[found.end() :]}"

    return {name: given[source(name)] for name in student.state_dict()}


class Levels:
    """The outputs of a UNet's levels in its last evaluation by this thread."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        self.last = threading.local()
        unet.register_forward_pre_hook(lambda *_: setattr(self.last, "outputs", []))
        for level in (*unet.down_blocks, unet.mid_block, *unet.up_blocks):
            level.register_forward_hook(self.keep)

    def keep(self, level: nn.Module, inputs: object, output: Tensor | tuple[Tensor, ...]) -> None:
        self.last.outputs.append(output[0] if isinstance(output, tuple) else output)


def loss_of(
    teacher: UNet2DConditionModel, outputs: tuple[Levels, Levels], text: nn.Module,
    alphas: Tensor, student: UNet2DConditionModel, *batch: Tensor,
) -> tuple[Tensor, ...]:  # fmt: skip
    """(loss, painted latents)."""
    rows = Rows(*batch)
    noisy = rows.noisy.to(memory_format=torch.channels_last)
    with torch.no_grad():
        prompts = text(rows.words).last_hidden_state
        chance = rows.sigma[..., 0] / MAX_SIGMA  # 0 to 1, determined by the step
        share = torch.where(chance < BLENDED, chance / BLENDED, 0.0)
        prompts = prompts.lerp(prompts.roll(1, 0), share)
        wanted = teacher(noisy, rows.times, encoder_hidden_states=prompts).sample
    velocity = student(noisy, rows.times, encoder_hidden_states=prompts).sample
    pairs = zip(*(found.last.outputs for found in outputs), strict=True)
    inner = [F.mse_loss(mine, other) / other.var() for mine, other in pairs]
    loss = F.mse_loss(velocity, wanted) + LEVELS * torch.stack(inner).mean()
    alpha = alphas[rows.times].view(-1, 1, 1, 1)
    painted, other = (picture(rows.noisy, predicted, alpha) for predicted in (velocity, wanted))
    loss = loss + DETAIL * F.mse_loss(detail_of(painted), detail_of(other))
    return loss + COLOUR * F.mse_loss(colours_of(painted), colours_of(other)), painted


def detail_of(latents: Tensor) -> Tensor:
    """Deviation of each channel of latents (n, 8, h, w) from its neighbourhood, (n, 8)."""
    return (latents - blurred(latents)).square().mean(dim=(2, 3)).add(1e-6).sqrt()


def colours_of(latents: Tensor) -> Tensor:
    """Mean of each channel of latents (n, 8, h, w) in 16 parts of the picture, (n, 8, 4, 4)."""
    return F.adaptive_avg_pool2d(latents, 4)


def any_prompts() -> Tensor:
    """Token ids of captions of every world in every colour, (n, LENGTH)."""
    rng = random.Random(0)
    return tokenize(train_tokenizer(), [caption(look, rng) for look in 4 * EVERY])


def distil(folder: Path, minutes: float, earlier: Path | None, share: float) -> None:
    """Train for some minutes, and write the result.

    earlier: folder of an earlier student. share: learning rate as a share of the peak.
    """
    torch.set_num_threads(1)
    teacher = UNet2DConditionModel.from_pretrained(folder / "unet").requires_grad_(False)
    student = new_unet()
    if earlier is None:
        student.load_state_dict(inherited(student, teacher))
    else:
        load_bundled(student, earlier / "unet")
    text = load_or_pretrain(train_tokenizer()).requires_grad_(False).to(DEVICE)
    for unet in (student, teacher):
        for_training(unet.to(DEVICE))
    dataset, alphas = Dataset(), new_scheduler().alphas_cumprod.to(DEVICE)
    outputs = Levels(student), Levels(teacher)
    names = dict(student.named_parameters())
    matrices = [w for name, w in names.items() if w.ndim > 1 and not name.startswith(DEEP)]
    deep = [w for name, w in names.items() if w.ndim > 1 and name.startswith(DEEP)]
    groups = [
        {"params": [w for w in names.values() if w.ndim < 2], "share": 1.0},
        {"params": deep, "share": DEEP_RATE},
    ]
    run = Run(student, partial(loss_of, teacher, outputs, text, alphas), groups, TARGET, matrices)
    run.resume()
    shares = counts(*SHARES)
    parts = [Pools(dataset, alphas, shares) for _ in range(SETTINGS.parts)]
    texts = any_prompts()

    def batch_of(number: int) -> Rows:
        rows, (fresh, _) = parts[number % SETTINGS.parts].batch(number, 0.0), shares
        # Pure noise needs no drawing, so it is painted with any prompt.
        picks = torch.randint(len(texts), (fresh,), generator=torch.Generator().manual_seed(number))
        rows.words[:fresh] = texts[picks].to(DEVICE)
        return rows

    for elapsed in session([run], dataset, minutes):
        rate = share * SETTINGS.peak * min(1, (1 - elapsed) / FALL, (run.steps + 1) / WARM_UP)
        results = run.advance(batch_of, rate)
        for part, (_, painted) in zip(parts, results, strict=True):
            part.keep(painted)
    student.load_state_dict(run.average)
    shutil.copytree(folder, RUNS / "worlds", dirs_exist_ok=True)
    student.half().save_pretrained(RUNS / "worlds" / "unet")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.unet_distil")
    parser.add_argument("teacher", type=Path)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--student", type=Path)
    parser.add_argument("--rate", type=float, default=1.5)
    given = parser.parse_args()
    distil(given.teacher, given.minutes, given.student, given.rate)

"""Distil the trained model to few steps without guidance. Resumable.

python -m training.distil --minutes 60

One evaluation of the student learns the result of several guided steps of the teacher (Salimans
and Ho, "Progressive distillation", 2022, with the guidance of Meng et al. 2023). Its pictures are
blurred where the teacher is uncertain, which `polish.py` corrects.
"""

import argparse
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import Batch, make_batch
from training.device import DEVICE, SETTINGS
from training.latents import Dataset
from training.meaning import tokenize
from training.paths import RUNS
from training.run import Loss, Run
from training.schedule import new_scheduler
from training.session import session
from training.unet import CHECKPOINT, Worlds, load_model

GUIDANCE = 2.5
NEGATIVE = "blurry, low quality, watermark, text"
# the learning rate as a share of the teacher's, and its warm-up in steps
RATE, WARM_UP = 0.25, 100
TARGET = RUNS / "few.safetensors"
# below this noise level there is almost nothing to learn, and the target v would be very large
MIN_SIGMA = 0.1


def picture(noisy: Tensor, velocity: Tensor, alpha: Tensor) -> Tensor:
    return alpha.sqrt() * noisy - (1 - alpha).sqrt() * velocity


@torch.no_grad()
def guided(
    teacher: Worlds, noisy: Tensor, times: Tensor, words: Tensor, negative: Tensor
) -> Tensor:
    """The teacher's guided v, from one doubled batch. negative: (1, LENGTH) token ids."""
    both = torch.cat([negative.expand_as(words), words])
    unconditional, conditional = teacher(noisy.repeat(2, 1, 1, 1), times.repeat(2), both).chunk(2)
    return unconditional + GUIDANCE * (conditional - unconditional)


@torch.no_grad()
def destination(teacher: Worlds, batch: Batch, alphas: Tensor, negative: Tensor) -> Tensor:
    """Clean latents (n, 8, h, w) after `SETTINGS.rollout` guided DDIM steps of the teacher."""
    noisy, alpha = batch.noisy, alphas[batch.times].view(-1, 1, 1, 1)
    for left in range(SETTINGS.rollout, 0, -1):
        times = batch.times * left // SETTINGS.rollout
        velocity = guided(teacher, noisy, times, batch.words, negative)
        clean = picture(noisy, velocity, alpha)
        noise = (1 - alpha).sqrt() * noisy + alpha.sqrt() * velocity
        alpha = alphas[batch.times * (left - 1) // SETTINGS.rollout].view(-1, 1, 1, 1)
        noisy = alpha.sqrt() * clean + (1 - alpha).sqrt() * noise
    return clean


def student_loss(
    teacher: Worlds, alphas: Tensor, negative: Tensor, model: Worlds, *batch: Tensor
) -> tuple[Tensor]:
    """Mean squared error to the teacher's result, as v."""
    inputs = Batch(*batch)
    alpha = alphas[inputs.times].view(-1, 1, 1, 1)
    end = destination(teacher, inputs, alphas, negative)
    target = (alpha.sqrt() * inputs.noisy - end) / (1 - alpha).sqrt().clamp_min(MIN_SIGMA)
    return (F.mse_loss(model(inputs.noisy, inputs.times, inputs.words), target),)


def student_run(student: Worlds, loss: Loss, path: Path) -> Run:
    """Train all of the student, its UNet's matrices with Muon."""
    matrices = [weight for weight in student.unet.parameters() if weight.ndim > 1]
    rest = [weight for weight in student.unet.parameters() if weight.ndim < 2]
    groups = [{"params": [*rest, *student.text.parameters()], "share": 1.0}]
    return Run(student, loss, groups, path, matrices)


def distil(minutes: float) -> None:
    """Train for some minutes at a decaying learning rate."""
    torch.set_num_threads(1)
    teacher = load_model("average", CHECKPOINT).requires_grad_(False).to(DEVICE)
    student = Worlds().to(DEVICE)
    student.load_state_dict(teacher.state_dict())
    if SETTINGS.half:
        teacher.bfloat16()
    dataset, alphas = Dataset(), new_scheduler().alphas_cumprod.to(DEVICE)
    negative = tokenize(teacher.tokenizer, [NEGATIVE]).to(DEVICE)
    run = student_run(student, partial(student_loss, teacher, alphas, negative), TARGET)
    run.resume()

    def batch_of(number: int) -> Batch:
        return make_batch(dataset, alphas, number, seed=2, model=run.predict)

    for elapsed in session([run], dataset, minutes):
        run.advance(
            batch_of, (1 - elapsed) * RATE * SETTINGS.peak * min(1, (run.steps + 1) / WARM_UP)
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.distil", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    distil(parser.parse_args().minutes)

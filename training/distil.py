"""Distil the trained model to few evaluations without guidance. Resumable.

python -m training.distil --minutes 60

One evaluation of the student learns the result of several guided steps of the teacher (Salimans
and Ho, "Progressive distillation", 2022, with the guidance of Meng et al. 2023). Where these are
unsure it is soft: `polish.py` comes next.
"""

import argparse
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import Batch, make_batch
from training.latents import Known
from training.meaning import spell
from training.pace import DEVICE, PACE
from training.places import RUNS
from training.run import Loss, Run
from training.schedule import new_scheduler
from training.session import session
from training.unet import CHECKPOINT, Worlds, load_model

GUIDANCE = 2.5
NEGATIVE = "blurry, low quality, watermark, text"
# the student's rate, as a share of the teacher's; its first steps, over which it rises
RATE, WARM_UP = 0.25, 100
TARGET = RUNS / "few.safetensors"
# below this noise there is next to nothing to learn, and v of it would be a large number
LEAST_HAZE = 0.1


def picture(noisy: Tensor, velocity: Tensor, alpha: Tensor) -> Tensor:
    return alpha.sqrt() * noisy - (1 - alpha).sqrt() * velocity


@torch.no_grad()
def guided(
    teacher: Worlds, noisy: Tensor, times: Tensor, words: Tensor, negative: Tensor
) -> Tensor:
    """The teacher's v at GUIDANCE, from one doubled batch. negative: (1, LENGTH) token ids."""
    both = torch.cat([negative.expand_as(words), words])
    without, told = teacher(noisy.repeat(2, 1, 1, 1), times.repeat(2), both).chunk(2)
    return without + GUIDANCE * (told - without)


@torch.no_grad()
def destination(teacher: Worlds, batch: Batch, alphas: Tensor, negative: Tensor) -> Tensor:
    """Clean latents (n, 8, h, w) at the end of PACE.rollout guided steps of DDIM."""
    noisy, alpha = batch.noisy, alphas[batch.times].view(-1, 1, 1, 1)
    for left in range(PACE.rollout, 0, -1):
        times = batch.times * left // PACE.rollout
        velocity = guided(teacher, noisy, times, batch.words, negative)
        clean = picture(noisy, velocity, alpha)
        noise = (1 - alpha).sqrt() * noisy + alpha.sqrt() * velocity
        alpha = alphas[batch.times * (left - 1) // PACE.rollout].view(-1, 1, 1, 1)
        noisy = alpha.sqrt() * clean + (1 - alpha).sqrt() * noise
    return clean


def students_loss(
    teacher: Worlds, alphas: Tensor, negative: Tensor, model: Worlds, *batch: Tensor
) -> tuple[Tensor]:
    """Distance to where the teacher ends, as v."""
    asked = Batch(*batch)
    alpha = alphas[asked.times].view(-1, 1, 1, 1)
    end = destination(teacher, asked, alphas, negative)
    aim = (alpha.sqrt() * asked.noisy - end) / (1 - alpha).sqrt().clamp_min(LEAST_HAZE)
    return (F.mse_loss(model(asked.noisy, asked.times, asked.words), aim),)


def students_run(student: Worlds, loss: Loss, path: Path) -> Run:
    """All of the student learns, its matrices by Muon."""
    matrices = [weight for weight in student.unet.parameters() if weight.ndim > 1]
    rest = [weight for weight in student.unet.parameters() if weight.ndim < 2]
    groups = [{"params": [*rest, *student.text.parameters()], "share": 1.0}]
    return Run(student, loss, groups, path, matrices)


def distil(minutes: float) -> None:
    """Until the minutes are spent, at a falling rate."""
    torch.set_num_threads(1)
    teacher = load_model("average", CHECKPOINT).requires_grad_(False).to(DEVICE)
    student = Worlds().to(DEVICE)
    student.load_state_dict(teacher.state_dict())
    if PACE.half:
        teacher.bfloat16()
    known, alphas = Known(), new_scheduler().alphas_cumprod.to(DEVICE)
    negative = spell(teacher.tokenizer, [NEGATIVE]).to(DEVICE)
    run = students_run(student, partial(students_loss, teacher, alphas, negative), TARGET)
    run.resume()

    def batch_of(number: int) -> Batch:
        return make_batch(known, alphas, number, seed=2, model=run.painted)

    for gone in session([run], known, minutes):
        run.advance(batch_of, (1 - gone) * RATE * PACE.peak * min(1, (run.steps + 1) / WARM_UP))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.distil", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    distil(parser.parse_args().minutes)

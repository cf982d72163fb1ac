"""Distil the trained model to one or two evaluations without guidance. Resumable.

python -m training.distil --stage guidance --minutes 60
python -m training.distil --stage few --minutes 120

`guidance`: the student's one evaluation learns the teacher's guided pair (Meng et al. 2023).
`few`: a consistency model (Song et al. 2023): from any noise the student lands on the picture on
which its own average lands after one DDIM step of the guidance-distilled teacher.
"""

import argparse
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import BATCH, make_batch
from training.latents import Known
from training.places import RUNS
from training.unet import CHECKPOINT, PARTS, Run, Worlds, load_model, new_scheduler

GUIDANCE = 3.5
NEGATIVE = "blurry, low quality, watermark, text"
RATE = {"guidance": 1e-4, "few": 5e-5}
TEACHER = {"guidance": CHECKPOINT, "few": RUNS / "guidance.safetensors"}
TARGET = {"guidance": RUNS / "guidance.safetensors", "few": RUNS / "few.safetensors"}
# the noise levels a few-step student walks along
LADDER = 25


def picture(noisy: Tensor, velocity: Tensor, alpha: Tensor) -> Tensor:
    return alpha.sqrt() * noisy - (1 - alpha).sqrt() * velocity


def hint(noisy: Tensor, velocity: Tensor, alpha: Tensor) -> Tensor:
    """The noise that a v tells of."""
    return alpha.sqrt() * velocity + (1 - alpha).sqrt() * noisy


@torch.no_grad()
def guided(teacher: Worlds, noisy: Tensor, times: Tensor, captions: list[str]) -> Tensor:
    """The teacher's v at GUIDANCE, from one doubled batch."""
    both = teacher(noisy.repeat(2, 1, 1, 1), times.repeat(2), [NEGATIVE] * len(captions) + captions)
    without, told = both.chunk(2)
    return without + GUIDANCE * (told - without)


def guidance_loss(
    student: Worlds, teacher: Worlds, known: Known, alphas: Tensor, step: int
) -> Tensor:
    batch = make_batch(known, alphas, step, seed=2)
    aim = guided(teacher, batch.noisy, batch.times, batch.captions)
    return F.mse_loss(student(batch.noisy, batch.times, batch.captions), aim)


def few_loss(
    student: Worlds, teacher: Worlds, average: Worlds, known: Known, alphas: Tensor, step: int
) -> Tensor:
    """Huber distance between the pictures told from two neighbouring noise levels."""
    batch = make_batch(known, alphas, step, seed=3)
    rung = torch.randint(1, LADDER + 1, (BATCH,), generator=torch.Generator().manual_seed(step))
    high, low = rung * 1000 // LADDER - 1, ((rung - 1) * 1000 // LADDER - 1)
    alpha = alphas[high].view(-1, 1, 1, 1)
    beneath = torch.where(low >= 0, alphas[low.clamp_min(0)], torch.ones(BATCH)).view(-1, 1, 1, 1)
    dice = torch.Generator().manual_seed(step)
    clean = picture(batch.noisy, batch.aim, alphas[batch.times].view(-1, 1, 1, 1))
    noisy = alpha.sqrt() * clean + (1 - alpha).sqrt() * torch.randn(clean.shape, generator=dice)
    with torch.no_grad():
        velocity = teacher(noisy, high, batch.captions)
        told, noise = picture(noisy, velocity, alpha), hint(noisy, velocity, alpha)
        lower = beneath.sqrt() * told + (1 - beneath).sqrt() * noise
        landed = picture(lower, average(lower, low.clamp_min(0), batch.captions), beneath)
        aim = torch.where(low.view(-1, 1, 1, 1) >= 0, landed, told)
    found = picture(noisy, student(noisy, high, batch.captions), alpha)
    return F.smooth_l1_loss(found, aim, beta=0.2)


def distil(stage: str, minutes: float, steps: int = 0, target: Path | None = None) -> None:
    """Until the minutes of this session are spent, or for a number of steps."""
    teacher = load_model("average", TEACHER[stage]).requires_grad_(False)
    student, average = Worlds(), Worlds().requires_grad_(False)
    student.load_state_dict(teacher.state_dict())
    groups = [{"params": list(student.parameters()), "share": 1.0}]
    run = Run(student, groups, target or TARGET[stage])
    run.resume()
    known, alphas = Known(), new_scheduler().alphas_cumprod

    def loss_of(number: int) -> Tensor:
        if stage == "guidance":
            return guidance_loss(student, teacher, known, alphas, number)
        return few_loss(student, teacher, average, known, alphas, number)

    start, kept, mean_loss, first = time.time(), time.time(), 0.0, run.steps
    while (run.steps - first < steps) if steps else (time.time() - start < 60 * minutes):
        if stage == "few":
            average.load_state_dict(run.average)
        loss = run.advance(loss_of, RATE[stage] * min(1, (run.steps + 1) / 100))
        done = run.steps - first
        mean_loss += (loss - mean_loss) * max(0.01, 1 / done)
        if run.steps % 25 == 0:
            pace = done * PARTS * BATCH / (time.time() - start)
            print(f"{stage} {run.steps} loss {mean_loss:.4f} {pace:.1f} samples/s", flush=True)
        if time.time() - kept > 240:
            kept = time.time()
            run.save()
    run.save()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.distil", description=__doc__)
    parser.add_argument("--stage", choices=tuple(RATE), required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, default=0)
    given = parser.parse_args()
    distil(given.stage, given.minutes, given.steps)

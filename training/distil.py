"""Distil the trained model to few evaluations without guidance. Resumable.

python -m training.distil --minutes 60

The student's one evaluation learns where some guided steps of the teacher's end (Salimans and Ho,
"Progressive distillation", 2022, with the guidance of Meng et al. 2023), and that the picture which
it tells of should pass for a drawn one (`critic.py`).
"""

import argparse
import time
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import Batch, make_batch
from training.critic import Critic, critic_loss, mean_of
from training.latents import Known
from training.meaning import spell
from training.pace import DEVICE, PACE
from training.places import RUNS
from training.run import Run
from training.schedule import new_scheduler
from training.unet import CHECKPOINT, NEW_CHUNKS, Worlds, load_model

GUIDANCE = 2.5
NEGATIVE = "blurry, low quality, watermark, text"
# the student's rate, as a share of the teacher's; the critic's
RATE, CRITICS_RATE = 0.25, 3e-4
TARGET, CRITIC = RUNS / "few.safetensors", RUNS / "critic.safetensors"
# below this noise there is next to nothing to learn, and v of it would be a large number
LEAST_HAZE = 0.1
# above this noise one step can not tell a whole picture, and the critic would ask for a guess
MOST_HAZE = 0.9
# how much the critic counts beside the teacher, and the steps that it learns alone first
SHARE, ALONE = 0.5, 150


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


class Lesson:
    """What a step of the student and then of its critic is learnt from."""

    def __init__(self, teacher: Worlds, critic: Run) -> None:
        self.teacher, self.critic = teacher, critic
        self.known, self.alphas = Known(), new_scheduler().alphas_cumprod.to(DEVICE)
        self.negative = spell(teacher.tokenizer, [NEGATIVE]).to(DEVICE)
        # what the steps of the student leave for the critic
        self.seen: list[tuple[Tensor, ...]] = []

    def batch(self, student: Run, number: int) -> tuple[Tensor, ...]:
        batch = make_batch(self.known, self.alphas, number, seed=2, model=student.painted)
        share = 0.0 if number < PACE.parts * ALONE else SHARE
        return (*batch, torch.full((), share, device=DEVICE))

    def students_loss(
        self, model: Worlds, noisy: Tensor, times: Tensor, words: Tensor, aim: Tensor, share: Tensor
    ) -> tuple[Tensor, ...]:
        """Distance to the teacher's end, and the critic's opinion, weighed by their gradients.

        It leaves drawn and painted latents, what was asked for, and which of them are to be judged.
        """
        alpha = self.alphas[times].view(-1, 1, 1, 1)
        signal, haze = alpha.sqrt(), (1 - alpha).sqrt()
        velocity = model(noisy, times, words)
        end = destination(self.teacher, Batch(noisy, times, words, aim), self.alphas, self.negative)
        distance = F.mse_loss(velocity, (signal * noisy - end) / haze.clamp_min(LEAST_HAZE))
        judged = (haze < MOST_HAZE).flatten().float()
        painted, drawn = picture(noisy, velocity, alpha), picture(noisy, aim, alpha)
        meaning = self.meaning(words)
        told = self.critic.swift(painted, meaning).mean(dim=(1, 2, 3))
        opinion = -mean_of(told, judged)
        (pull,) = torch.autograd.grad(distance, velocity, retain_graph=True)
        (push,) = torch.autograd.grad(opinion, velocity, retain_graph=True)
        weight = share * pull.norm() / push.norm().clamp_min(1e-8)
        return distance + weight * opinion, drawn, painted, meaning, judged

    def critics_batch(self, number: int) -> tuple[Tensor, ...]:
        seen = self.seen[number % PACE.parts]
        dice = torch.Generator(DEVICE).manual_seed(number)
        return *seen, torch.randn(seen[0].shape, generator=dice, device=DEVICE)

    @torch.no_grad()
    def meaning(self, words: Tensor) -> Tensor:
        """What captions mean, (captions, WIDTH), as the teacher reads them."""
        return self.teacher.text(words).pooler_output


def distil(minutes: float, steps: int = 0, target: Path = TARGET, critics: Path = CRITIC) -> None:
    """Until the minutes are spent, at a falling rate, or for a number of steps."""
    torch.set_num_threads(1)
    teacher = load_model("average", CHECKPOINT).requires_grad_(False).to(DEVICE)
    student, critic = Worlds().to(DEVICE), Critic().to(DEVICE, memory_format=torch.channels_last)
    student.load_state_dict(teacher.state_dict())
    if PACE.half:
        teacher.bfloat16()
    every = [{"params": list(critic.parameters()), "share": 1.0}]
    critic_run = Run(critic, critic_loss, every, critics)
    lesson = Lesson(teacher, critic_run)
    matrices = [weight for weight in student.unet.parameters() if weight.ndim > 1]
    rest = [weight for weight in student.unet.parameters() if weight.ndim < 2]
    groups = [{"params": [*rest, *student.text.parameters()], "share": 1.0}]
    run = Run(student, lesson.students_loss, groups, target, matrices)
    run.resume()
    critic_run.resume()
    start, kept, told, first = time.time(), time.time(), time.time(), run.steps
    losses = torch.zeros(2, device=DEVICE)
    while (run.steps - first < steps) if steps else (time.time() - start < 60 * minutes):
        if run.steps % 50 == 0 or not lesson.known.shelves:
            lesson.known.look_again(NEW_CHUNKS)
        fall = 1.0 if steps else max(0.0, 1 - (time.time() - start) / (60 * minutes))
        made = run.advance(
            partial(lesson.batch, run), fall * RATE * PACE.peak * min(1, (run.steps + 1) / 100)
        )
        lesson.seen = [seen for _, *seen in made]
        judged = critic_run.advance(lesson.critics_batch, fall * CRITICS_RATE)
        done = run.steps - first
        mean = torch.stack([made[-1][0], judged[-1][0]])
        losses.lerp_(mean, max(0.02, 1 / done))
        if time.time() - told > 15:
            told, pace = time.time(), done * PACE.parts * PACE.batch / (time.time() - start)
            print(
                f"distil {run.steps} student {losses[0]:.4f} critic {losses[1]:.3f} "
                f"{pace:.1f} samples/s",
                flush=True,
            )
        if time.time() - kept > 240:
            kept = time.time()
            run.save()
            critic_run.save()
    run.save()
    critic_run.save()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.distil", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, default=0)
    given = parser.parse_args()
    distil(given.minutes, given.steps)

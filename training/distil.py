"""Distil the trained model to few evaluations without guidance. Resumable.

python -m training.distil --minutes 60

The student's one evaluation learns the teacher's guided pair (Meng et al. 2023), and that the
picture which it tells of in one step should pass for a drawn one (`critic.py`).
"""

import argparse
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import BATCH, Batch, make_batch
from training.critic import Critic, critic_loss
from training.latents import Known
from training.meaning import spell
from training.places import RUNS
from training.unet import CHECKPOINT, PARTS, Run, Worlds, load_model, new_scheduler

GUIDANCE = 3.5
NEGATIVE = "blurry, low quality, watermark, text"
RATE, CRITICS_RATE = 1e-4, 3e-4
TARGET, CRITIC = RUNS / "few.safetensors", RUNS / "critic.safetensors"
# above this noise one step can not tell a whole picture, and the critic would ask for a guess
MOST_HAZE = 0.9
# how much the critic counts beside the teacher, and the steps that it learns alone first
SHARE, ALONE = 0.5, 150


def picture(noisy: Tensor, velocity: Tensor, alpha: Tensor) -> Tensor:
    return alpha.sqrt() * noisy - (1 - alpha).sqrt() * velocity


@torch.no_grad()
def guided(teacher: Worlds, batch: Batch) -> Tensor:
    """The teacher's v at GUIDANCE, from one doubled batch."""
    captions = [NEGATIVE] * len(batch.captions) + batch.captions
    both = teacher(batch.noisy.repeat(2, 1, 1, 1), batch.times.repeat(2), captions)
    without, told = both.chunk(2)
    return without + GUIDANCE * (told - without)


class Lesson:
    """What a step of the student leaves for the critic: drawn and painted latents, and meanings."""

    def __init__(self, teacher: Worlds, student: Worlds, critic: Critic) -> None:
        self.teacher, self.student, self.critic = teacher, student, critic
        self.known, self.alphas = Known(), new_scheduler().alphas_cumprod
        self.seen: dict[int, tuple[Tensor, Tensor, Tensor]] = {}

    def students_loss(self, number: int) -> Tensor:
        """Distance to the guided teacher, and the critic's opinion, weighed by their gradients."""
        batch = make_batch(self.known, self.alphas, number, seed=2, model=self.student)
        velocity = self.student(batch.noisy, batch.times, batch.captions)
        distance = F.mse_loss(velocity, guided(self.teacher, batch))
        alpha = self.alphas[batch.times].view(-1, 1, 1, 1)
        judged = ((1 - alpha).sqrt() < MOST_HAZE).flatten()
        painted = picture(batch.noisy, velocity, alpha)[judged]
        drawn = picture(batch.noisy, batch.aim, alpha)[judged]
        meaning = self.meaning([c for c, one in zip(batch.captions, judged, strict=True) if one])
        self.seen[number] = drawn, painted.detach(), meaning
        if number < PARTS * ALONE:
            return distance
        opinion = -self.critic(painted, meaning).mean()
        (pull,) = torch.autograd.grad(distance, velocity, retain_graph=True)
        (push,) = torch.autograd.grad(opinion, velocity, retain_graph=True)
        return distance + SHARE * pull.norm() / push.norm().clamp_min(1e-8) * opinion

    def critics_loss(self, number: int) -> Tensor:
        dice = torch.Generator().manual_seed(number)
        return critic_loss(self.critic, *self.seen.pop(number), dice)

    @torch.no_grad()
    def meaning(self, captions: list[str]) -> Tensor:
        """What captions mean, (captions, WIDTH), as the teacher reads them."""
        return self.teacher.text(spell(self.teacher.tokenizer, captions)).pooler_output


def distil(minutes: float, steps: int = 0, target: Path = TARGET, critics: Path = CRITIC) -> None:
    """Until the minutes are spent, at a falling rate, or for a number of steps."""
    torch.set_num_threads(1)
    teacher = load_model("average", CHECKPOINT).requires_grad_(False)
    student, critic = Worlds(), Critic().to(memory_format=torch.channels_last)
    student.load_state_dict(teacher.state_dict())
    matrices = [weight for weight in student.unet.parameters() if weight.ndim > 1]
    rest = [weight for weight in student.unet.parameters() if weight.ndim < 2]
    groups = [{"params": [*rest, *student.text.parameters()], "share": 1.0}]
    run = Run(student, groups, target, matrices)
    critic_run = Run(critic, [{"params": list(critic.parameters()), "share": 1.0}], critics)
    run.resume()
    critic_run.resume()
    lesson = Lesson(teacher, student, critic)
    start, kept, first, losses = time.time(), time.time(), run.steps, [0.0, 0.0]
    while (run.steps - first < steps) if steps else (time.time() - start < 60 * minutes):
        fall = 1.0 if steps else 1 - (time.time() - start) / (60 * minutes)
        loss = run.advance(lesson.students_loss, fall * RATE * min(1, (run.steps + 1) / 100))
        critics = critic_run.advance(lesson.critics_loss, fall * CRITICS_RATE)
        done = run.steps - first
        for i, one in enumerate((loss, critics)):
            losses[i] += (one - losses[i]) * max(0.02, 1 / done)
        if run.steps % 25 == 0:
            pace = done * PARTS * BATCH / (time.time() - start)
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

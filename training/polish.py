"""Fine-tune the distilled model adversarially, so that its pictures pass as drawings. Resumable.

python -m training.polish --minutes 60

Each batch is of three kinds: pictures from noise alone; what the student painted before, on its way
from noise or moved as a film moves it, and painted on; and drawings, of which it should make what
it made before. The critic (`critic.py`) asks of the first two that they look drawn, the reader that
they show what was asked for (Odena et al., "Auxiliary classifier GANs", 2017). It runs after
`distil` and `reader`.
"""

import argparse
import random
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import UNSAID, drifted, hushed
from training.classifier import NONE, Classifier
from training.critic import Critic, hinge
from training.distil import TARGET as DISTILLED
from training.distil import picture, students_run
from training.latents import Known, Samples
from training.pace import DEVICE, PACE
from training.places import RUNS
from training.pool import TIMES, Painted, Pool
from training.reader import hazed, load_reader
from training.run import Run
from training.schedule import new_scheduler
from training.session import session
from training.unet import Worlds, load_model

TARGET, CRITIC = RUNS / "polished.safetensors", RUNS / "critic.safetensors"
# the student's rate as a share of the teacher's, the critic's; the steps that the critic has alone
RATE, CRITICS_RATE, ALONE = 0.2, 5e-4, 40
# the part of the minutes over which the rate falls, and the steps over which it rises
FALL, WARM_UP = 0.4, 40
# of a batch: pictures from noise alone, and pictures painted on; the rest are drawings
FRESH, AGAIN = 0.125, 0.625
# how much noise the critic looks through, at most
HAZE = 0.5
# what looking drawn counts, and showing what was asked for, beside staying what it was
LOOKS, SHOWS = 0.05, 0.04


class Rows(NamedTuple):
    """noisy: inputs. times: (n,). words: (n, LENGTH). labels: (n, 2). drawn: what might be painted.

    noise, haze: what the critic looks through. share: () of what looking drawn counts.
    """

    noisy: Tensor
    times: Tensor
    words: Tensor
    labels: Tensor
    drawn: Tensor
    noise: Tensor
    haze: Tensor
    share: Tensor


def counts() -> tuple[int, int]:
    """How many of a batch are fresh, and how many are judged in all."""
    fresh = round(FRESH * PACE.batch)
    return fresh, fresh + round(AGAIN * PACE.batch)


def rows(
    samples: Samples, words: Tensor, then: Tensor, again: Painted, alphas: Tensor, share: float,
    dice: torch.Generator,
) -> Rows:  # fmt: skip
    """One batch of the three kinds, in this order. then: the times of those painted on."""
    (fresh, judged), clean, device = counts(), samples.clean, samples.clean.device
    noise, haze = torch.randn(2, *clean.shape, generator=dice, device=device)
    # half of the drawings come as the loop hands them on
    half = (judged + len(clean)) // 2
    given = [clean[:fresh], again.latents, clean[judged:half], drifted(samples.worn[half:], dice)]
    noise[fresh:judged] = again.noise
    times = torch.randint(1000, (len(clean),), generator=dice, device=device)
    times[:fresh], times[fresh:judged] = 999, then
    times[half:] = torch.randint(*TIMES, (len(clean) - half,), generator=dice, device=device)
    alpha = alphas[times].view(-1, 1, 1, 1)

    said = torch.rand(len(clean), generator=dice, device=device) >= UNSAID
    said[:judged] = True
    words = hushed(words, ~said, dice)

    def mixed(kind: Tensor, taken: Tensor) -> Tensor:
        return torch.cat([kind[:fresh], taken, kind[judged:]])

    return Rows(
        alpha.sqrt() * torch.cat(given) + (1 - alpha).sqrt() * noise,
        times,
        mixed(words, again.words),
        mixed(samples.labels, again.labels),
        mixed(clean, again.drawn),
        haze,
        HAZE * torch.rand(len(clean), 1, 1, 1, generator=dice, device=device),
        torch.full((), share, device=device),
    )


def named_wrongly(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy, the mean of those that have a label."""
    wrong = F.cross_entropy(logits, labels, ignore_index=NONE, reduction="sum")
    return wrong / (labels != NONE).sum().clamp_min(1)


def students_loss(
    before: Worlds, reader: Classifier, critic: Run, alphas: Tensor, model: Worlds, *batch: Tensor
) -> tuple[Tensor, ...]:
    """It leaves what the critic learns from, and all that was painted."""
    given, (_, judged) = Rows(*batch), counts()
    alpha = alphas[given.times].view(-1, 1, 1, 1)
    velocity = model(given.noisy, given.times, given.words)
    painted = picture(given.noisy, velocity, alpha)
    with torch.no_grad():
        meaning = model.text(given.words[:judged]).pooler_output
        as_before = before(given.noisy[judged:], given.times[judged:], given.words[judged:])
    through = given.noise[:judged], given.haze[:judged]
    levels = reader.levels(hazed(painted[:judged], *through))
    world, palette = reader.named(levels[-1])
    shows = named_wrongly(world, given.labels[:judged, 0])
    shows = shows + 0.5 * named_wrongly(palette, given.labels[:judged, 1])
    looks = -critic.swift(levels, meaning).mean()
    loss = F.mse_loss(velocity[judged:], as_before) + SHOWS * shows
    loss = loss + LOOKS * given.share * looks
    drawn = reader.levels(hazed(given.drawn[:judged], *through))
    return loss, meaning, *levels, *drawn, painted


def critics_loss(critic: Critic, meaning: Tensor, *levels: Tensor) -> tuple[Tensor]:
    """levels: of what was painted, then of what was drawn."""
    half = len(levels) // 2
    painted, drawn = (critic(part, meaning) for part in (levels[:half], levels[half:]))
    return (hinge(drawn, painted),)


class Pools:
    """A pool for each shape that one part of the batches meets."""

    def __init__(self, known: Known, alphas: Tensor) -> None:
        self.known, self.alphas = known, alphas
        self.pools: dict[torch.Size, Pool] = {}

    def batch(self, number: int, share: float) -> Rows:
        """Batch `number`; what is painted of it comes back by `keep`."""
        rng, self.dice = random.Random(number), torch.Generator(DEVICE).manual_seed(number)
        samples = self.known.batch(PACE.batch, rng, self.dice)
        words = samples.words[:, rng.randrange(samples.words.shape[1] - 1)].long()
        shape, (fresh, judged) = samples.clean.shape[2:], counts()
        if shape not in self.pools:
            self.pools[shape] = Pool(samples, words)
        self.pool = self.pools[shape]
        self.picks, then, self.again = self.pool.take(judged - fresh, self.dice)
        self.given = rows(samples, words, then, self.again, self.alphas, share, self.dice)
        return self.given

    def keep(self, painted: Tensor) -> None:
        """What was made of the last batch."""
        (fresh, judged), given = counts(), self.given
        alpha = self.alphas[given.times].view(-1, 1, 1, 1)
        noise = (given.noisy - alpha.sqrt() * painted) / (1 - alpha).sqrt()
        again = slice(fresh, judged)
        self.pool.paint_over(self.picks, painted[again], noise[again], self.again.left)
        new = (painted, noise, given.times, given.words, given.labels, given.drawn)
        self.pool.enter(Painted(*(kind[:fresh] for kind in new)), self.dice)


def polish(minutes: float) -> None:
    """Until the minutes are spent; over the last of them the rate falls.

    From the distilled model, or, where there is none, from the bundled one.
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)
    before = load_model("average", DISTILLED) if DISTILLED.exists() else Worlds()
    before.requires_grad_(False).to(DEVICE)
    student, critic, reader = Worlds().to(DEVICE), Critic().to(DEVICE), load_reader().to(DEVICE)
    student.load_state_dict(before.state_dict())
    if PACE.half:
        before.bfloat16()
        reader.bfloat16()
    known, alphas = Known(), new_scheduler().alphas_cumprod.to(DEVICE)
    groups: list[dict] = [{"params": list(critic.parameters()), "share": 1.0}]
    critics = Run(critic, critics_loss, groups, CRITIC)
    run = students_run(student, partial(students_loss, before, reader, critics, alphas), TARGET)
    run.resume()
    critics.resume()
    parts = [Pools(known, alphas) for _ in range(PACE.parts)]
    for gone in session([run, critics], known, minutes):
        share = float(critics.steps >= ALONE)
        rate = RATE * PACE.peak * min(1, (1 - gone) / FALL, (run.steps + 1) / WARM_UP)
        made = run.advance(lambda n, share=share: parts[n % PACE.parts].batch(n, share), rate)
        seen = [left[1:-1] for left in made]
        for part, left in zip(parts, made, strict=True):
            part.keep(left[-1])
        critics.advance(lambda n, seen=seen: seen[n % PACE.parts], CRITICS_RATE)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.polish", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    polish(parser.parse_args().minutes)

"""Fine-tune the distilled model adversarially, so that its pictures look like drawings. Resumable.

python -m training.polish --minutes 60

A batch has three parts: pure noise; the student's earlier pictures, half denoised or warped as in a
film; and drawings, on which it should keep its prediction. On the first two, the critic
(`critic.py`) rewards the look of a drawing and the reader the right content (Odena et al.,
"Auxiliary classifier GANs", 2017). Run it after `distil` and `reader`.
"""

import argparse
import random
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import DROPPED, drifted, drop_captions
from training.classifier import NONE, Classifier
from training.critic import Critic, hinge
from training.device import DEVICE, SETTINGS
from training.distil import TARGET as DISTILLED
from training.distil import picture, student_run
from training.latents import Dataset, Samples
from training.paths import RUNS
from training.pool import TIMES, Painted, Pool
from training.reader import load_reader, noised
from training.run import Run
from training.schedule import new_scheduler
from training.session import session
from training.unet import Worlds, load_model

TARGET, CRITIC = RUNS / "polished.safetensors", RUNS / "critic.safetensors"
# the student's learning rate as a share of the teacher's; the critic's; steps of the critic alone
RATE, CRITIC_RATE, ALONE = 0.2, 5e-4, 40
# decay as a share of the time, warm-up in steps
FALL, WARM_UP = 0.4, 40
# shares of pure noise and of repainted pictures in a batch; the rest are drawings
FRESH, AGAIN = 0.125, 0.625
MAX_SIGMA = 0.5  # of the noise on the critic's inputs
CRITIC_WEIGHT, READER_WEIGHT = 0.05, 0.04  # of the losses; the loss on drawings has weight 1


class Rows(NamedTuple):
    """noisy: inputs. times: (n,). words: (n, LENGTH). labels: (n, 2). drawn: drawings to compare.

    noise, sigma: noise on the critic's inputs. share: (), a factor of the critic's loss.
    """

    noisy: Tensor
    times: Tensor
    words: Tensor
    labels: Tensor
    drawn: Tensor
    noise: Tensor
    sigma: Tensor
    share: Tensor


def counts(fresh: float = FRESH, again: float = AGAIN) -> tuple[int, int]:
    """The number of pictures from pure noise, and of pictures that the critic sees."""
    number = max(1, round(fresh * SETTINGS.batch))
    return number, number + round(again * SETTINGS.batch)


def make_rows(
    samples: Samples, words: Tensor, then: Tensor, again: Painted, alphas: Tensor, share: float,
    parts: tuple[int, int], generator: torch.Generator,
) -> Rows:  # fmt: skip
    """A batch of the three parts, in this order. then: timesteps of the repainted pictures.

    parts: as of `counts`.
    """
    (fresh, judged), clean, device = parts, samples.clean, samples.clean.device
    noise, sigma = torch.randn(2, *clean.shape, generator=generator, device=device)
    # half of the drawings are degraded as in the feedback loop
    half = (judged + len(clean)) // 2
    inputs = [
        clean[:fresh],
        again.latents,
        clean[judged:half],
        drifted(samples.degraded[half:], generator),
    ]
    noise[fresh:judged] = again.noise
    times = torch.randint(1000, (len(clean),), generator=generator, device=device)
    times[:fresh], times[fresh:judged] = 999, then
    times[half:] = torch.randint(*TIMES, (len(clean) - half,), generator=generator, device=device)
    alpha = alphas[times].view(-1, 1, 1, 1)

    drop = torch.rand(len(clean), generator=generator, device=device) < DROPPED
    drop[:judged] = False
    words = drop_captions(words, drop, generator)

    def mixed(values: Tensor, repainted: Tensor) -> Tensor:
        return torch.cat([values[:fresh], repainted, values[judged:]])

    return Rows(
        alpha.sqrt() * torch.cat(inputs) + (1 - alpha).sqrt() * noise,
        times,
        mixed(words, again.words),
        mixed(samples.labels, again.labels),
        mixed(clean, again.drawn),
        sigma,
        MAX_SIGMA * torch.rand(len(clean), 1, 1, 1, generator=generator, device=device),
        torch.full((), share, device=device),
    )


def labelled_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of those that have a label."""
    wrong = F.cross_entropy(logits, labels, ignore_index=NONE, reduction="sum")
    return wrong / (labels != NONE).sum().clamp_min(1)


def student_loss(
    reference: Worlds,
    reader: Classifier,
    critic: Run,
    alphas: Tensor,
    model: Worlds,
    *batch: Tensor,
) -> tuple[Tensor, ...]:
    """(loss, text embeddings, features of painted and of drawn pictures, painted latents)."""
    rows, (_, judged) = Rows(*batch), counts()
    alpha = alphas[rows.times].view(-1, 1, 1, 1)
    velocity = model(rows.noisy, rows.times, rows.words)
    painted = picture(rows.noisy, velocity, alpha)
    with torch.no_grad():
        text = model.text(rows.words[:judged]).pooler_output
        expected = reference(rows.noisy[judged:], rows.times[judged:], rows.words[judged:])
    noise = rows.noise[:judged], rows.sigma[:judged]
    levels = reader.levels(noised(painted[:judged], *noise))
    world, palette = reader.logits(levels[-1])
    content = labelled_loss(world, rows.labels[:judged, 0])
    content = content + 0.5 * labelled_loss(palette, rows.labels[:judged, 1])
    realism = -critic.compute_model(levels, text).mean()
    loss = F.mse_loss(velocity[judged:], expected) + READER_WEIGHT * content
    loss = loss + CRITIC_WEIGHT * rows.share * realism
    drawn = reader.levels(noised(rows.drawn[:judged], *noise))
    return loss, text, *levels, *drawn, painted


def critic_loss(critic: Critic, text: Tensor, *levels: Tensor) -> tuple[Tensor]:
    """levels: features of painted pictures, then of drawings."""
    half = len(levels) // 2
    painted, drawn = (critic(part, text) for part in (levels[:half], levels[half:]))
    return (hinge(drawn, painted),)


class Pools:
    """A replay pool for each shape, for one of the parallel batches. parts: as of `counts`."""

    def __init__(self, dataset: Dataset, alphas: Tensor, parts: tuple[int, int]) -> None:
        self.dataset, self.alphas, self.parts = dataset, alphas, parts
        self.pools: dict[torch.Size, Pool] = {}

    def batch(self, number: int, share: float) -> Rows:
        """Batch `number`; pass the pictures painted from it to `keep`."""
        rng, self.generator = random.Random(number), torch.Generator(DEVICE).manual_seed(number)
        samples = self.dataset.batch(SETTINGS.batch, rng, self.generator)
        words = samples.words[:, rng.randrange(samples.words.shape[1] - 1)].long()
        shape, (fresh, judged) = samples.clean.shape[2:], self.parts
        if shape not in self.pools:
            self.pools[shape] = Pool(samples, words)
        self.pool = self.pools[shape]
        self.picks, then, self.again = self.pool.take(judged - fresh, self.generator)
        self.rows = make_rows(
            samples, words, then, self.again, self.alphas, share, self.parts, self.generator
        )
        return self.rows

    def keep(self, painted: Tensor) -> None:
        """Store the pictures painted from the last batch."""
        (fresh, judged), rows = self.parts, self.rows
        alpha = self.alphas[rows.times].view(-1, 1, 1, 1)
        noise = (rows.noisy - alpha.sqrt() * painted) / (1 - alpha).sqrt()
        again = slice(fresh, judged)
        self.pool.replace(self.picks, painted[again], noise[again], self.again.left)
        new = (painted, noise, rows.times, rows.words, rows.labels, rows.drawn)
        self.pool.insert(Painted(*(kind[:fresh] for kind in new)), self.generator)


def polish(minutes: float) -> None:
    """Train for some minutes, starting from the distilled model, or else from the bundled one."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    reference = load_model("average", DISTILLED) if DISTILLED.exists() else Worlds()
    reference.requires_grad_(False).to(DEVICE)
    student, critic, reader = Worlds().to(DEVICE), Critic().to(DEVICE), load_reader().to(DEVICE)
    student.load_state_dict(reference.state_dict())
    if SETTINGS.half:
        reference.bfloat16()
        reader.bfloat16()
    dataset, alphas = Dataset(), new_scheduler().alphas_cumprod.to(DEVICE)
    groups: list[dict] = [{"params": list(critic.parameters()), "share": 1.0}]
    critic_run = Run(critic, critic_loss, groups, CRITIC)
    run = student_run(student, partial(student_loss, reference, reader, critic_run, alphas), TARGET)
    run.resume()
    critic_run.resume()
    parts = [Pools(dataset, alphas, counts()) for _ in range(SETTINGS.parts)]
    for elapsed in session([run, critic_run], dataset, minutes):
        share = float(critic_run.steps >= ALONE)
        rate = RATE * SETTINGS.peak * min(1, (1 - elapsed) / FALL, (run.steps + 1) / WARM_UP)
        results = run.advance(
            lambda n, share=share: parts[n % SETTINGS.parts].batch(n, share), rate
        )
        critic_inputs = [outputs[1:-1] for outputs in results]
        for part, outputs in zip(parts, results, strict=True):
            part.keep(outputs[-1])
        critic_run.advance(
            lambda n, critic_inputs=critic_inputs: critic_inputs[n % SETTINGS.parts], CRITIC_RATE
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.polish", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    polish(parser.parse_args().minutes)

"""What polishing learns from: pictures from noise, pictures painted on, and drawings."""

import random

import torch

from training.batches import UNSAID
from training.classifier import NONE
from training.latents import Samples
from training.pace import PACE
from training.polish import TIMES, Pools, counts, named_wrongly
from training.pool import Painted, Pool
from training.schedule import new_scheduler

ALPHAS = new_scheduler().alphas_cumprod
FRESH, JUDGED = counts()


class Known:
    """Latents of a fixed dice, in place of the cache."""

    def batch(self, size: int, rng: random.Random, dice: torch.Generator) -> Samples:
        latents = torch.randn(size, 8, 6, 4, generator=dice)
        words = torch.full((size, 3, 48), 7, dtype=torch.int16)
        return Samples(latents, latents, words, torch.full((size, 2), 5))


def test_a_batch_has_the_three_kinds_in_their_order():
    rows = Pools(Known(), ALPHAS).batch(3, share=1.0)
    assert (FRESH, JUDGED, PACE.batch) == (2, 6, 8)
    assert bool((rows.times[:FRESH] == 999).all())
    again = rows.times[FRESH:JUDGED]
    assert TIMES[0] <= int(again.min()) <= int(again.max()) < TIMES[1]
    assert len(rows.noisy) == len(rows.words) == len(rows.haze) == PACE.batch
    assert bool((rows.words[:JUDGED] == 7).all())
    assert 0 < UNSAID < 1


def test_the_first_picture_goes_on_from_its_own_noise_and_any_later_one_from_new():
    pools = Pools(Known(), ALPHAS)
    first = pools.batch(0, share=1.0)
    pools.keep(torch.full((PACE.batch, 8, 6, 4), 9.0))
    held = pools.pool.held
    assert int(held.fresh.sum()) == FRESH
    assert bool((held.latents[held.fresh] == 9.0).all())
    noise = sorted(held.noise[held.fresh].flatten().tolist())
    assert noise == sorted(first.noisy[:FRESH].flatten().tolist())
    # the drawings that were painted over hold what was made of them, unless a new one came there
    painted_on = (held.latents == 9.0).all(dim=(1, 2, 3)) & ~held.fresh
    assert JUDGED - 2 * FRESH <= int(painted_on.sum()) <= JUDGED - FRESH


def test_what_is_fresh_is_taken_as_it_is_and_all_else_is_moved_amid_new_noise():
    latents = torch.randn(3, 8, 16, 16, generator=torch.Generator().manual_seed(0))
    words, labels = torch.zeros(3, 48).long(), torch.zeros(3, 2).long()
    pool = Pool(Samples(latents, latents, words[:, None], labels), words, times=1)
    pool.held.fresh[1] = True
    picks, taken = pool.take(3, torch.Generator().manual_seed(1))
    at = picks.tolist().index(1)
    assert torch.equal(taken.latents[at], latents[1])
    assert float(taken.noise[at].abs().max()) == 0.0
    others = [i for i in range(3) if i != at]
    assert float((taken.latents - latents[picks])[others].abs().mean()) > 0.01
    assert 0.9 < float(taken.noise[others].std()) < 1.1


def test_newcomers_take_places_of_others():
    latents = torch.zeros(2, 8, 4, 4)
    words, labels = torch.zeros(2, 48).long(), torch.zeros(2, 2).long()
    pool = Pool(Samples(latents, latents, words[:, None], labels), words)
    new = Painted(latents[:1] + 1, latents[:1], torch.ones(1).bool(), words[:1] + 3, labels[:1], latents[:1])  # fmt: skip
    pool.enter(new, torch.Generator().manual_seed(0))
    assert len(pool.held.fresh) == 8
    assert float(pool.held.latents.sum()) == 8 * 4 * 4
    assert pool.held.words[pool.held.fresh].tolist() == [[3] * 48]


def test_what_has_no_label_is_never_wrong():
    logits = torch.tensor([[4.0, 0.0], [0.0, 4.0]])
    alone = named_wrongly(logits[:1], torch.tensor([0]))
    assert torch.equal(named_wrongly(logits, torch.tensor([0, NONE])), alone)
    assert float(named_wrongly(logits, torch.tensor([NONE, NONE]))) == 0.0

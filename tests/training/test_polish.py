"""The batches of polishing: pure noise, repainted pictures, and drawings."""

import random

import torch

from training.batches import DROPPED
from training.classifier import NONE
from training.device import SETTINGS
from training.latents import Samples
from training.polish import Pools, counts, labelled_loss
from training.pool import ARRIVED, STRIDES, TIMES, Painted, Pool
from training.schedule import new_scheduler

ALPHAS = new_scheduler().alphas_cumprod
PARTS = FRESH, JUDGED = counts()


class FakeDataset:
    """Random latents in place of the cache."""

    def batch(self, size: int, rng: random.Random, generator: torch.Generator) -> Samples:
        latents = torch.randn(size, 8, 6, 4, generator=generator)
        words = torch.full((size, 3, 48), 7, dtype=torch.int16)
        return Samples(latents, latents, words, torch.full((size, 2), 5))


def test_a_batch_has_the_three_parts_in_order():
    rows = Pools(FakeDataset(), ALPHAS, PARTS).batch(3, share=1.0)
    assert (FRESH, JUDGED, SETTINGS.batch) == (1, 6, 8)
    assert bool((rows.times[:FRESH] == 999).all())
    again = rows.times[FRESH:JUDGED]
    assert TIMES[0] <= int(again.min()) <= int(again.max()) < TIMES[1]
    assert len(rows.noisy) == len(rows.words) == len(rows.sigma) == SETTINGS.batch
    assert bool((rows.words[:JUDGED] == 7).all())
    assert 0 < DROPPED < 1


def test_painted_pictures_are_stored_with_their_remaining_noise():
    pools = Pools(FakeDataset(), ALPHAS, PARTS)
    first = pools.batch(0, share=1.0)
    painted = torch.randn(SETTINGS.batch, 8, 6, 4, generator=torch.Generator().manual_seed(1))
    pools.keep(painted)
    held = pools.pool.pictures
    # from pure noise: all of the input was noise, and denoising continues from the last timestep
    new = held.left == 999
    assert int(new.sum()) == FRESH
    assert torch.equal(held.latents[new], painted[:FRESH])
    assert torch.equal(held.noise[new], first.noisy[:FRESH])
    # picture and noise recombine to the input, except where a new picture took the slot
    kept = [i for i, pick in enumerate(pools.picks.tolist()) if not new[pick]]
    assert len(kept) >= JUDGED - 2 * FRESH
    for i in kept:
        pick, row = pools.picks[i], FRESH + i
        alpha = ALPHAS[first.times[row]]
        mixed = alpha.sqrt() * held.latents[pick] + (1 - alpha).sqrt() * held.noise[pick]
        assert torch.allclose(mixed, first.noisy[row], atol=1e-5)


def pool_of(left: list[int]) -> Pool:
    latents = torch.randn(len(left), 8, 16, 16, generator=torch.Generator().manual_seed(0))
    words, labels = torch.zeros(len(left), 48).long(), torch.zeros(len(left), 2).long()
    pool = Pool(Samples(latents, latents, words[:, None], labels), words, times=1)
    pool.pictures.noise[:], pool.pictures.left[:] = 0.5, torch.tensor(left)
    return pool


def test_an_unfinished_picture_continues_unchanged():
    for seed in range(20):
        pool = pool_of([999])
        _, times, taken = pool.take(1, torch.Generator().manual_seed(seed))
        assert 999 - STRIDES[1] <= int(times) <= 999 - STRIDES[0]
        assert torch.equal(taken.left, times)
        assert torch.equal(taken.latents, pool.pictures.latents)
        assert torch.equal(taken.noise, pool.pictures.noise)


def test_a_finished_picture_is_warped_and_gets_new_noise():
    for left in (0, ARRIVED + STRIDES[0]):
        pool = pool_of([left] * 3)
        _, times, taken = pool.take(3, torch.Generator().manual_seed(1))
        assert TIMES[0] <= int(times.min()) <= int(times.max()) < TIMES[1]
        assert taken.left.tolist() == [0, 0, 0]
        assert float((taken.latents - pool.pictures.latents).abs().mean()) > 0.01
        assert 0.9 < float(taken.noise.std()) < 1.1


def test_new_pictures_replace_others():
    pool = pool_of([0] * 8)
    one = torch.ones(1, 8, 16, 16)
    new = Painted(
        one, one, torch.tensor([999]), torch.full((1, 48), 3), torch.ones(1, 2).long(), one
    )
    pool.insert(new, torch.Generator().manual_seed(0))
    assert sorted(pool.pictures.left.tolist()) == [0] * 7 + [999]
    at = pool.pictures.left.argmax()
    assert torch.equal(pool.pictures.latents[at], one[0])
    assert pool.pictures.words[at].tolist() == [3] * 48


def test_unlabelled_rows_add_no_loss():
    logits = torch.tensor([[4.0, 0.0], [0.0, 4.0]])
    alone = labelled_loss(logits[:1], torch.tensor([0]))
    assert torch.equal(labelled_loss(logits, torch.tensor([0, NONE])), alone)
    assert float(labelled_loss(logits, torch.tensor([NONE, NONE]))) == 0.0

"""A run that was stopped and went on is the run that was not; spoiled inputs aim at clean ones."""

import random
from pathlib import Path

import pytest
import torch
from torch import nn

from training import batches
from training.latents import Samples, blurred
from training.pace import PACE
from training.run import Run
from training.schedule import new_scheduler
from training.unet import rate


def steps(run: Run, numbers: range) -> None:
    def batch_of(number: int) -> tuple[torch.Tensor]:
        return (torch.randn(4, 3, generator=torch.Generator().manual_seed(number)),)

    for _ in numbers:
        run.advance(batch_of, 1e-2)


def loss(model: nn.Module, given: torch.Tensor) -> tuple[torch.Tensor]:
    return ((model(given) ** 2).mean(),)


def new_run(path: Path) -> Run:
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    return Run(model, loss, [{"params": list(model.parameters()), "share": 1.0}], path)


def test_going_on_gives_what_an_uninterrupted_run_gives(tmp_path):
    whole, first, second = (new_run(tmp_path / f"{name}.safetensors") for name in "abb")
    steps(whole, range(7))
    steps(first, range(4))
    first.save()
    second.resume()
    assert second.steps == 4
    steps(second, range(4, 7))
    for name, weight in whole.weights.items():
        assert torch.equal(weight, second.weights[name])
        assert torch.equal(whole.average[name], second.average[name])
        assert not torch.equal(weight, first.weights[name])


def test_the_rate_stays_until_it_is_told_to_finish():
    assert rate(10_000, 0) == rate(1_000_000, 0) > rate(10, 0) > 0
    assert rate(10_000, 0) > rate(10_000, 0.5) > rate(10_000, 1) > 0


class Known:
    """Latents of a fixed dice, in place of the cache."""

    def batch(self, size: int, rng: random.Random, dice: torch.Generator) -> Samples:
        latents, labels = torch.randn(size, 8, 6, 4, generator=dice), torch.zeros(size, 2)
        return Samples(latents, blurred(latents), torch.full((size, 3, 48), 7), labels)


def half_of(noisy: torch.Tensor, times: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """A model in one line."""
    return 0.5 * noisy


@pytest.mark.parametrize("step", [0, 1, 2])
def test_every_aim_leads_back_to_the_clean_latent(step: int, monkeypatch):
    monkeypatch.setattr(batches, "POOR", 0.0)
    alphas = new_scheduler().alphas_cumprod
    batch = batches.make_batch(Known(), alphas, step, model=half_of)
    again = batches.make_batch(Known(), alphas, step, model=half_of)
    assert torch.equal(batch.noisy, again.noisy)
    assert torch.equal(batch.words, again.words)
    dice = torch.Generator().manual_seed(step)
    clean = Known().batch(PACE.batch, random.Random(), dice).clean
    alpha = alphas[batch.times].view(-1, 1, 1, 1)
    told = alpha.sqrt() * batch.noisy - (1 - alpha).sqrt() * batch.aim
    assert torch.allclose(told, clean, atol=2e-4)


def test_a_quarter_of_a_batch_starts_from_spoiled_pictures_amid_the_noise_of_img2img():
    alphas = new_scheduler().alphas_cumprod
    batch = batches.make_batch(Known(), alphas, 0)
    spoiled = PACE.batch // 4
    haze = (1 - alphas[batch.times]).sqrt()[:spoiled]
    assert 0.59 < haze.min() < haze.max() < 0.981


def test_times_are_spread_evenly():
    times = batches.spread(10, 0, 1000, torch.Generator().manual_seed(0))
    assert sorted(int(time) // 100 for time in times) == list(range(10))


def test_a_poor_picture_is_a_soft_one_and_is_called_poor(monkeypatch):
    class Two(Known):
        def batch(self, *given):
            samples = super().batch(*given)
            samples.words[:, -1] = 9  # the caption that calls it poor
            return samples

    monkeypatch.setattr(batches, "POOR", 1.0)
    alphas, spoiled = new_scheduler().alphas_cumprod, PACE.batch // 4
    batch = batches.make_batch(Two(), alphas, 0)
    assert bool((batch.words[spoiled:] == 9).all())
    assert not bool((batch.words[:spoiled] == 9).any())
    alpha = alphas[batch.times].view(-1, 1, 1, 1)
    told = alpha.sqrt() * batch.noisy - (1 - alpha).sqrt() * batch.aim
    assert told[spoiled:].std() < 0.6 * told[:spoiled].std()


def test_a_blur_keeps_the_mean_and_lowers_the_spread():
    latents = torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(1))
    soft = blurred(latents)
    assert soft.std() < 0.6 * latents.std()
    assert abs(float(soft.mean() - latents.mean())) < 0.02

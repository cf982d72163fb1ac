"""A resumed run equals an uninterrupted one; the target of degraded inputs is the clean picture."""

import random
from pathlib import Path

import pytest
import torch
from torch import nn

from training import batches
from training.device import SETTINGS
from training.latents import Samples, blurred
from training.run import Run
from training.schedule import new_scheduler
from training.unet import rate


def steps(run: Run, numbers: range) -> None:
    def batch_of(number: int) -> tuple[torch.Tensor]:
        return (torch.randn(4, 3, generator=torch.Generator().manual_seed(number)),)

    for _ in numbers:
        run.advance(batch_of, 1e-2)


def loss(model: nn.Module, inputs: torch.Tensor) -> tuple[torch.Tensor]:
    return ((model(inputs) ** 2).mean(),)


def new_run(path: Path) -> Run:
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    return Run(model, loss, [{"params": list(model.parameters()), "share": 1.0}], path)


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path):
    uninterrupted, first, second = (new_run(tmp_path / f"{name}.safetensors") for name in "abb")
    steps(uninterrupted, range(7))
    steps(first, range(4))
    first.save()
    second.resume()
    assert second.steps == 4
    steps(second, range(4, 7))
    for name, weight in uninterrupted.weights.items():
        assert torch.equal(weight, second.weights[name])
        assert torch.equal(uninterrupted.average[name], second.average[name])
        assert not torch.equal(weight, first.weights[name])


def test_the_rate_is_constant_until_the_last_session():
    assert rate(10_000, 0) == rate(1_000_000, 0) > rate(10, 0) > 0
    assert rate(10_000, 0) > rate(10_000, 0.5) > rate(10_000, 1) > 0


class FakeDataset:
    """Random latents in place of the cache."""

    def batch(self, size: int, rng: random.Random, generator: torch.Generator) -> Samples:
        latents, labels = torch.randn(size, 8, 6, 4, generator=generator), torch.zeros(size, 2)
        return Samples(latents, blurred(latents), torch.full((size, 3, 48), 7), labels)


def half_of(noisy: torch.Tensor, times: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """A trivial model."""
    return 0.5 * noisy


@pytest.mark.parametrize("step", [0, 1, 2])
def test_the_target_leads_back_to_the_clean_latent(step: int, monkeypatch):
    monkeypatch.setattr(batches, "LOW_QUALITY", 0.0)
    alphas = new_scheduler().alphas_cumprod
    batch = batches.make_batch(FakeDataset(), alphas, step, model=half_of)
    again = batches.make_batch(FakeDataset(), alphas, step, model=half_of)
    assert torch.equal(batch.noisy, again.noisy)
    assert torch.equal(batch.words, again.words)
    generator = torch.Generator().manual_seed(step)
    clean = FakeDataset().batch(SETTINGS.batch, random.Random(), generator).clean
    alpha = alphas[batch.times].view(-1, 1, 1, 1)
    predicted = alpha.sqrt() * batch.noisy - (1 - alpha).sqrt() * batch.target
    assert torch.allclose(predicted, clean, atol=2e-4)


def test_a_quarter_of_a_batch_is_degraded_with_the_noise_of_img2img():
    alphas = new_scheduler().alphas_cumprod
    batch = batches.make_batch(FakeDataset(), alphas, 0)
    n_degraded = SETTINGS.batch // 4
    sigma = (1 - alphas[batch.times]).sqrt()[:n_degraded]
    assert 0.59 < sigma.min() < sigma.max() < 0.981


def test_timesteps_are_stratified():
    times = batches.stratified_times(10, 0, 1000, torch.Generator().manual_seed(0))
    assert sorted(int(time) // 100 for time in times) == list(range(10))


def test_low_quality_pictures_are_blurred_and_captioned_as_such(monkeypatch):
    class WithPoorCaption(FakeDataset):
        def batch(self, *inputs):
            samples = super().batch(*inputs)
            samples.words[:, -1] = 9  # the caption of the blurred picture
            return samples

    monkeypatch.setattr(batches, "LOW_QUALITY", 1.0)
    alphas, n_degraded = new_scheduler().alphas_cumprod, SETTINGS.batch // 4
    batch = batches.make_batch(WithPoorCaption(), alphas, 0)
    assert bool((batch.words[n_degraded:] == 9).all())
    assert not bool((batch.words[:n_degraded] == 9).any())
    alpha = alphas[batch.times].view(-1, 1, 1, 1)
    predicted = alpha.sqrt() * batch.noisy - (1 - alpha).sqrt() * batch.target
    assert predicted[n_degraded:].std() < 0.6 * predicted[:n_degraded].std()


def test_blur_preserves_the_mean_and_lowers_the_deviation():
    latents = torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(1))
    soft = blurred(latents)
    assert soft.std() < 0.6 * latents.std()
    assert abs(float(soft.mean() - latents.mean())) < 0.02

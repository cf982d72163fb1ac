import math

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, LCMScheduler
from hypothesis import given
from hypothesis import strategies as st

from phosphene.engines.diffusion.samplers import Schedule, consistency, ddim

SCHEDULE = Schedule.of(DDIMScheduler(beta_schedule="scaled_linear"))


def test_at_integer_timesteps_it_is_the_schedule_of_diffusers():
    alphas = DDIMScheduler(beta_schedule="scaled_linear").alphas_cumprod
    signal, noise = SCHEDULE.at(500)
    assert signal**2 == pytest.approx(float(alphas[500]), rel=1e-6)
    assert signal**2 + noise**2 == pytest.approx(1.0)


def test_timesteps_begin_at_the_strength_and_follow_the_full_schedule():
    assert SCHEDULE.timesteps(0.5, 4) == [499.0, 249.0]
    assert SCHEDULE.timesteps(0.6, 4) == [599.0, 499.0, 249.0]
    assert SCHEDULE.timesteps(1.0, 2) == [999.0, 499.0]
    assert SCHEDULE.timesteps(0.0, 4) == []


@given(st.floats(0.001, 1.0), st.integers(1, 50))
def test_the_number_of_steps_follows_strength(strength, steps):
    timesteps = SCHEDULE.timesteps(strength, steps)
    assert len(timesteps) == max(1, math.ceil(strength * steps - 1e-6))
    assert timesteps == sorted(timesteps, reverse=True)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_a_perfect_model_gives_the_clean_picture(prediction):
    schedule = Schedule(SCHEDULE.signal, prediction)
    generator = torch.Generator().manual_seed(0)
    clean = torch.randn(1, 4, 8, 8, generator=generator, dtype=torch.float64)
    noise = torch.randn(1, 4, 8, 8, generator=generator, dtype=torch.float64)

    def predict(latents, timestep):
        signal, sigma = schedule.at(timestep)
        eps = (latents - signal * clean) / sigma
        return {"epsilon": eps, "v_prediction": signal * eps - sigma * clean, "sample": clean}[
            prediction
        ]

    for sampler in (ddim, consistency):
        noises = noise.expand(9, -1, -1, -1) if sampler is consistency else noise
        got = sampler(schedule, clean, noises, predict, 0.8, 8)
        torch.testing.assert_close(got, clean, atol=1e-3, rtol=0)


@pytest.mark.parametrize("steps", [2, 4, 20])
def test_the_result_is_continuous_in_strength_where_a_step_is_added(steps):
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    still = torch.zeros(1, 4, 8, 8)

    def predict(latents, timestep):
        return torch.tanh(latents) * (1 + timestep / 1000)

    def paint(strength):
        return ddim(SCHEDULE, still, noise, predict, strength, steps)

    below, above = paint(0.5 - 1e-5), paint(0.5 + 1e-5)
    assert (below - above).abs().max() < 1e-3
    # ... and 0.50 is not 0.52, which rounding to whole steps would make it.
    assert (paint(0.50) - paint(0.52)).abs().mean() > 1e-3


def test_ddim_equals_diffusers_at_common_strengths():
    # Full strength, 10 trailing steps: diffusers' own scheduler does the same.
    scheduler = DDIMScheduler(
        beta_schedule="scaled_linear", timestep_spacing="trailing", clip_sample=False
    )
    scheduler.set_timesteps(10)
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)

    def predict(latents, timestep):
        return torch.sin(latents * 2 + timestep / 300)

    _, sigma = SCHEDULE.at(999)
    theirs = sigma * noise
    for t in scheduler.timesteps:
        theirs = scheduler.step(predict(theirs, float(t)), t, theirs).prev_sample
    ours = ddim(SCHEDULE, torch.zeros_like(noise), noise, predict, 1.0, 10)
    # The last step of diffusers' own ends at timestep -1, alpha 1: the clean picture, as ours.
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_consistency_scalings_are_those_of_diffusers():
    from phosphene.engines.diffusion.samplers import _boundary

    scheduler = LCMScheduler()
    for timestep in (0, 1, 10, 500):
        theirs = scheduler.get_scalings_for_boundary_condition_discrete(timestep)
        np.testing.assert_allclose(_boundary(timestep), theirs)

"""The denoising loop: img2img from any point of the noise schedule, without rounding to steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

Predict = Callable[[torch.Tensor, float], torch.Tensor]
"""predict(latents, timestep) returns the model's output, including guidance."""


@dataclass(frozen=True)
class Schedule:
    """The noise schedule of a model, interpolated between its timesteps.

    Parameters
    ----------
    signal : ndarray, shape (n_timesteps,)
        Share of the picture that remains at each timestep: the square root of alphas_cumprod.
    prediction : str
        What the model predicts: `epsilon`, `v_prediction` or `sample`.
    """

    signal: NDArray[np.float64]
    prediction: str

    @classmethod
    def of(cls, scheduler: object) -> Schedule:
        """The schedule of a diffusers scheduler that has betas."""
        alphas = scheduler.alphas_cumprod.double().cpu().numpy()  # type: ignore[attr-defined]
        return cls(np.sqrt(alphas), scheduler.config.prediction_type)  # type: ignore[attr-defined]

    def at(self, timestep: float) -> tuple[float, float]:
        """Signal and noise at a timestep, which may be fractional; their squares add up to 1."""
        signal = float(np.interp(timestep, np.arange(len(self.signal)), self.signal))
        return signal, math.sqrt(max(0.0, 1.0 - signal * signal))

    def timesteps(self, strength: float, steps: int) -> list[float]:
        """The timesteps of an img2img run, descending; strength alone determines the first.

        The others are those of the full schedule (`steps` of them, trailing spacing) below it. So
        the picture depends continuously on strength, even where another step is added.

        Parameters
        ----------
        strength : float
            0 to 1: share of the schedule that is redone.
        steps : int
            Steps of the full schedule.

        Returns
        -------
        list of float
            `ceil(strength * steps)` of them, and none for a strength of 0.
        """
        if strength <= 0.0:
            return []
        length = len(self.signal)
        grid = [k / steps for k in range(steps, 0, -1) if k / steps < strength - 1e-9]
        return [max(0.0, share * length - 1.0) for share in [strength, *grid]]

    def clean(self, output: torch.Tensor, latents: torch.Tensor, timestep: float) -> torch.Tensor:
        """The clean latents according to the model's output for noisy ones."""
        signal, noise = self.at(timestep)
        match self.prediction:
            case "epsilon":
                return (latents - noise * output) / max(signal, 1e-6)
            case "v_prediction":
                return signal * latents - noise * output
        return output


def ddim(
    schedule: Schedule,
    latents: torch.Tensor,
    noise: torch.Tensor,
    predict: Predict,
    strength: float,
    steps: int,
) -> torch.Tensor:
    """Deterministic img2img: Song et al., "Denoising Diffusion Implicit Models" (2021), eta 0.

    Parameters
    ----------
    schedule : Schedule
    latents : Tensor, shape (1, channels, height, width)
        The encoded picture, scaled to the model.
    noise : Tensor, shape (1, channels, height, width)
        Unit normal.
    predict : callable
    strength, steps
        As for `Schedule.timesteps`.

    Returns
    -------
    Tensor, shape (1, channels, height, width)
    """
    timesteps = schedule.timesteps(strength, steps)
    if not timesteps:
        return latents
    signal, sigma = schedule.at(timesteps[0])
    noisy = signal * latents + sigma * noise
    for timestep, following in zip(timesteps, [*timesteps[1:], None], strict=True):
        clean = schedule.clean(predict(noisy, timestep), noisy, timestep)
        if following is None:
            break
        signal, sigma = schedule.at(timestep)
        remaining = (noisy - signal * clean) / max(sigma, 1e-6)
        signal, sigma = schedule.at(following)
        noisy = signal * clean + sigma * remaining
    return clean


def consistency(
    schedule: Schedule,
    latents: torch.Tensor,
    noise: torch.Tensor,
    predict: Predict,
    strength: float,
    steps: int,
) -> torch.Tensor:
    """Multistep consistency sampling: Luo et al., "Latent Consistency Models" (2023), algorithm 3.

    Parameters and returns are those of `ddim`, except that every step uses new noise: `noise` has
    one entry for each timestep.
    """
    timesteps = schedule.timesteps(strength, steps)
    clean = latents
    for k, timestep in enumerate(timesteps):
        signal, sigma = schedule.at(timestep)
        noisy = signal * clean + sigma * noise[k : k + 1]
        skip, out = _boundary(timestep)
        clean = out * schedule.clean(predict(noisy, timestep), noisy, timestep) + skip * noisy
    return clean


def _boundary(timestep: float, data: float = 0.5, scaling: float = 10.0) -> tuple[float, float]:
    """Weights of the noisy and the clean latents; at timestep 0, the noisy ones only."""
    scaled = timestep * scaling
    return data**2 / (scaled**2 + data**2), scaled / math.sqrt(scaled**2 + data**2)


@dataclass(frozen=True)
class Sampler:
    """A sampler, and whether each of its steps needs new noise."""

    run: Callable[..., torch.Tensor]
    renews_noise: bool


SAMPLERS = {"ddim": Sampler(ddim, False), "consistency": Sampler(consistency, True)}

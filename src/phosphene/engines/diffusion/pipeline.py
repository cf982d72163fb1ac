"""The engine for all other models, which calls their own diffusers pipeline."""

from __future__ import annotations

import inspect
from typing import Any

import torch

from phosphene.engines.diffusion.engine import FIRST_STRENGTH, FLAT
from phosphene.engines.diffusion.loras import Loras
from phosphene.engines.words.emphasis import plain
from phosphene.score.score import Row, Score


class PipelineEngine:
    """Repaints pictures with any img2img pipeline of diffusers: SD3, Flux, Kandinsky and so on.

    The pipeline rounds strength to full steps. Prompts switch in the middle of a blend, since these
    models encode prompts differently. Weights of words are ignored.

    Parameters
    ----------
    pipe : a diffusers img2img pipeline
    score : Score
    device : torch.device
    steps : int
        `num_inference_steps` of the pipeline.
    first_steps : int
        The same for the first picture.
    guidance_scale : float
    loras : Loras, optional
        Those that follow the channel `lora`.
    """

    def __init__(
        self,
        pipe: Any,
        score: Score,
        device: torch.device,
        steps: int,
        first_steps: int,
        guidance_scale: float,
        loras: Loras | None = None,
    ) -> None:
        self.device = device
        self._pipe = pipe
        self._score, self._loras = score, loras
        self._steps, self._first_steps = steps, first_steps
        parameters = inspect.signature(pipe.__call__).parameters
        offered = {"height": score.height, "width": score.width}
        self._prompts = [plain(prompt) for prompt in score.prompts]
        self._negatives = [plain(prompt) for prompt in score.negative_prompts]
        self._takes_negative = "negative_prompt" in parameters
        self._guidance = guidance_scale if "guidance_scale" in parameters else None
        self._settings = {name: value for name, value in offered.items() if name in parameters}

    def first(self, row: Row) -> torch.Tensor:
        """The first picture, painted from a flat field; see `Engine.first`."""
        flat = torch.tensor(FLAT, device=self.device).view(1, 3, 1, 1)
        flat = flat.expand(1, 3, self._score.height, self._score.width)
        return self._paint(flat, row, FIRST_STRENGTH, self._first_steps)

    def img2img(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        """The picture repainted; see `Engine.img2img`."""
        return self._paint(picture, row, row.strength, self._steps)

    def _paint(self, picture: torch.Tensor, row: Row, strength: float, steps: int) -> torch.Tensor:
        if self._loras is not None:
            self._loras.set_factor(row.lora)
        # diffusers raises an error for less than one step.
        strength = min(1.0, max(strength, 1.0 / steps + 1e-6))
        scale = {} if self._guidance is None else {"guidance_scale": self._guidance * row.guidance}
        shown = int(row.weights.argmax())
        negative = self._negatives[shown] or None
        painted = self._pipe(
            prompt=self._prompts[shown],
            image=picture,
            strength=strength,
            num_inference_steps=steps,
            generator=torch.Generator().manual_seed(row.seed),
            output_type="pt",
            **({"negative_prompt": negative} if self._takes_negative else {}),
            **self._settings,
            **scale,
        ).images
        result: torch.Tensor = painted.to(self.device, torch.float32)
        return result

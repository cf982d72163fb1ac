"""The engine for the Stable Diffusion family: Phosphene's own loop over diffusers modules."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch

from phosphene.engines.diffusion.cached_pipeline import CachedPipeline
from phosphene.engines.diffusion.control import Controls
from phosphene.engines.diffusion.embeddings import Embedding, Encoder, encode_all, mix
from phosphene.engines.diffusion.loras import Loras
from phosphene.engines.diffusion.networks import Networks
from phosphene.engines.diffusion.picture_prompts import PicturePrompts
from phosphene.engines.diffusion.samplers import SAMPLERS, Schedule
from phosphene.engines.runtime.device import Memory, savings_for
from phosphene.painting.motion.noise import SceneNoise, seeded_noise, to_device
from phosphene.score.score import Row, Score

FIRST_STRENGTH = 0.99  # of the first picture, which is painted from nearly pure noise
FLAT = (20 / 255, 20 / 255, 40 / 255)  # dark blue, below that noise


class DiffusionEngine:
    """Repaints pictures with SD 1.x and 2.x, SDXL, latent consistency models and `worlds`.

    Parameters
    ----------
    pipe : StableDiffusionImg2ImgPipeline, a related pipeline, or CachedPipeline
        Its UNet, VAE, text encoders and scheduler are used, but not its `__call__`.
    score : Score
        Its prompts are encoded once each.
    device : torch.device
    steps : int
        Steps of the full noise schedule.
    first_steps : int
        Steps for the first picture.
    guidance_scale : float
        Above 1, the model is also evaluated with the negative prompt.
    sampler : str
        A name in `SAMPLERS`.
    loras : Loras, optional
        Those that follow the channel `lora`.
    controls : Controls, optional
        The ControlNets.
    pictures : PicturePrompts, optional
        Those of the IP-Adapters.
    networks : Networks, optional
        Those of the pipeline; by default, neither recorded nor batched.
    """

    def __init__(
        self,
        pipe: Any,
        score: Score,
        device: torch.device,
        steps: int,
        first_steps: int,
        guidance_scale: float,
        sampler: str = "ddim",
        loras: Loras | None = None,
        controls: Controls | None = None,
        pictures: PicturePrompts | None = None,
        networks: Networks | None = None,
    ) -> None:
        self.device = device
        self._networks = networks or Networks(pipe, device, guidance_scale)
        self._dtype = self._networks.dtype
        self._schedule = Schedule.of(pipe.scheduler)
        self._sampler = SAMPLERS[sampler]
        self._steps, self._first_steps = steps, first_steps
        self._size = score.height, score.width
        self._scale, self._channels = pipe.vae_scale_factor, self.unet.config.in_channels
        # A latent consistency model takes guidance as an input, and no negative prompt.
        self._guidance = 1.0 if self._networks.distilled else max(1.0, guidance_scale)
        with torch.inference_mode():
            negatives = score.negative_prompts if self._guidance > 1.0 else ()
            encode = (
                pipe.encoder(score)
                if isinstance(pipe, CachedPipeline)
                else Encoder(pipe, score, device).encode
            )
            self._prompts, self._negatives = encode_all(
                encode, score.prompts, negatives, self._dtype
            )
        self._loras, self._controls, self._pictures = loras, controls, pictures
        #: Gives the inverse distances of a picture, for ControlNets of depth.
        self.disparity: Callable[[torch.Tensor], torch.Tensor] | None = None
        self._split = False
        split = "one evaluation per prompt", self._split_guidance
        savings = savings_for(pipe, device)
        if self._guidance > 1.0:
            savings = [split, *savings]
        if self._networks.graphs is not None:
            savings = [("no CUDA graphs", self._networks.graphs.drop), *savings]
        self._memory = Memory(savings)

    @property
    def unet(self) -> Any:
        """The module that evaluates the model, for plugins that compile it for another runtime."""
        return self._networks.unet

    @unet.setter
    def unet(self, module: Any) -> None:
        self._networks.unet = module
        if self._networks.graphs is not None:  # those of the module before
            self._networks.graphs.drop()

    def first(self, row: Row) -> torch.Tensor:
        """The first picture, painted from a flat field; see `Engine.first`."""
        height, width = self._size
        flat = torch.tensor(FLAT, device=self.device).view(1, 3, 1, 1).expand(1, 3, height, width)
        return self._memory.paint(
            lambda: self._paint(flat, row, FIRST_STRENGTH, self._first_steps, None, None)
        )

    @property
    def noise_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the noise for `img2img`."""
        height, width = (-(-side // self._scale) for side in self._size)
        return self._channels, height, width

    def img2img(
        self, picture: torch.Tensor, row: Row, noise: SceneNoise | None = None
    ) -> torch.Tensor:
        """The picture repainted; see `Engine.img2img`.

        Without a scene noise, the noise is drawn from the row's seed, fixed to the screen.
        """
        return self._memory.paint(
            lambda: self._paint(picture, row, row.strength, self._steps, noise, picture)
        )

    @torch.inference_mode()
    def _paint(
        self,
        picture: torch.Tensor,
        row: Row,
        strength: float,
        steps: int,
        scene_noise: SceneNoise | None,
        frame: torch.Tensor | None,
    ) -> torch.Tensor:
        if self._loras is not None:
            self._loras.set_factor(row.lora)
        if self._pictures is not None:
            self._pictures.set_factor(row.ip_adapter)
        latents = self._networks.encode(picture)
        count = max(1, math.ceil(strength * steps)) if self._sampler.renews_noise else 1
        if scene_noise is None:
            noise = seeded_noise((count, *latents.shape[1:]), row.seed, self.device)
        else:
            noise = to_device(scene_noise.seen(count), self.device)
        prompts = mix(self._prompts, row.weights)
        if self._pictures is not None:
            prompts = replace(prompts, pictures=self._pictures.positive)
        guidance = self._guidance * row.guidance if self._guidance > 1.0 else 1.0
        if guidance > 1.0:
            without = mix(self._negatives, row.weights)
            if self._pictures is not None:
                without = replace(without, pictures=self._pictures.negative)
            prompts = Embedding.stacked(without, prompts)
        images = (
            []
            if self._controls is None
            else self._controls.images(frame, row.frame, self.disparity)
        )

        def evaluate(noisy: torch.Tensor, timestep: float, batch: Embedding) -> torch.Tensor:
            return self._evaluate(noisy, timestep, batch, images, row.control)

        def predict(noisy: torch.Tensor, timestep: float) -> torch.Tensor:
            return self._predict(noisy, timestep, prompts, guidance, evaluate)

        painted = self._sampler.run(self._schedule, latents, noise, predict, strength, steps)
        return self._networks.decode(painted)

    def _predict(
        self,
        noisy: torch.Tensor,
        timestep: float,
        prompts: Embedding,
        guidance: float,
        evaluate: Callable[[torch.Tensor, float, Embedding], torch.Tensor],
    ) -> torch.Tensor:
        # One batch for both prompts: a small model's time depends mostly on its number of layers.
        batches = prompts.unbatched() if self._split else [prompts]
        output = torch.cat([evaluate(noisy, timestep, batch) for batch in batches])
        if len(output) == 1:
            return output
        without, with_prompt = output.chunk(2)
        return without + guidance * (with_prompt - without)

    def _evaluate(
        self,
        noisy: torch.Tensor,
        timestep: float,
        prompts: Embedding,
        images: Sequence[torch.Tensor | None],
        control: float,
    ) -> torch.Tensor:
        count = len(prompts.tokens)
        batch = noisy.to(self._dtype).expand(count, -1, -1, -1)
        # Filled on the device, so that nothing is copied, and shapes stay the same.
        times = torch.full((count,), timestep, device=self.device, dtype=torch.float32)
        added: dict[str, Any] = {}
        if self._controls is not None:
            added = self._controls.residuals(images, control, batch, times, prompts)
        pictures = {"image_embeds": [*prompts.pictures]} if prompts.pictures else {}
        conditions = {**prompts.conditions, **pictures}
        # A recorded graph has fixed scales of IP-Adapters.
        scaled = self._pictures is not None and self._pictures.factor != 1.0
        denoise = self._networks.denoised if scaled else self._networks.denoise
        return denoise(batch, times, prompts.tokens, conditions, **added)

    def _split_guidance(self) -> None:
        self._split = True

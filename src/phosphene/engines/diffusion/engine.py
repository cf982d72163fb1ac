"""The engine for the Stable Diffusion family: Phosphene's own loop over diffusers modules."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch

from phosphene.engines.batches import Batches
from phosphene.engines.cached_pipeline import CachedPipeline
from phosphene.engines.cuda_graphs import Graphs
from phosphene.engines.device import Memory, savings_for
from phosphene.engines.diffusion.control import Controls
from phosphene.engines.diffusion.embeddings import Embedding, Encoder, encode_all, mix
from phosphene.engines.diffusion.loras import Loras
from phosphene.engines.diffusion.picture_prompts import PicturePrompts
from phosphene.engines.diffusion.samplers import SAMPLERS, Schedule
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
    graphs : Graphs, optional
        Records the encoder, the decoder, and, unless LoRAs change its weights, the UNet.
    batches : Batches, optional
        Batches the same three over several films, unless these change weights.
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
        graphs: Graphs | None = None,
        batches: Batches | None = None,
    ) -> None:
        self.device = device
        #: The module that evaluates the model, for plugins that compile it for another runtime.
        self.unet: Any = pipe.unet
        self._vae = pipe.vae
        self._dtype = pipe.unet.dtype
        self._schedule = Schedule.of(pipe.scheduler)
        self._sampler = SAMPLERS[sampler]
        self._steps, self._first_steps = steps, first_steps
        self._size = score.height, score.width
        self._scale = pipe.vae_scale_factor
        # Half precision overflows in the VAE of SDXL.
        upcast = getattr(pipe.vae.config, "force_upcast", False) and self._dtype is torch.float16
        self._vae_dtype = torch.float32 if upcast else self._dtype
        if upcast:
            pipe.vae.to(torch.float32)
        with torch.inference_mode():
            self._scale_embedding = _guidance_embedding(pipe, guidance_scale, device)
            # A latent consistency model takes guidance as an input, and no negative prompt.
            distilled = self._scale_embedding is not None
            self._guidance = 1.0 if distilled else max(1.0, guidance_scale)
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
        self._encode, self._decode, self._denoise = self._encoded, self._decoded, self._denoised
        fixed = loras is None or not loras.driven
        if graphs is not None:
            self._encode, self._decode = graphs.of(self._encode), graphs.of(self._decode)
            if fixed:
                self._denoise = graphs.of(self._denoise)
            savings = [("no CUDA graphs", graphs.drop), *savings]
        if batches is not None and fixed and pictures is None:
            self._encode, self._decode = batches.of(self._encode), batches.of(self._decode)
            self._denoise = batches.of(self._denoise)
        self._memory = Memory(savings)

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
        return self.unet.config.in_channels, height, width

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
        latents = self._encode(picture)
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
        return self._decode(painted)

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
        denoise = self._denoised if scaled else self._denoise
        return denoise(batch, times, prompts.tokens, conditions, **added)

    def _denoised(
        self,
        noisy: torch.Tensor,
        times: torch.Tensor,
        tokens: torch.Tensor,
        conditions: dict[str, Any],
        **added: Any,
    ) -> torch.Tensor:
        noise: torch.Tensor = self.unet(
            noisy,
            times,
            encoder_hidden_states=tokens,
            timestep_cond=self._scale_embedding,
            added_cond_kwargs=conditions,
            return_dict=False,
            **added,
        )[0].float()
        return noise

    def _split_guidance(self) -> None:
        self._split = True

    def _encoded(self, picture: torch.Tensor) -> torch.Tensor:
        pixels = (picture * 2.0 - 1.0).to(self._vae_dtype)
        encoded = self._vae.encode(pixels)
        # The mode of the distribution: sampling would add noise to every frame.
        latents = encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.mode()
        # Latents stay float32: half precision would round small changes of strength away.
        scaled: torch.Tensor = latents.float() * self._vae.config.scaling_factor
        return scaled

    def _decoded(self, latents: torch.Tensor) -> torch.Tensor:
        scaled = (latents / self._vae.config.scaling_factor).to(self._vae_dtype)
        pixels = self._vae.decode(scaled, return_dict=False)[0]
        picture: torch.Tensor = (pixels.float() * 0.5 + 0.5).clamp_(0.0, 1.0)
        return picture


def _guidance_embedding(pipe: Any, scale: float, device: torch.device) -> torch.Tensor | None:
    """The guidance scale as an input of a distilled model; None for other models."""
    width = pipe.unet.config.time_cond_proj_dim
    if width is None:
        return None
    # no guidance is a scale of 1 in diffusers, and 0 in the paper
    weight = torch.tensor([scale - 1.0])
    embedding: torch.Tensor = pipe.get_guidance_scale_embedding(weight, embedding_dim=width)
    return embedding.to(device, pipe.unet.dtype)

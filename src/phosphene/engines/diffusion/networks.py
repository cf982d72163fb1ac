"""The networks of a pipeline of the Stable Diffusion family, which several films can share."""

from __future__ import annotations

from typing import Any

import torch

from phosphene.engines.runtime.batches import Batches
from phosphene.engines.runtime.cuda_graphs import Graphs


class Networks:
    """The VAE and the UNet of a pipeline, as functions of tensors.

    Parameters
    ----------
    pipe : StableDiffusionImg2ImgPipeline or a related pipeline
    device : torch.device
    guidance_scale : float
        An input of latent consistency models.
    graphs : Graphs, optional
        Records the encoder, the decoder, and, if its weights are fixed, the UNet.
    batches : Batches, optional
        Batches all three over several films.
    fixed : bool
        Whether the weights of the UNet stay as they are.

    Attributes
    ----------
    pipe : a pipeline
    unet : Module
        The module that evaluates the model.
    encode, denoise, decode : callable
        Latents of a picture, noise of latents, and the picture of latents.
    distilled : bool
        Whether guidance is an input of the UNet.
    """

    def __init__(
        self,
        pipe: Any,
        device: torch.device,
        guidance_scale: float,
        graphs: Graphs | None = None,
        batches: Batches | None = None,
        fixed: bool = True,
    ) -> None:
        self.pipe, self.unet, self.vae, self.graphs = pipe, pipe.unet, pipe.vae, graphs
        self.dtype: torch.dtype = pipe.unet.dtype
        # Half precision overflows in the VAE of SDXL.
        upcast = getattr(pipe.vae.config, "force_upcast", False) and self.dtype is torch.float16
        self._vae_dtype = torch.float32 if upcast else self.dtype
        if upcast:
            pipe.vae.to(torch.float32)
        with torch.inference_mode():
            self._scale_embedding = _guidance_embedding(pipe, guidance_scale, device)
        self.distilled = self._scale_embedding is not None
        self.encode, self.denoise, self.decode = self._encoded, self.denoised, self._decoded
        if graphs is not None:
            self.encode, self.decode = graphs.of(self.encode), graphs.of(self.decode)
            if fixed:
                self.denoise = graphs.of(self.denoise)
        if batches is not None:
            self.encode = batches.of(self.encode)
            self.denoise = batches.of(self.denoise)
            self.decode = batches.of(self.decode)

    def denoised(
        self,
        noisy: torch.Tensor,
        times: torch.Tensor,
        tokens: torch.Tensor,
        conditions: dict[str, Any],
        **added: Any,
    ) -> torch.Tensor:
        """The noise that the UNet finds, neither recorded nor batched."""
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

    def _encoded(self, picture: torch.Tensor) -> torch.Tensor:
        pixels = (picture * 2.0 - 1.0).to(self._vae_dtype)
        encoded = self.vae.encode(pixels)
        # The mode of the distribution: sampling would add noise to every frame.
        latents = encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.mode()
        # Latents stay float32: half precision would round small changes of strength away.
        scaled: torch.Tensor = latents.float() * self.vae.config.scaling_factor
        return scaled

    def _decoded(self, latents: torch.Tensor) -> torch.Tensor:
        scaled = (latents / self.vae.config.scaling_factor).to(self._vae_dtype)
        pixels = self.vae.decode(scaled, return_dict=False)[0]
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

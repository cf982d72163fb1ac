"""IP-Adapters: pictures as part of every prompt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from phosphene.engines.model_files import file_of, from_cache_or_hub, hub_parts, loading
from phosphene.errors import EngineError
from phosphene.painting.pictures import read_image

if TYPE_CHECKING:
    from phosphene.project.tables.model import IpAdapter

Pictures = tuple[torch.Tensor, ...]
"""The embedding of the picture of each IP-Adapter, shape (1, 1, width) or (1, 1, n, width)."""
# Statistics of CLIP's training pictures, in RGB.
MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def add_ip_adapters(pipe: Any, adapters: Sequence[IpAdapter]) -> None:
    """Add the attention of IP-Adapters to the UNet of a pipeline.

    Raises
    ------
    EngineError
        If weights are missing, or do not fit the model.
    """
    if not adapters:
        return
    weights = []
    for adapter in adapters:
        with loading(adapter.path, "IP-Adapter", "Give weights for the family of the model."):
            weights.append(_weights(adapter.path))
            _check_fits(pipe.unet, weights[-1], adapter.path)
    names = ", ".join(adapter.path for adapter in adapters)
    with loading(names, "IP-Adapter", "Give weights for the family of the model."):
        nothing = [""] * len(weights)
        pipe.load_ip_adapter(weights, nothing, nothing, image_encoder_folder=None)
        pipe.set_ip_adapter_scale([adapter.scale for adapter in adapters])


class PicturePrompts:
    """The pictures of the IP-Adapters of a pipeline, encoded once each.

    Parameters
    ----------
    pipe : a pipeline after `add_ip_adapters`
    adapters : sequence of IpAdapter
    device : torch.device

    Attributes
    ----------
    negative, positive : tuple of Tensor
        The embeddings for guidance and for the prompt, as in diffusers.
    factor : float
        The current factor of the scales.
    """

    def __init__(self, pipe: Any, adapters: Sequence[IpAdapter], device: torch.device) -> None:
        self._pipe, self._scales, self.factor = pipe, [one.scale for one in adapters], 1.0
        self.negative, self.positive = _encoded(pipe, adapters, device)

    def set_factor(self, factor: float) -> None:
        """Set the scales, if they change; does not copy to the device.

        Parameters
        ----------
        factor : float
            The channel `ip_adapter`; at 0 the attention of the adapters is not evaluated.
        """
        if factor != self.factor:
            self.factor = factor
            self._pipe.set_ip_adapter_scale([factor * scale for scale in self._scales])


@torch.inference_mode()
def _encoded(
    pipe: Any, adapters: Sequence[IpAdapter], device: torch.device
) -> tuple[Pictures, Pictures]:
    if not adapters:
        return (), ()
    from diffusers.models.embeddings import ImageProjection
    from transformers import CLIPVisionModelWithProjection

    layers = pipe.unet.encoder_hid_proj.image_projection_layers
    negative, positive = [], []
    for adapter, layer in zip(adapters, layers, strict=True):
        source, folder = hub_parts(adapter.encoder)
        about = {"subfolder": folder} if folder else {}
        with loading(adapter.encoder, "image encoder", "Give that of the IP-Adapter."):
            encoder: Any = from_cache_or_hub(
                CLIPVisionModelWithProjection.from_pretrained, source, use_safetensors=True, **about
            )
            encoder.to(device)
            size = encoder.config.image_size
            picture = read_image(adapter.image, size, size).to(device)
            mean, deviation = (
                torch.tensor(values, device=device).view(1, 3, 1, 1) for values in (MEAN, DEVIATION)
            )
            pixels = (picture - mean) / deviation
            if isinstance(layer, ImageProjection):
                embedding = encoder(pixels).image_embeds
                negative_embedding = torch.zeros_like(embedding)
            else:  # "plus" adapters read the penultimate layer
                both = torch.cat([torch.zeros_like(pixels), pixels])
                negative_embedding, embedding = (
                    encoder(both, output_hidden_states=True).hidden_states[-2].chunk(2)
                )
        negative.append(negative_embedding[None].to(pipe.unet.dtype))
        positive.append(embedding[None].to(pipe.unet.dtype))
    return tuple(negative), tuple(positive)


def _weights(path: str) -> dict[str, dict[str, torch.Tensor]]:
    """The weights of an IP-Adapter in their two parts."""
    from safetensors.torch import load_file

    source, name = hub_parts(path)
    file = Path(path) if Path(path).is_file() else file_of(source, name)
    if file is None:
        raise EngineError(f"the model '{source}' has no file {name}", "Check the spelling.")
    parts: dict[str, dict[str, torch.Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for key, value in load_file(file).items():
        part, _, own = key.partition(".")
        if part in parts:
            parts[part][own] = value
    if not all(parts.values()):
        raise EngineError(
            f"{path} is not an IP-Adapter: it needs weights named image_proj and ip_adapter",
            "Give a .safetensors file of an IP-Adapter.",
        )
    return parts


def _check_fits(unet: Any, weights: dict[str, dict[str, torch.Tensor]], path: str) -> None:
    keys = [
        value for name, value in weights["ip_adapter"].items() if name.endswith("to_k_ip.weight")
    ]
    wanted = [
        attention.to_k.weight.shape[0]
        for name, attention in unet.named_modules()
        if name.endswith("attn2")
    ]
    width = unet.config.cross_attention_dim
    if len(keys) != len(wanted) or any(value.shape[1] != width for value in keys):
        raise EngineError(
            f"the IP-Adapter '{path}' was trained for another model: it has {len(keys)} layers of "
            f"attention, this model {len(wanted)}, with prompts of width {width}",
            "Give an IP-Adapter for the family of the model.",
        )

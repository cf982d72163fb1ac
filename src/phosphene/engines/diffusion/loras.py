"""LoRAs: merged into the weights of a pipeline, or separate with a weight per frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from phosphene.engines.model_files import from_cache_or_hub, hub_parts, loading
from phosphene.errors import EngineError

if TYPE_CHECKING:
    from phosphene.project.tables.model import Lora


def merge(pipe: Any, path: str, weight: float = 1.0) -> None:
    """Merge low-rank weights into a pipeline, so that they cost no time per frame.

    Parameters
    ----------
    pipe : a diffusers pipeline
    path : str
        A .safetensors file, or `owner/name/file.safetensors` on the hub.
    weight : float

    Raises
    ------
    EngineError
        If it is missing, or does not fit the model.
    """
    _load(pipe, path, "merged")
    pipe.fuse_lora(lora_scale=weight, adapter_names=["merged"])
    pipe.unload_lora_weights()


class Loras:
    """The LoRAs of a pipeline whose weight is driven.

    The text encoders, which encode each prompt once, keep the project's weights.

    Parameters
    ----------
    pipe : a diffusers pipeline
    loras : sequence of Lora
    """

    def __init__(self, pipe: Any, loras: Sequence[Lora]) -> None:
        self._weights = {f"driven_{k}": lora.weight for k, lora in enumerate(loras)}
        for name, lora in zip(self._weights, loras, strict=True):
            _load(pipe, lora.path, name)
        self._factor = 1.0
        self._denoiser: Any = getattr(pipe, "unet", None) or getattr(pipe, "transformer", None)
        if loras:
            pipe.set_adapters([*self._weights], [*self._weights.values()])

    @property
    def driven(self) -> bool:
        """Whether there are any."""
        return bool(self._weights)

    def set_factor(self, factor: float) -> None:
        """Set the weights in the denoising network, if they change; does not copy to the device."""
        if self._weights and factor != self._factor:
            self._factor = factor
            weights = [factor * weight for weight in self._weights.values()]
            self._denoiser.set_adapters([*self._weights], weights)


def _load(pipe: Any, path: str, name: str) -> None:
    if not hasattr(pipe, "load_lora_weights"):
        raise EngineError(
            f"model.lora: {type(pipe).__name__} does not support LoRAs", "Remove [[model.lora]]."
        )
    source, inside = hub_parts(path)
    folder, _, file = inside.rpartition("/")
    with loading(path, "LoRA", "Give low-rank weights for this model, as .safetensors."):
        from_cache_or_hub(
            pipe.load_lora_weights,
            source,
            weight_name=file,
            **({"subfolder": folder} if folder else {}),
            use_safetensors=True,
            adapter_name=name,
        )
    if name not in {one for names in pipe.get_list_adapters().values() for one in names}:
        raise EngineError(
            f"the LoRA '{path}' has no weights for this model",
            "Give low-rank weights that were trained on it.",
        )

"""ControlNets: control images of the moved frame, a picture or a video, and their residuals."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from phosphene.engines.diffusion.edges import canny
from phosphene.engines.model_files import file_of, from_cache_or_hub, loading, read_json
from phosphene.errors import EngineError
from phosphene.painting.inputs.guides import Clips, to_floats
from phosphene.painting.pictures import read_image

if TYPE_CHECKING:
    from phosphene.engines.diffusion.embeddings import Embedding
    from phosphene.project.tables.model import Control
    from phosphene.score.guides import Clip
    from phosphene.score.score import Score

IMAGE_OF: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "canny": canny,
    "tile": lambda picture: picture,
    "image": lambda picture: picture,
}
"""Control images of a picture: Tensor, float32, shape (1, 3, height, width), 0 to 1."""
Disparity = Callable[[torch.Tensor], torch.Tensor]
CLASSES = ("ControlNetModel", "ControlNetUnionModel")


def depth_map(disparity: torch.Tensor) -> torch.Tensor:
    """Inverse distances (1, 1, height, width) as an image: the nearest is 1, the farthest 0."""
    low, high = disparity.amin(), disparity.amax()
    shade = (disparity - low) / (high - low).clamp_min(1e-6)
    return shade.expand(1, 3, -1, -1)


class Net(NamedTuple):
    """A loaded ControlNet, its settings, and its control image if that is fixed."""

    model: Any
    settings: Control
    fixed: torch.Tensor | None
    mode: torch.Tensor | None
    clip: Clip | None = None


class Controls:
    """The ControlNets of an engine.

    Parameters
    ----------
    pipe : a pipeline of the Stable Diffusion family
        Its UNet must be of the family that the ControlNets were trained for.
    controls : sequence of Control
    score : Score
        For the size of the pictures, and the videos of the ControlNets.
    device : torch.device

    Raises
    ------
    EngineError
        If a ControlNet is missing, or does not fit the model.
    """

    def __init__(
        self, pipe: Any, controls: Sequence[Control], score: Score, device: torch.device
    ) -> None:
        clips = score.inputs.controls or (None,) * len(controls)
        self._device, self._clips = device, Clips(score)
        weakref.finalize(self, self._clips.close)
        self._nets = [
            _net(pipe, control, score, device)._replace(clip=clip)
            for control, clip in zip(controls, clips, strict=True)
        ]

    def images(
        self, picture: torch.Tensor | None, frame: int, disparity: Disparity | None = None
    ) -> list[torch.Tensor | None]:
        """The control image of each ControlNet; None without anything to make it from.

        Parameters
        ----------
        picture : Tensor, float32, shape (1, 3, height, width), 0 to 1, or None
            The moved frame; None for a first picture, which has no frame before it.
        frame : int
            Frame number in the song, for videos.
        disparity : callable, optional
            Gives the inverse distances of a picture, for the kind `depth`.
        """

        def image_of(net: Net) -> torch.Tensor | None:
            if net.fixed is not None:
                return net.fixed
            source = picture if net.settings.video is None else self._shown(net.clip, frame)
            if source is None:
                return None
            if net.settings.kind == "depth":
                return None if disparity is None else depth_map(disparity(source))
            return IMAGE_OF[net.settings.kind](source)

        return [image_of(net) for net in self._nets]

    def _shown(self, clip: Clip | None, frame: int) -> torch.Tensor | None:
        """A video's picture in a frame, black where it is transparent; None if it is not shown."""
        if clip is None or not clip.shows(frame):
            return None
        pixels = to_floats(self._clips.frame(clip, frame), self._device)
        return pixels[:, :3] * pixels[:, 3:]

    def residuals(
        self,
        images: Sequence[torch.Tensor | None],
        factor: float,
        noisy: torch.Tensor,
        times: torch.Tensor,
        prompts: Embedding,
    ) -> dict[str, Any]:
        """The residuals of the ControlNets, as arguments of the UNet; empty without any.

        Scales are Python numbers, so that nothing is copied to the device.

        Parameters
        ----------
        images : sequence of (Tensor or None)
            From `seen`.
        factor : float
            The channel `control`.
        noisy, times, prompts
            Inputs of the UNet.
        """
        down: list[torch.Tensor] = []
        mid: torch.Tensor | None = None
        for net, image in zip(self._nets, images, strict=True):
            scale = factor * net.settings.scale
            if image is None or scale == 0.0:
                continue
            shown = image.to(noisy.dtype).expand(len(noisy), -1, -1, -1)
            types = {}
            if net.mode is not None:
                types = {
                    "control_type": net.mode.expand(len(noisy), -1),
                    "control_type_idx": [net.settings.mode],
                }
            blocks, middle = net.model(
                noisy,
                times,
                encoder_hidden_states=prompts.tokens,
                controlnet_cond=[shown] if types else shown,
                conditioning_scale=float(scale),
                added_cond_kwargs=prompts.conditions,
                return_dict=False,
                **types,
            )
            down = [a + b for a, b in zip(down, blocks, strict=True)] if down else [*blocks]
            mid = middle if mid is None else mid + middle
        if mid is None:
            return {}
        return {"down_block_additional_residuals": down, "mid_block_additional_residual": mid}


def _net(pipe: Any, control: Control, score: Score, device: torch.device) -> Net:
    import diffusers

    with loading(control.path, "ControlNet", "Give a folder with config.json and safetensors."):
        config = file_of(control.path, "config.json")
        content = read_json(config) if config is not None else None
        name = content.get("_class_name") if isinstance(content, dict) else None
        if name not in CLASSES:
            raise EngineError(
                f"the ControlNet '{control.path}' is a {name}; expected {' or '.join(CLASSES)}",
                "Give a ControlNet for Stable Diffusion or SDXL.",
            )
        model = from_cache_or_hub(
            getattr(diffusers, name).from_pretrained,
            control.path,
            dtype=pipe.unet.dtype,
            use_safetensors=True,
        )
    own, other = (unet.config.cross_attention_dim for unet in (pipe.unet, model))
    if own != other:
        raise EngineError(
            f"the ControlNet '{control.path}' was trained for another model: its prompts have a "
            f"width of {other}, those of this model {own}",
            "Give a ControlNet for the family of the model.",
        )
    mode = _mode(control, model, device)
    model.requires_grad_(False).eval().to(device, memory_format=torch.channels_last)
    if control.image is None:
        return Net(model, control, None, mode)
    picture = read_image(control.image, score.width, score.height).to(device)
    return Net(model, control, IMAGE_OF[control.kind](picture), mode)


def _mode(control: Control, model: Any, device: torch.device) -> torch.Tensor | None:
    """The control type of a union model, of shape (1, n_types); None for other ControlNets."""
    count = getattr(model.config, "num_control_type", None)
    if count is None:
        if control.mode is not None:
            raise EngineError(
                f"the ControlNet '{control.path}' is not a union model, and mode is {control.mode}",
                "Leave out mode.",
            )
        return None
    if control.mode is None or control.mode >= count:
        raise EngineError(
            f"the ControlNet '{control.path}' has {count} control types; mode is {control.mode}",
            f'Set mode to that of "{control.kind}", from 0 to {count - 1}; its page lists them.',
        )
    return torch.eye(count, device=device)[control.mode : control.mode + 1]

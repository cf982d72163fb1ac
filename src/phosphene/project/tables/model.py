"""`[model]` with its adapters, and `[depth]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from phosphene.bounds import FileName, file_name
from phosphene.hints import hint
from phosphene.options import Table
from phosphene.project.tables import QUALITIES
from phosphene.project.tables.guides import Clip
from phosphene.score.patterns import CADENCE_HELP, Cadence

if TYPE_CHECKING:
    from torch import Tensor

ADAPTERS = 16  # of each kind
SEED_STEP = 1000  # from the seed of one take to the next
#: Entries that name a file or folder, local or on the hub.
ON_HUB = ("path", "encoder")


def _weights(given: str) -> str:
    file_name(given)
    if not given.endswith(".safetensors"):
        raise ValueError("expected a .safetensors file, or owner/name/file.safetensors on the hub")
    return given


Weights = Annotated[str, AfterValidator(_weights)]
"""A file of weights: relative to the project file, or `owner/name/file.safetensors` on the hub."""


class Lora(Table):
    """`[[model.lora]]`: low-rank weights that are added to those of the model."""

    path: Weights = Field(description="a .safetensors file, or owner/name/file.safetensors")
    weight: float = Field(1.0, ge=-10, le=10, description="how much of it is added")
    driven: bool = Field(False, description="whether the channel `lora` multiplies the weight")


class Control(Clip):
    """`[[model.control]]`: a ControlNet, and its control image."""

    path: Annotated[str, AfterValidator(file_name)] = Field(
        description="ControlNet: a folder or a hub id"
    )
    kind: Literal["canny", "tile", "depth", "image"] = Field(
        description="control image: edges of the moved frame, that frame, its depth, or `image`"
    )
    image: FileName | None = Field(
        None, description="picture from which the control image is made, in place of the frame"
    )
    video: FileName | None = Field(
        None, description="video whose frames the control images are made from, in place of those"
    )
    mode: int | None = Field(
        None, ge=0, le=15, description="number of the control type of a union model"
    )
    scale: float = Field(1.0, ge=0, le=2, description="times the channel `control`")

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if self.image is not None and self.video is not None:
            raise ValueError("expected one of image and video")
        if self.kind == "image" and self.image is None and self.video is None:
            raise ValueError('kind = "image" needs the control image itself; set image or video')
        if self.video is None:
            self.reject(Clip.model_fields, "needs a video; set video")
        self.reject_times_of_stills(self.video)
        if self.kind == "depth" and self.image is not None:
            raise ValueError('kind = "depth" is of a frame; for a depth map, kind = "image"')
        return self


class IpAdapter(Table):
    """`[[model.ip_adapter]]`: a picture as a part of the prompt."""

    path: Weights = Field(description="a .safetensors file, or owner/name/file.safetensors")
    encoder: Annotated[str, AfterValidator(file_name)] = Field(
        description="folder of the image encoder, or owner/name/folder on the hub"
    )
    image: FileName = Field(description="the picture")
    scale: float = Field(
        0.6, ge=0, le=2, description="how closely it is followed, times the channel `ip_adapter`"
    )


class Model(Table):
    """`[model]`: the model and its settings."""

    name: Annotated[str, AfterValidator(file_name)] = Field(
        "worlds", description="engine, Hugging Face hub id, or folder"
    )
    seed: int = Field(42, ge=0, lt=2**62, description="frame i is painted from seed + i")
    quality: str = Field("standard", description=f"{', '.join(QUALITIES)}: steps, guidance and VAE")
    steps: int | None = Field(None, ge=1, le=1000, description="steps of the full noise schedule")
    guidance_scale: float | None = Field(None, ge=0, description="how closely prompts are followed")
    device: Literal["auto", "cuda", "mps", "cpu"] = Field(
        "auto", description="device that it runs on"
    )
    native_size: bool = Field(
        True, description="paint at the size that the model was trained at, and enlarge the result"
    )
    compile: bool = Field(False, description="torch.compile the UNet: slow start, faster frames")
    cadence: Cadence = Field(1, description=f"which frames are repainted: {CADENCE_HELP}")
    colour_match: float = Field(
        0.5, ge=0, le=1, description="how strongly colours are matched, against drift; 0 is off"
    )
    detail_match: float = Field(
        0.5, ge=0, le=1, description="how strongly fine detail is matched, against blur; 0 is off"
    )

    lora: tuple[Lora, ...] = Field((), max_length=ADAPTERS)
    control: tuple[Control, ...] = Field((), max_length=ADAPTERS)
    ip_adapter: tuple[IpAdapter, ...] = Field((), max_length=ADAPTERS)

    @field_validator("lora")
    @classmethod
    def _not_compiled(cls, loras: tuple[Lora, ...], others: ValidationInfo) -> tuple[Lora, ...]:
        if others.data.get("compile") and any(lora.driven for lora in loras):
            raise ValueError("a compiled model has fixed weights; remove compile or driven")
        return loras

    def take_seeds(self, count: int) -> list[int]:
        """The seeds of `count` takes; the first is the project's."""
        return [self.seed + SEED_STEP * number for number in range(count)]

    @field_validator("quality")
    @classmethod
    def _known_quality(cls, quality: str) -> str:
        if quality not in QUALITIES:
            raise ValueError(f"unknown quality. {hint(quality, QUALITIES)}")
        return quality


class Depth(Table):
    """`[depth]`: distances in the picture, for a camera that moves through space."""

    source: Annotated[str, AfterValidator(file_name)] = Field(
        description="a drawn depth, or a model that estimates it: Hugging Face hub id or folder"
    )
    near: float = Field(
        0.5, ge=0.01, le=1000, description="distance of the nearest, times the picture plane's"
    )
    far: float = Field(
        4.0, gt=0.01, le=1e6, description="distance of the farthest, times the picture plane's"
    )
    strength: float = Field(1.0, ge=0, le=1, description="strength of the depth; 0 is flat")
    field_of_view: float = Field(
        60.0, ge=5, le=150, description="degrees; the resting value of the channel"
    )
    every: int = Field(
        1,
        ge=1,
        le=10_000,
        description="frames between estimates; in between, the last one moves with the camera",
    )

    @field_validator("far")
    @classmethod
    def _farther_than_near(cls, far: float, others: ValidationInfo) -> float:
        near = others.data.get("near")
        if near is not None and far <= near:
            raise ValueError(f"expected more than near, which is {near:g}")
        return far

    def distance(self, nearness: Tensor) -> Tensor:
        """Convert relative nearness, as networks estimate it, to distance.

        Parameters
        ----------
        nearness : Tensor
            From 0 at the farthest to 1 at the nearest, linear in the inverse distance.

        Returns
        -------
        Tensor
            From `far` to `near`.
        """
        inverse: Tensor = 1.0 / self.far + nearness * (1.0 / self.near - 1.0 / self.far)
        return 1.0 / inverse

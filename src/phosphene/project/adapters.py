"""`[[model.lora]]`, `[[model.control]]` and `[[model.ip_adapter]]`: what is added to a model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from phosphene.bounds import FileName, file_name
from phosphene.project.guides import Clip
from phosphene.project.motion import Section


def _weights(given: str) -> str:
    file_name(given)
    if not given.endswith(".safetensors"):
        raise ValueError("expected a .safetensors file, or owner/name/file.safetensors on the hub")
    return given


Weights = Annotated[str, AfterValidator(_weights)]
"""A file of weights: relative to the project file, or `owner/name/file.safetensors` on the hub."""


def located(path: str, folder: Path) -> str:
    """A file or folder beside the project file, if it is there; otherwise the same text."""
    beside = folder / os.path.expanduser(path)
    return str(beside) if beside.exists() else path


class Lora(Section):
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
            self.refuse_if_given(Clip.model_fields, "a video; set video")
        self.refuse_times_of_stills(self.video)
        if self.kind == "depth" and self.image is not None:
            raise ValueError('kind = "depth" is of a frame; for a depth map, kind = "image"')
        return self


class IpAdapter(Section):
    """`[[model.ip_adapter]]`: a picture as a part of the prompt."""

    path: Weights = Field(description="a .safetensors file, or owner/name/file.safetensors")
    encoder: Annotated[str, AfterValidator(file_name)] = Field(
        description="folder of the image encoder, or owner/name/folder on the hub"
    )
    image: FileName = Field(description="the picture")
    scale: float = Field(
        0.6, ge=0, le=2, description="how closely it is followed, times the channel `ip_adapter`"
    )

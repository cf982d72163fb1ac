"""`[[guide]]`, `[[mask]]` and `[[overlay]]`: pictures and videos in a film."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from phosphene.bounds import FileName
from phosphene.options import Table
from phosphene.project.tables.captions import Place
from phosphene.score.guides import STILLS
from phosphene.score.units import Position, Share, Span, parse_span

GUIDES = 16  # of each kind; each runs an ffmpeg process


def _seconds(given: Any) -> Any:
    span = parse_span(given)
    if span.unit not in ("s", "ms"):
        raise ValueError('expected seconds of the video, such as "2.5s"')
    return span


class Clip(Table):
    """When a picture or a video is shown, and how it is fitted into the frame."""

    fit: Literal["cover", "contain"] = Field(
        "cover", description="cover the frame, cropped; or fit into it, transparent around"
    )
    at: Position | None = Field(None, description="where it begins; by default the song's start")
    until: Position | None = Field(None, description="where it ends; by default the song's end")
    begin: Annotated[Span, BeforeValidator(_seconds)] = Field(
        "0s", validate_default=True, alias="from", description="start within the video"
    )
    end: Literal["hold", "loop"] = Field(
        "hold", description="after the end of the video: hold its last frame, or loop"
    )

    def reject(self, names: Iterable[str], why: str) -> None:
        """Reject entries that have no effect here.

        Raises
        ------
        ValueError
            If one of `names`, fields of this model, was set; the message names the first.
        """
        for name in sorted(self.model_fields_set & set(names)):
            raise ValueError(f"{type(self).model_fields[name].alias or name} {why}")

    def reject_times_of_stills(self, *files: Path | None) -> None:
        """Reject `from` and `end` if no file is a video."""
        stills = [path for path in files if path is not None]
        if all(path.suffix.lower() in STILLS for path in stills):
            for path in stills[:1]:
                why = f"needs a video, and {path.name} is a picture; remove it"
                self.reject(("begin", "end"), why)


class Guide(Clip):
    """`[[guide]]`: a video that guides the picture."""

    video: FileName = Field(description="a video, or a picture")
    mode: Literal["init", "composite", "flow"] = Field(
        description="mixed in before img2img; laid over by its alpha or mask; or moves the picture"
    )
    amount: Share = Field(1.0, ge=0, le=2, description="share of it, times the channel `guide`")
    mask: FileName | None = Field(
        None, description="picture or video; a composite is opaque where it is white"
    )

    @model_validator(mode="after")
    def _masked_if_composite(self) -> Self:
        if self.mask is not None and self.mode != "composite":
            raise ValueError(f'a mask needs mode = "composite", not "{self.mode}"')
        if self.mode != "flow" and self.amount > 1.0:
            raise ValueError(f'amount is {self.amount:g}; mode = "{self.mode}" takes at most 1')
        self.reject_times_of_stills(self.video, self.mask)
        return self


class Mask(Clip):
    """`[[mask]]`: where the picture is repainted."""

    image: FileName | None = Field(None, description="a picture")
    video: FileName | None = Field(None, description="a video")
    depth: tuple[float, float] | None = Field(None, description="range of distances, as in [depth]")
    of: Literal["luma", "alpha"] = Field(
        "luma", description="which values of the file are the mask"
    )
    repaint: Literal["inside", "outside"] = Field(
        "inside", description="where: inside is white, opaque, or in the range of depth"
    )
    feather: Share = Field(
        0.0, ge=0, le=1, description="width of the soft edge, as a share of the picture's height"
    )
    amount: Share = Field(1.0, ge=0, le=1, description="share of it, times the channel `mask`")

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(source is not None for source in (self.image, self.video, self.depth)) != 1:
            raise ValueError("expected one of image, video and depth")
        if self.depth is not None and not 0 <= self.depth[0] < self.depth[1]:
            raise ValueError("depth: expected a distance and a larger one, such as [0, 1.5]")
        if self.depth is not None:
            why = "needs a picture or a video, not depth; remove it, or drive `mask`"
            self.reject((*Clip.model_fields, "of"), why)
        self.reject_times_of_stills(self.image, self.video)
        return self


class Overlay(Table):
    """`[[overlay]]`: a picture over the film, such as a logo."""

    image: FileName = Field(description="a picture, which may have an alpha channel")
    at: Position | None = Field(None, description="where it appears; by default the song's start")
    until: Position | None = Field(
        None, description="where it disappears; by default the song's end"
    )
    position: Place = Field(
        "bottom right",
        validate_default=True,
        description='"bottom", "top left" ..., or shares of width and height',
    )
    size: Share = Field(0.15, gt=0, le=1, description="height, as a share of the picture's height")
    amount: Share = Field(1.0, ge=0, le=1, description="opacity, times the channel `overlay`")
    fade: Span = Field(
        "0s", validate_default=True, description="duration of the fade-in and the fade-out"
    )

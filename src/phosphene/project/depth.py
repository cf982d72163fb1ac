"""`[depth]`: how far the things in the picture are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from phosphene.bounds import file_name
from phosphene.project.motion import Section

if TYPE_CHECKING:
    from torch import Tensor


class Depth(Section):
    """`[depth]`: how far the things in the picture are, for a camera that moves through space."""

    source: Annotated[str, AfterValidator(file_name)] = Field(
        description="a drawn depth, or a model that estimates it: Hugging Face hub id, or folder"
    )
    near: float = Field(
        0.5, ge=0.01, le=1000, description="distance of the nearest, times the picture plane's"
    )
    far: float = Field(
        4.0, gt=0.01, le=1e6, description="distance of the farthest, times the picture plane's"
    )
    strength: float = Field(1.0, ge=0, le=1, description="how deep it is; 0 is flat")
    field_of_view: float = Field(
        60.0, ge=5, le=150, description="degrees; the resting value of the channel"
    )
    every: int = Field(
        1, ge=1, le=10_000, description="frames from estimate to estimate; between them it moves"
    )

    @field_validator("far")
    @classmethod
    def _beyond(cls, far: float, others: ValidationInfo) -> float:
        near = others.data.get("near")
        if near is not None and far <= near:
            raise ValueError(f"expected more than near, which is {near:g}")
        return far

    def distance(self, nearness: Tensor) -> Tensor:
        """The distance of relative nearness, as networks estimate it.

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

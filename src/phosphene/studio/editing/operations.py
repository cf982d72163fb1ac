"""The operations of an edit, as the page sends them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from phosphene.bounds import DEPTH, KEY
from phosphene.errors import ProjectError

Key = Annotated[str, Field(min_length=1, max_length=KEY)]
Path = Annotated[list[Key | int], Field(min_length=1, max_length=DEPTH)]


class _Operation(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Put(_Operation):
    """Set the entry at `path`; a missing one is added, in a list at the end."""

    op: Literal["put"] = "put"
    path: Path
    value: Any


class Drop(_Operation):
    """Remove the entry at `path`, if it exists."""

    op: Literal["drop"] = "drop"
    path: Path


class Rename(_Operation):
    """Give an entry of the table at `path` another key, such as another position."""

    op: Literal["rename"]
    path: Path
    key: Key
    to: Key


class Layer(_Operation):
    """Add a layer, remove one, or move it to another place."""

    op: Literal["add_layer", "drop_layer", "move_layer"]
    index: int = Field(0, ge=0)
    to: int = Field(0, ge=0)
    layer: dict[Key, Any] = {}


class AddScene(_Operation):
    """Add a scene that continues no other."""

    op: Literal["add_scene"]
    at: Key
    prompt: str


class MoveScene(_Operation):
    """Move a scene to another position; scenes that continue it by its position follow."""

    op: Literal["move_scene"]
    index: int = Field(ge=0)
    at: Key


class DropScene(_Operation):
    """Remove a scene; the first that continues it begins in its place."""

    op: Literal["drop_scene"]
    index: int = Field(ge=0)


Operation = Annotated[
    Put | Drop | Rename | Layer | AddScene | MoveScene | DropScene, Field(discriminator="op")
]
_OPERATIONS: TypeAdapter[list[Operation]] = TypeAdapter(
    Annotated[list[Operation], Field(min_length=1, max_length=1000)]
)


def operations(given: Any) -> list[Operation]:
    """Read the operations of an edit from JSON.

    Raises
    ------
    ProjectError
        If they are not operations.
    """
    try:
        return _OPERATIONS.validate_python(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ProjectError(f"this is not an edit: {first['loc']}: {first['msg']}") from None


def named(edit: Operation) -> str:
    """The entry that an operation changes."""
    if isinstance(edit, Layer):
        return f"motion[{edit.index}]"
    if isinstance(edit, AddScene):
        return "scene"
    if isinstance(edit, (MoveScene, DropScene)):
        return f"scene[{edit.index}]"
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in edit.path).lstrip(".")

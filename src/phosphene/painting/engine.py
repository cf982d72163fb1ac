"""Engines: what repaints a moved picture, and the table of those that come with Phosphene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from phosphene.errors import EngineError, ProjectError

if TYPE_CHECKING:
    import torch

    from phosphene.project.schema import Model
    from phosphene.score.score import Row, Score


class Engine(Protocol):
    """Repaints pictures; made once for a render, for the prompts and the size of its Score."""

    device: torch.device
    """Where its pictures are."""

    def first(self, row: Row) -> torch.Tensor:
        """The first picture: float32, shape (1, 3, height, width), 0 to 1, on `device`.

        Also painted once from each prompt alone, to see what its scene is to be held to.
        """
        ...

    def img2img(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        """The picture repainted at `row.strength`; same shape, range and device.

        An engine with a `noise_shape`, the (channels, height, width) of its noise, is called as
        ``img2img(picture, row, noise)``: the `phosphene.painting.noise.SceneNoise` that moves
        with the camera.
        """
        ...


@runtime_checkable
class DrawingEngine(Engine, Protocol):
    """An engine that draws every frame from its row alone, and feeds nothing back."""

    def draw_moved(self, row: Row) -> torch.Tensor:
        """What is repainted instead of the moved picture; same shape and range as from `first`."""
        ...


@dataclass(frozen=True)
class EngineSpec:
    """An engine that a project can name.

    Parameters
    ----------
    name : str
        What a project calls it: `[model] name = "..."`.
    description : str
        One line for `phosphene doctor` and the docs.
    load : callable
        load(model, score) gives the Engine; imports what is heavy only when called.
    diffuses : bool
        False where no colours need to be held: what it paints does not drift by itself.
    ignores : frozenset of str
        Channels that it cannot follow. They stay at rest, with a warning, where a project drives
        them; `render --strict` refuses the project.
    source : str
        Folder or hub id of its checkpoint, where it has one.
    examples : tuple of str
        Two prompts that it understands and that look different: what `phosphene plugins check` and
        `EngineContract` have it paint. Empty where it takes any text, or where it can not be
        loaded without a download; `plugins check` then leaves it out.
    check : callable, optional
        check(model, score) raises a ProjectError for what the engine can not paint; called before
        anything is loaded, or anything of an earlier run is given up.
    """

    name: str
    description: str
    load: Callable[[Model, Score], Engine]
    diffuses: bool = True
    ignores: frozenset[str] = frozenset()
    source: str = ""
    examples: tuple[str, ...] = ()
    check: Callable[[Model, Score], None] | None = None


def unfollowed(spec: EngineSpec, score: Score) -> list[str]:
    """The channels that a score drives and an engine cannot follow, by name."""
    return sorted(spec.ignores & set(score.moving()))


def check_paintable(spec: EngineSpec, model: Model, score: Score) -> None:
    """Find out before anything is loaded whether an engine can paint a score.

    Raises
    ------
    ProjectError
        If it cannot.
    """
    if spec.check is not None:
        spec.check(model, score)


def check_torch() -> None:
    """Find out whether PyTorch, which every engine paints with, can be imported.

    Raises
    ------
    EngineError
        If it cannot.
    """
    try:
        import torch  # noqa: F401
    except Exception as error:  # a broken library may raise anything
        raise EngineError(
            f"PyTorch cannot be imported: {type(error).__name__}: {error}",
            "Install it again: pip install --force-reinstall torch",
        ) from error


def check_followed(spec: EngineSpec, model: Model, score: Score) -> None:
    """The same, and whether it follows every channel that the score drives.

    Raises
    ------
    ProjectError
        If it does not.
    """
    if ignored := unfollowed(spec, score):
        raise ProjectError(
            f"motion drives {', '.join(ignored)}, which the model '{spec.name}' cannot follow",
            "Leave that out, or choose another model; `phosphene doctor` lists them.",
        )
    check_paintable(spec, model, score)

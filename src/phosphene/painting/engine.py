"""The engine protocol, and how an engine is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from phosphene.errors import EngineError, ProjectError

if TYPE_CHECKING:
    import torch

    from phosphene.project.tables.model import Model
    from phosphene.score.score import Row, Score


class Engine(Protocol):
    """Repaints pictures; loaded once per render, for the prompts and size of its Score."""

    device: torch.device
    """The device of its pictures."""

    def first(self, row: Row) -> torch.Tensor:
        """The first picture: float32, shape (1, 3, height, width), 0 to 1, on `device`.

        It is also called once with each prompt alone, to measure the scene's colours and detail.
        """
        ...

    def img2img(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        """The picture repainted at `row.strength`; same shape, range and device.

        An engine with a `noise_shape`, the (channels, height, width) of its noise, is called as
        ``img2img(picture, row, noise)``, where noise is a
        `phosphene.painting.motion.noise.SceneNoise`, which moves with the camera.
        """
        ...


@runtime_checkable
class DrawingEngine(Engine, Protocol):
    """An engine without feedback, which draws every frame from its row alone."""

    def draw_moved(self, row: Row) -> torch.Tensor:
        """The frame, used instead of the moved picture; same shape and range as from `first`."""
        ...


@dataclass(frozen=True)
class EngineSpec:
    """An engine that a project can choose.

    Parameters
    ----------
    name : str
        Its name in a project: `[model] name = "..."`.
    description : str
        One line for `phosphene doctor` and the docs.
    load : callable
        load(model, score) returns the Engine; heavy libraries are imported only when it is called.
    diffuses : bool
        False if its colours need not be held, because its pictures do not drift.
    ignores : frozenset of str
        Channels that it does not support. If a project drives them, they stay at rest with a
        warning; `render --strict` refuses the project.
    source : str
        Folder or hub id of its model, if it has one.
    examples : tuple of str
        Two prompts that it understands and that look different, which `phosphene plugins check` and
        `EngineContract` paint. Empty if it takes any text, or cannot be loaded without a download;
        `plugins check` then skips it.
    adapters : bool
        Whether it loads the LoRAs, ControlNets and IP-Adapters of `[model]`. If not, it does not
        support the channels `lora`, `control` and `ip_adapter`.
    check : callable, optional
        check(model, score) raises a ProjectError if the engine cannot paint the Score. It is called
        before anything is loaded, and before any earlier frames are discarded.
    """

    name: str
    description: str
    load: Callable[[Model, Score], Engine]
    diffuses: bool = True
    ignores: frozenset[str] = frozenset()
    source: str = ""
    examples: tuple[str, ...] = ()
    adapters: bool = False
    check: Callable[[Model, Score], None] | None = None


def unsupported(spec: EngineSpec, model: Model, score: Score) -> list[str]:
    """Names of the channels that a Score drives and an engine does not support."""
    supported = {
        "lora": spec.adapters and any(lora.driven for lora in model.lora),
        "control": spec.adapters and bool(model.control),
        # A compiled model would be recompiled for each value.
        "ip_adapter": spec.adapters and bool(model.ip_adapter) and not model.compile,
        "guide": bool(score.inputs.guides),
        "mask": spec.diffuses and bool(score.inputs.masks),
        "overlay": bool(score.inputs.overlays),
    }
    ignored = spec.ignores | {name for name, is_supported in supported.items() if not is_supported}
    return sorted(ignored & set(score.moving()))


def check_paintable(spec: EngineSpec, model: Model, score: Score) -> None:
    """Check that an engine can paint a Score, before anything is loaded.

    Raises
    ------
    ProjectError
        If it cannot.
    """
    if spec.check is not None:
        spec.check(model, score)


def check_torch() -> None:
    """Check that PyTorch, which every engine needs, can be imported.

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


def check_supported(spec: EngineSpec, model: Model, score: Score) -> None:
    """Check that an engine can paint a Score, and supports every channel that it drives.

    Raises
    ------
    ProjectError
        If it does not.
    """
    if ignored := unsupported(spec, model, score):
        raise ProjectError(
            f"motion drives {', '.join(ignored)}, which the model '{spec.name}' does not support",
            "Remove it, or choose another model; `phosphene doctor` lists them.",
        )
    check_paintable(spec, model, score)

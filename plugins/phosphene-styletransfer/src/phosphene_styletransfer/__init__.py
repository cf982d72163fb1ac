"""26 painting styles for Phosphene, mixed by the prompts and driven by the music."""

from __future__ import annotations

from collections.abc import Callable

from phosphene import Engine, EngineSpec, Model, Score, hookimpl

from phosphene_styletransfer.refusals import check


def load(model: Model, score: Score) -> Engine:
    """The engine, for the styles that a Score names."""
    from phosphene_styletransfer.painter import Painter  # imports torch, so only when painting

    return Painter(score)


STYLETRANSFER = EngineSpec(
    name="styletransfer",
    description="26 painting styles in one small network, on any CPU",
    load=load,
    check=check,
    diffuses=False,  # each style has its own palette: nothing drifts
    ignores=frozenset({"guidance"}),
    examples=("mosaic", "glass"),
)


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    register(STYLETRANSFER)

"""Seamless loops: the last frames dissolve into those before the first one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import torch

from phosphene.painting.anchors import Anchor
from phosphene.painting.engine import Engine
from phosphene.painting.frames import Painted, painted
from phosphene.painting.states import State
from phosphene.score.score import Score

LARGEST = 0.9  # step across the seam, as a share of the largest other one


def paint_loop(
    score: Score,
    engine: Engine,
    anchors: Sequence[Anchor],
    lead: int,
    after: tuple[int, State] | None = None,
) -> Iterator[Painted]:
    """Paint a film that loops seamlessly.

    The first `lead` rows of the Score are a run-up to the film's first frame and are not shown. The
    last frames dissolve into them, so that the last one is the frame before the first. If the step
    from it to the first is larger than all others, as before the strongest hit of the loop, it is
    mixed with the first frame until it is not.

    Parameters
    ----------
    score : Score
    engine : Engine
    anchors : sequence of Anchor, length n_prompts
    lead : int
        At least 1, at most half of the rows.
    after : tuple of int and State, optional
        Number and state of a frame of the film from an earlier run.

    Yields
    ------
    Painted
        As from `phosphene.painting.frames.painted`, numbered from the film's first frame.
    """
    *leading, (_, _, opening) = islice(painted(score, engine, anchors), lead + 1)
    before, largest = None, torch.zeros((), device=opening.device)
    if after is None:
        after = lead - 1, leading[-1][1]
    else:
        before, largest = (
            torch.as_tensor(after[1][name], device=opening.device) for name in ("shown", "largest")
        )
        after = after[0] + lead, after[1]
    last = len(score) - lead - 1
    for row, state, levels in painted(score, engine, anchors, after):
        number = row - lead
        since = number + lead - last  # frames of the dissolve
        if since > 0:
            levels = _mixed(levels, leading[since - 1][2], since / lead)
        if number == last:
            seam = _step(levels, opening).clamp(min=1e-6)
            levels = _mixed(levels, opening, (1.0 - LARGEST * largest / seam).clamp(0.0, 1.0))
        if before is not None:
            largest = torch.maximum(largest, _step(before, levels))
        before = levels
        yield number, {**state, "shown": levels, "largest": largest}, levels


def _mixed(first: torch.Tensor, second: torch.Tensor, share: float | torch.Tensor) -> torch.Tensor:
    return torch.lerp(first.float(), second.float(), share).round_().to(torch.uint8)


def _step(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    return (first.float() - second.float()).abs().mean()

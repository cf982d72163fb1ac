"""Explains the value of each channel in a frame, layer by layer, as text."""

from __future__ import annotations

from phosphene.score.channels import CHANNELS, Channel
from phosphene.score.trace import Trace

_HEAD = ("layer", "mix", "base", "m", "amount", "result")


def explained(trace: Trace, frame: int) -> str:
    """The exact numbers of every step in one frame.

    Parameters
    ----------
    trace : Trace
        The trace of the composition.
    frame : int
        Frame number in the song, at the fps of the composition.

    Returns
    -------
    str
        A table for each channel that a layer moves, with ten digits, and a line for the others.
    """
    moved = {step.channel for step in trace.steps}
    blocks = [_block(CHANNELS[name], trace, frame) for name in CHANNELS if name in moved]
    resting = [
        f"{name} {_number(trace.values[name][frame])}" for name in CHANNELS if name not in moved
    ]
    if resting:
        blocks.append(f"No layer moves: {', '.join(resting)}")
    if trace.silent:
        blocks.append(f"Left out: {', '.join(trace.silent)}")
    return "\n\n".join(blocks)


def _block(channel: Channel, trace: Trace, frame: int) -> str:
    steps = [step for step in trace.steps if step.channel == channel.name]
    shown = _number(trace.values[channel.name][frame])
    rows: list[tuple[str, ...]] = [_HEAD]
    for step in steps:
        numbers = (_number(curve[frame]) for curve in (step.base, step.m, step.amount, step.result))
        rows.append((f"{step.entry} {step.use}", step.mix, *numbers))
    lines = [f"{channel.name}, {channel.unit}", *_aligned(rows)]
    mixed, clamped = steps[-1].result[frame], trace.clamped[channel.name][frame]
    if clamped != mixed:
        limits = f"{channel.low:g} to {channel.high:g}"
        lines.append(f"  clamped to {limits}: {_number(clamped)}")
    if _number(clamped) != shown:
        lines.append(f"  per frame as rendered: {shown}")
    return "\n".join(lines)


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEAD))]
    return [
        "  " + "  ".join(
            text.ljust(width) if k < 2 else text.rjust(width)
            for k, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]  # fmt: skip


def _number(value: float) -> str:
    return f"{value:.10g}"

"""The trace of a composition: every number used in mixing the layers, and as text for one frame."""

from __future__ import annotations

from dataclasses import dataclass, field

from phosphene.score.channels import CHANNELS, Channel, Curve


@dataclass(frozen=True)
class Step:
    """One layer mixed into one channel.

    Parameters
    ----------
    entry : str
        The layer's entry in the project file: `motion[1]`.
    use : str
        The layer's modulator.
    channel, mix : str
    base : ndarray, shape (n_frames,)
        The channel's value below the layer.
    m : ndarray, shape (n_frames,)
        The layer's own curve, in the channel's unit; with `multiply` a factor.
    amount : ndarray, shape (n_frames,)
        Amount of the layer, including its gates.
    result : ndarray, shape (n_frames,)
        The channel's value above the layer.
    """

    entry: str
    use: str
    channel: str
    mix: str
    base: Curve
    m: Curve
    amount: Curve
    result: Curve


@dataclass
class Trace:
    """Filled by `compose` on request; frames count from the song's start.

    Parameters
    ----------
    steps : list of Step
        In the order of mixing.
    silent : list of str
        The layers silenced by `mute` or by another layer's `solo`.
    clamped : dict of str to ndarray, shape (n_frames,)
        Every channel after the last layer, clamped to its limits; per frame at the project's fps.
    values : dict of str to ndarray, shape (n_frames,)
        The same at the rendered fps and size, as in the Score.
    """

    steps: list[Step] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    clamped: dict[str, Curve] = field(default_factory=dict)
    values: dict[str, Curve] = field(default_factory=dict)

    def clear(self) -> None:
        """Empty it, for another composition."""
        for recorded in (self.steps, self.silent, self.clamped, self.values):
            recorded.clear()


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

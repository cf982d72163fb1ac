"""How the command line speaks: messages on stderr, one progress bar, errors with their fix."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from phosphene.errors import PhospheneError

if TYPE_CHECKING:
    from phosphene.plugins import Registry

console = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False, soft_wrap=True)


class FramesPerSecond(ProgressColumn):
    """Speed, in frames per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} frames/s", style="cyan")


def show_error(error: PhospheneError) -> None:
    """Print what is wrong and what to do about it."""
    console.print(f"[bold red]Error:[/] {escape(str(error))}")
    if error.fix:
        console.print(f"[green]Fix:[/]   {escape(error.fix)}")


def warn(message: str) -> None:
    """Print something that does not stop the work."""
    console.print(f"[yellow]Warning:[/] {escape(message)}")


class ToConsole(logging.Handler):
    """Shows what the painter says while it works."""

    def emit(self, record: logging.LogRecord) -> None:
        warn(record.getMessage())


def warn_of_broken(registry: Registry) -> None:
    """Name the plugins that were left out, and why."""
    for plugin in registry.broken:
        warn(f"the plugin {plugin} is {plugin.state} and left out: {plugin.error}. {plugin.fix}")


def painting_progress() -> Progress:
    """The bar for frames: how many, how fast, and how long still."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames"),
        FramesPerSecond(),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
        speed_estimate_period=20.0,
    )


def listening_progress() -> Progress:
    """The bar for the analysis of a song."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        console=console, transient=True,
    )  # fmt: skip


def size(width: int, height: int) -> str:
    """A size as people write it."""
    return f"{width}x{height}"


def clock(seconds: float) -> str:
    """A length of time as minutes and seconds: 3:25."""
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"


def joined(parts: Sequence[str]) -> str:
    """Parts of one line, with a dot between."""
    return " · ".join(part for part in parts if part)

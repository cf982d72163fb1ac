"""What the command line prints: messages on stderr, a progress bar, errors with their fix.

Names of files, plugins and entries come from outside. Everything goes through `Terminal`, which
prints text as it is: neither markup nor emoji codes, and no character that a terminal obeys.
"""

from __future__ import annotations

import contextlib
import json
import logging
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.status import Status
from rich.table import Table
from rich.text import Text

from phosphene.errors import PhospheneError

if TYPE_CHECKING:
    from phosphene.batch.plan import Film
    from phosphene.plugins import Registry

# Printed as they are: ends of lines, tabs, and the joiners of emoji and of several scripts.
_KEPT = frozenset("\n\t\u200c\u200d")


def visible(text: str) -> str:
    """Text with every character that is not shown, but obeyed, as an escape such as ``\\x1b``."""
    if text.isprintable():
        return text
    return "".join(
        sign
        if sign.isprintable() or sign in _KEPT or unicodedata.category(sign) == "Zs"
        else ascii(sign)[1:-1]
        for sign in text
    )


def one_line(name: object) -> str:
    """A name from outside, for a place where an end of line would pass for ours; see `visible`."""
    return visible(str(name)).replace("\n", "\\n").replace("\t", "\\t")


def styled(*parts: str | tuple[str, str]) -> Text:
    """Text of which parts have a style: ``styled(("Error:", "bold red"), " no such file")``."""
    pairs = [(part, "") if isinstance(part, str) else part for part in parts]
    return Text.assemble(*((visible(text), style) for text, style in pairs))


class Terminal(Console):
    """A console that prints every text as it is; see `visible` and `styled`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, soft_wrap=True, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Every text that is printed, also in tables, comes along here."""
        return super().render_str(visible(text), **options)

    def status(self, status: Any, **options: Any) -> Status:
        """A line that stays while something takes long; rich would read text as markup."""
        return super().status(styled(status) if isinstance(status, str) else status, **options)


console = Terminal(stderr=True)
out = Terminal()


def table(*columns: str) -> Table:
    """An empty table; its first column stays on one line."""
    empty = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        empty.add_column(column, no_wrap=number == 0, style="cyan" if number == 0 else "")
    return empty


class FramesPerSecond(ProgressColumn):
    """Speed, in frames per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} frames/s", style="cyan")


def show_error(error: PhospheneError) -> None:
    """Print what is wrong and what to do about it."""
    # Indented, so that an end of line in a name does not begin what looks like a message.
    console.print(styled(("Error:", "bold red"), f" {error}".replace("\n", "\n       ")))
    if error.fix:
        console.print(styled(("Fix:", "green"), f"   {error.fix}".replace("\n", "\n       ")))


def warn(message: str) -> None:
    """Print something that does not stop the work."""
    console.print(styled(("Warning:", "yellow"), f" {message}".replace("\n", "\n         ")))


class ToConsole(logging.Handler):
    """Shows what is logged: notices as they are, and what is more severe as a warning."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno > logging.INFO:
            warn(record.getMessage())
        else:
            console.print(record.getMessage())


def show_logs() -> None:
    """Print what Phosphene logs, from notices on."""
    logger = logging.getLogger("phosphene")
    logger.handlers = [ToConsole()]
    logger.setLevel(logging.INFO)


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


@contextlib.contextmanager
def rendering_progress(name: str) -> Iterator[Callable[[int, int, str], None]]:
    """A function for `on_progress` of a render: a line while an engine loads, then the bar.

    Parameters
    ----------
    name : str
        Of the engine.
    """
    status, bar, task = console.status(f"Loading {name} ..."), painting_progress(), None

    def show(done: int, total: int, stage: str) -> None:
        nonlocal task
        if stage == "loading":
            status.start()
            return
        status.stop()
        if stage == "joining":
            bar.stop()
            console.print("Joining picture and sound ...")
        elif task is None:
            bar.start()
            task = bar.add_task("Painting", total=total, completed=done)
        else:
            bar.update(task, completed=done)

    try:
        yield show
    finally:
        status.stop()
        if task is not None:
            bar.stop()


@contextlib.contextmanager
def batch_progress(films: Sequence[Film]) -> Iterator[Callable[[Film, str], None]]:
    """A function that shows how far films are: a bar for all, and one for each in work.

    Parameters
    ----------
    films : sequence of Film
        Those that are to be made; frames of stopped renders are complete from the beginning.
    """
    bar = painting_progress()
    kept = sum(film.done for film in films)
    everything = bar.add_task("All films", total=sum(f.frames for f in films), completed=kept)
    tasks: dict[int, TaskID] = {}

    def show(film: Film, stage: str) -> None:
        task = tasks.get(id(film))
        if stage == "ended":
            if task is not None:
                bar.remove_task(tasks.pop(id(film)))
        elif task is None:
            name = one_line(film.target.name)
            tasks[id(film)] = bar.add_task(name, total=film.frames, completed=film.done)
        else:
            bar.update(task, completed=film.done)
        # A failed film will not be painted: its frames are not left either.
        done = sum(f.frames if f.state in ("made", "failed") else f.done for f in films)
        bar.update(everything, completed=done)

    with bar:
        yield show


@contextlib.contextmanager
def progress_as_json(name: str) -> Iterator[Callable[[int, int, str], None]]:
    """As `rendering_progress`, for programs: each step is a line of JSON on stdout."""

    def show(done: int, total: int, stage: str) -> None:
        click.echo(json.dumps({"stage": stage, "done": done, "total": total}))

    yield show


def listening_progress() -> Progress:
    """The bar for the analysis of a song."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        console=console, transient=True,
    )  # fmt: skip


def minutes(seconds: float) -> str:
    """A length of time as minutes and seconds: 3:25."""
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"


def joined(parts: Sequence[str]) -> str:
    """Parts of one line, with a dot between."""
    return " · ".join(part for part in parts if part)

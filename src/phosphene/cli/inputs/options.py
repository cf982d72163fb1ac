"""The options that change a project, which every command that composes takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from phosphene.project.tables import QUALITIES


def _size(
    context: click.Context, param: click.Parameter, value: str | None
) -> tuple[int, int] | None:
    """A size such as 512x512."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,9})x([0-9]{1,9})", value.strip().lower())
    if found is None:
        raise click.BadParameter(f"{value!r} is not a size. For instance: 512x512", context, param)
    return int(found[1]), int(found[2])


class FilePath(click.Path):
    """The path of a file, which need not exist."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from phosphene.bounds import file_name, shortened

        try:
            path = Path(file_name(value))
        except ValueError as error:
            self.fail(f"{shortened(repr(value))}: {error}", param, ctx)
        if path.is_dir():
            self.fail(f"{value} is a folder; name a file in it", param, ctx)
        return path


def _bars(
    context: click.Context, param: click.Parameter, value: str | None
) -> tuple[int, int] | None:
    """A range of bars such as 9:17; the second is not included."""
    if value is None:
        return None
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*:\s*([0-9]{1,6})\s*", value)
    if found is None or not 1 <= int(found[1]) < int(found[2]):
        raise click.BadParameter(
            f"{value!r} is not a range of bars. For instance 9:17, from bar 9 up to bar 17; bars "
            "count from 1",
            context,
            param,
        )
    return int(found[1]), int(found[2])


def between_bars(bars: tuple[int, int], start: str | None, end: str | None) -> dict[str, str]:
    """The start and the end of a range of bars.

    Raises
    ------
    ProjectError
        If a start or an end is given too.
    """
    from phosphene.errors import ProjectError

    if start is not None or end is not None:
        raise ProjectError("--bars already sets start and end", "Remove --start and --end.")
    return {"start": f"bar {bars[0]}", "end": f"bar {bars[1]}"}


BARS: dict[str, Any] = {
    "callback": _bars, "metavar": "A:B", "help": "From bar A up to bar B: 9:17 is eight bars."
}  # fmt: skip
INTERPOLATE = (
    "Frames per second of the film, such as 60, from fewer painted ones: those between follow the "
    "camera."
)
DIRECTOR_HELP = "What turns a song into a project: form, which follows its sections, or a plugin's."
OPTIONS = (
    click.option("--model", help="Engine, hub id or folder; `phosphene doctor` lists engines."),
    click.option(
        "--quality", type=click.Choice(list(QUALITIES)),
        help="; ".join(f"{name}: {about}" for name, about in QUALITIES.items()) + ".",
    ),
    click.option("--fps", help="Frames per second: 12, 23.976, 30000/1001. The motion stays."),
    click.option(
        "--size", metavar="WxH", callback=_size, help="Size of the video. The motion stays."
    ),
    click.option(
        "--codec", metavar="NAME",
        help="h264 (the default), hevc, av1, vp9, prores; `phosphene doctor` lists more.",
    ),
    click.option("--interpolate", metavar="FPS", help=INTERPOLATE),
    click.option(
        "--upscale", type=int, metavar="2|4",
        help="Enlarge each frame 2 or 4 times: --size 960x540 --upscale 4 is 4K.",
    ),
    click.option(
        "--idea", metavar="TEXT", help="What a song's video is about: \"the sea at night\"."
    ),
    click.option("--director", metavar="NAME", help=DIRECTOR_HELP),
    click.option("--seed", type=int, help="A different seed gives a different video."),
    click.option("--start", help="Begin here: 30 (frame), 2.5s, 1:30, beat 16, bar 9, 50%."),
    click.option("--end", help="End here."),
    click.option("--prompt", multiple=True, help="Paint this; several prompts share the song."),
    click.option(
        "--set", "settings", multiple=True, metavar="NAME=VALUE",
        help="Replace an entry of the project: motion.0.release=0.2s",
    ),
    click.option(
        "--skip-broken", is_flag=True,
        help="Skip layers whose plugin is broken or missing, instead of stopping.",
    ),
)  # fmt: skip


def project_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that change a project; every command that composes takes them."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Changes:
    """What the command line changes in a project; None changes nothing."""

    model: str | None = None
    quality: str | None = None
    fps: str | None = None
    size: tuple[int, int] | None = None
    seed: int | None = None
    start: str | None = None
    end: str | None = None
    prompt: Sequence[str] = ()
    settings: Sequence[str] = ()
    skip_broken: bool = False
    idea: str | None = None
    director: str | None = None
    interpolate: str | None = None
    upscale: int | None = None
    codec: str | None = None

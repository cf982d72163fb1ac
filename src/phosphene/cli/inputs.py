"""What a command works on: a project file, or a song for which a project is made in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phosphene.quality import QUALITIES

if TYPE_CHECKING:
    from phosphene.plugins import Registry
    from phosphene.project import Project, SongFile
    from phosphene.score.score import Score
    from phosphene.song.song import Song


class Size(click.ParamType):
    """A size such as 512x512."""

    name = "WxH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        width, x, height = str(value).lower().partition("x")
        if not (x and width.isdigit() and height.isdigit()):
            self.fail(f"{value!r} is no size; write for instance 512x512", param, ctx)
        return int(width), int(height)


OPTIONS = (
    click.option("--model", help="Engine, hub id or folder; `phosphene doctor` lists engines."),
    click.option(
        "--quality", type=click.Choice(list(QUALITIES)),
        help="; ".join(f"{name}: {about}" for name, about in QUALITIES.items()) + ".",
    ),
    click.option("--fps", help="Frames per second: 12, 23.976, 30000/1001. The motion stays."),
    click.option("--size", type=Size(), help="Size of the video. The motion stays."),
    click.option("--seed", type=int, help="Another seed is another video."),
    click.option("--start", help="Begin here: 30 (frame), 2.5s, 1:30, beat 16, bar 9, 50%."),
    click.option("--end", help="End here."),
    click.option("--prompt", multiple=True, help="Paint this; more of them share the song."),
    click.option(
        "--set", "settings", multiple=True, metavar="NAME=VALUE",
        help="Replace an entry of the project: motion.0.release=0.2s",
    ),
    click.option(
        "--skip-broken", is_flag=True,
        help="Leave out layers whose plugin is broken or missing, instead of stopping.",
    ),
)  # fmt: skip


def project_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that change a project; every command that composes takes them."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Options:
    """What the command line changes about a project; None leaves it."""

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


def read_input(path: Path, options: Options, registry: Registry) -> Project:
    """The project of a file: read from TOML, or the default one where it is a song."""
    from phosphene.default_project import default_project
    from phosphene.project_file import make_project, read_data

    if path.suffix.lower() == ".toml":
        data, source = read_data(path), path
    else:
        data, source = default_project(path), Path(f"{path} (default project)")
    _change(data, options)
    if not options.skip_broken:
        return make_project(data, source, registry, options.settings)
    from phosphene.cli.console import warn

    skipped: list[str] = []
    project = make_project(data, source, registry, options.settings, skipped)
    for text in skipped:
        warn(f"left out: {text}")
    return project


def _change(data: dict[str, Any], options: Options) -> None:
    changes = {
        ("model", "name"): options.model,
        ("model", "quality"): options.quality,
        ("model", "seed"): options.seed,
        ("video", "start"): options.start,
        ("video", "end"): options.end,
    }
    for (table, key), value in changes.items():
        if value is not None:
            data.setdefault(table, {})[key] = value
    if options.prompt:
        share = 100.0 / len(options.prompt)
        at = {f"{k * share:g}%": prompt for k, prompt in enumerate(options.prompt)}
        data.setdefault("prompts", {})["at"] = at


def compose_for(song: Song, project: Project, options: Options) -> tuple[Project, Score]:
    """The Score at the fps and size that were asked for, or the project's own.

    Also the project that it is of: without the layers that `--skip-broken` left out.
    """
    from phosphene.errors import ProjectError
    from phosphene.score.compose import Format, compose
    from phosphene.score.timeline import exact_fps

    try:
        fps = exact_fps(options.fps or project.video.fps)
    except ValueError as error:
        raise ProjectError(f"--fps {options.fps}: {error}") from None
    width, height = options.size or (project.video.width, project.video.height)
    form = Format(Fraction(fps), width, height)
    if options.skip_broken:
        from phosphene.cli.skipping import compose_what_works

        return compose_what_works(song, project, form)
    return project, compose(song, project, form)


def hear(source: SongFile, registry: Registry) -> Song:
    """Listen to a project's song, with a bar, or find it in the cache; corrected.

    Features that were registered are heard when they are read.
    """
    from dataclasses import replace
    from types import MappingProxyType

    from phosphene.cli.console import ToConsole, console, listening_progress
    from phosphene.song.cache import user_cache
    from phosphene.song.corrections import corrected
    from phosphene.song.files import require_file
    from phosphene.song.listening import listen
    from phosphene.song.tracks import choose_track

    logging.getLogger("phosphene").handlers = [ToConsole()]
    require_file(source.file)
    track = choose_track(source.file, source.track)
    if track.count > 1:
        console.print(f"The song is audio track {track}; `track` in [song] chooses another.")
    with listening_progress() as progress:
        task = progress.add_task("Listening", total=1.0)
        song = listen(
            source.file,
            lambda step, share: progress.update(task, description=step, completed=share),
            registry.trackers[source.tracker],
            user_cache(),
            track,
        )
    return replace(corrected(song, source), extra=MappingProxyType(registry.features))


def composed(
    path: Path, options: Options, outputs: dict[str, Path | None]
) -> tuple[Project, Song, Score]:
    """All that a command needs that looks at a Score and does not paint it.

    The outputs that it will write are checked first.
    """
    from phosphene.cli.loading import registry_for
    from phosphene.cli.outputs import files_of, require_outputs

    registry = registry_for(path)
    project = read_input(path, options, registry)
    require_outputs(outputs, files_of(path, project))
    song = hear(project.song, registry)
    project, score = compose_for(song, project, options)
    return project, song, score

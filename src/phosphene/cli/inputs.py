"""What a command works on: a song or a project file, and the options that change it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phosphene.errors import PluginError
from phosphene.project import QUALITIES

if TYPE_CHECKING:
    from phosphene.composing.compose import FrameFormat
    from phosphene.composing.trace import Trace
    from phosphene.plugins import Registry
    from phosphene.project.schema import Project, SongFile
    from phosphene.score.score import Score
    from phosphene.song.song import Song


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
    from phosphene.project.file import default_project, make_project, read_data

    if path.suffix.lower() == ".toml":
        data, source = read_data(path), path
    else:
        data, source = default_project(path), Path(f"{path} (default project)")
    _change(data, options)
    skipped: list[str] | None = [] if options.skip_broken else None
    project = make_project(data, source, registry, options.settings, skipped)
    form_of(project, options)
    _require_files(project, source)
    if skipped:
        from phosphene.cli.console import warn

        for text in skipped:
            warn(f"left out: {text}")
    return project


def _require_files(project: Project, source: Path) -> None:
    """Refuse files of a project that are not there, before anything is listened to."""
    from phosphene.errors import ProjectError
    from phosphene.song.files import IMAGE, TEXT, require_file

    images = {"video.image": project.video.image}
    images |= {f"scene[{k}].image": scene.image for k, scene in enumerate(project.scene)}
    files = {"song.beats": (project.song.beats, "file with beats", TEXT)}
    files |= {entry: (image, "picture", IMAGE) for entry, image in images.items()}
    for entry, (path, what, most) in files.items():
        if path is not None:
            try:
                require_file(path, what, most, ProjectError)
            except ProjectError as error:
                error.name_place(f"{source}: {entry}")
                raise error from None
    for entry, image in images.items():
        if image is None:
            continue
        import cv2

        if not cv2.haveImageReader(str(image)):
            raise ProjectError(
                f"{source}: {entry}: {image} is not a picture that can be read",
                "Give a PNG, JPEG or WebP file.",
            )


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
            _put(data, table, key, value)
    if options.prompt:
        share = 100.0 / len(options.prompt)
        at = {f"{k * share:g}%": prompt for k, prompt in enumerate(options.prompt)}
        _put(data, "prompts", "at", at)
        for scene in data.get("scene", []):
            if isinstance(scene, dict):
                scene.pop("prompt", None)


def _put(data: dict[str, Any], table: str, key: str, value: Any) -> None:
    """Change an entry; what is not a table is left, and refused with the project."""
    if isinstance(data.setdefault(table, {}), dict):
        data[table][key] = value


def form_of(project: Project, options: Options) -> FrameFormat:
    """The fps and size that were asked for, or the project's own.

    Raises
    ------
    ProjectError
        If `--fps` or `--size` is outside of what `[video]` allows.
    """
    from pydantic import ValidationError

    from phosphene.composing.compose import FrameFormat
    from phosphene.errors import ProjectError
    from phosphene.project.problems import problems_of
    from phosphene.project.schema import Video

    asked: dict[str, Any] = {} if options.fps is None else {"fps": options.fps}
    if options.size is not None:
        asked |= dict(zip(("width", "height"), options.size, strict=True))
    try:
        video = Video.model_validate(dict(project.video) | asked)
    except ValidationError as error:
        said = problems_of(error, asked, "", Video)
        named = [
            f"--fps {options.fps}: {text.removeprefix('fps: ')}"
            if text.startswith("fps")
            else f"--size {text}"
            for text in said
        ]
        raise ProjectError("\n".join(named)) from None
    return FrameFormat(Fraction(video.fps), video.width, video.height)


def compose_for(
    song: Song, project: Project, options: Options, trace: Trace | None = None
) -> tuple[Project, Score]:
    """The Score at the fps and size that were asked for, or the project's own.

    Returns
    -------
    Project
        Without the layers that `--skip-broken` left out.
    Score

    Raises
    ------
    PluginError
        If a plugin fails; with `--skip-broken`, if that is not in one layer alone.
    """
    from phosphene.cli.console import warn
    from phosphene.composing.compose import compose

    form = form_of(project, options)
    while True:
        try:
            score = compose(project, song, form, trace)
            break
        except PluginError as error:
            kept = tuple(layer for layer in project.motion if layer.entry != error.entry)
            if not options.skip_broken or not error.entry or len(kept) == len(project.motion):
                raise
            warn(f"left out: {error}")
            project = project.model_copy(update={"motion": kept})
    for doubt in score.doubts:
        warn(doubt)
    return project, score


def hear(source: SongFile, registry: Registry) -> Song:
    """Listen to a project's song, with a bar, or find it in the cache; corrected."""
    from phosphene.cli.console import listening_progress
    from phosphene.project.listening import song_of

    with listening_progress() as progress:
        task = progress.add_task("Listening", total=1.0)
        return song_of(
            source,
            registry,
            lambda step, share: progress.update(task, description=step, completed=share),
        )


def composed(
    path: Path, options: Options, output: Path | None, trace: Trace | None = None
) -> tuple[Project, Song, Score]:
    """What a command needs that shows a Score and does not paint it.

    The output that it will write is checked first.
    """
    from phosphene.cli.loading import named_folders, registry_for
    from phosphene.outputs import files_of, require_outputs

    registry = registry_for(path)
    project = read_input(path, options, registry)
    require_outputs({"-o": output}, files_of(path, project, named_folders()))
    song = hear(project.song, registry)
    project, score = compose_for(song, project, options, trace)
    return project, song, score

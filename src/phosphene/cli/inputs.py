"""What a command works on: a project file, or a song for which a project is made in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phosphene.composing.compose import Format
    from phosphene.plugins import Registry
    from phosphene.project.schema import Project, SongFile
    from phosphene.score.score import Score
    from phosphene.song.song import Song


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
    from phosphene.project.default import default_project
    from phosphene.project.file import make_project, read_data

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

    sections = project.song.sections
    files = {
        "song.sections": (
            sections if isinstance(sections, Path) else None,
            "file with sections",
            TEXT,
        ),
        "song.beats": (project.song.beats, "file with beats", TEXT),
        "video.image": (project.video.image, "picture", IMAGE),
    }
    for entry, (path, what, most) in files.items():
        if path is not None:
            try:
                require_file(path, what, most, ProjectError)
            except ProjectError as error:
                error.name_place(f"{source}: {entry}")
                raise error from None
    if (image := project.video.image) is not None:
        import cv2

        if not cv2.haveImageReader(str(image)):
            raise ProjectError(
                f"{source}: video.image: {image} is not a picture that can be read",
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


def _put(data: dict[str, Any], table: str, key: str, value: Any) -> None:
    """Change an entry; what is not a table is left, and refused with the project."""
    if isinstance(data.setdefault(table, {}), dict):
        data[table][key] = value


def form_of(project: Project, options: Options) -> Format:
    """The fps and size that were asked for, or the project's own.

    Raises
    ------
    ProjectError
        If `--fps` or `--size` is outside of what `[video]` allows.
    """
    from pydantic import ValidationError

    from phosphene.composing.compose import Format
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
    return Format(Fraction(video.fps), video.width, video.height)


def compose_for(song: Song, project: Project, options: Options) -> tuple[Project, Score]:
    """The Score at the fps and size that were asked for, or the project's own.

    Also the project that it is of: without the layers that `--skip-broken` left out.
    """
    from phosphene.cli.console import warn
    from phosphene.cli.skipping import compose_what_works
    from phosphene.composing.compose import compose

    form = form_of(project, options)
    if options.skip_broken:
        project, score = compose_what_works(song, project, form)
    else:
        score = compose(project, song, form)
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
    path: Path, options: Options, outputs: dict[str, Path | None]
) -> tuple[Project, Song, Score]:
    """All that a command needs that looks at a Score and does not paint it.

    The outputs that it will write are checked first.
    """
    from phosphene.cli.loading import named_folders, registry_for
    from phosphene.outputs import files_of, require_outputs

    registry = registry_for(path)
    project = read_input(path, options, registry)
    require_outputs(outputs, files_of(path, project, named_folders()))
    song = hear(project.song, registry)
    project, score = compose_for(song, project, options)
    return project, song, score

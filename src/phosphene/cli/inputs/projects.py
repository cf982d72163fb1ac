"""The input of a command: a project file, or a song with the project that is directed for it."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phosphene.cli.inputs.options import Changes
from phosphene.errors import PluginError

if TYPE_CHECKING:
    from phosphene.composing.compose import FrameFormat
    from phosphene.composing.trace import Trace
    from phosphene.plugins import Registry
    from phosphene.project.schema import Project
    from phosphene.project.tables.video import SongFile
    from phosphene.score.score import Score
    from phosphene.song.song import Song


def read_input(path: Path, changes: Changes, registry: Registry) -> Project:
    """The project in a TOML file; for a song, what is known of it before the analysis.

    That is the project without prompts and motion, which `directed_input` adds. The other changes
    are checked here.
    """
    from phosphene.directing.direct import DEFAULT, require_director, require_idea
    from phosphene.errors import ProjectError
    from phosphene.project.file import read_data

    if not is_song(path):
        for option, value in (("--idea", changes.idea), ("--director", changes.director)):
            if value is not None:
                raise ProjectError(
                    f"{option} is for songs, and {path} is a project",
                    "Edit the project, or give the song instead of it.",
                )
        return make_changed(read_data(path), path, changes, registry)
    require_director(changes.director or DEFAULT, registry)
    require_idea(changes.idea or "")
    early = [setting for setting in changes.settings if _table_of(setting) not in DIRECTED]
    return make_changed(
        {"song": {"file": path.name}}, path, replace(changes, settings=early), registry
    )


def is_song(path: Path) -> bool:
    """Whether an input is a song; if not, it is a project file."""
    return path.suffix.lower() != ".toml"


#: Tables that a director writes.
DIRECTED = ("prompts", "motion", "scene")


def directed_input(
    path: Path, project: Project, song: Song, changes: Changes, registry: Registry, place: Path
) -> tuple[Project, str]:
    """The project of a song, with what a director adds, and its text.

    Parameters
    ----------
    path : Path
        Of the song, or of a project with its corrections.
    project : Project
        From `read_input`.
    song : Song
    changes : Changes
        Applied to the project; of those, the text only contains the seed, the model and `[song]`.
    registry : Registry
    place : Path
        The text is written for a file at this path.
    """
    import tomllib

    from phosphene.directing.direct import DEFAULT, brief_of, directed, song_entries

    director = registry.directors[changes.director or DEFAULT]
    # A preview is of the film that the usual model will paint.
    model = "worlds" if project.model.name == "none" else project.model.name
    brief = brief_of(song, changes.idea or "", changes.seed, model)
    text = directed(director, song, brief, song_entries(project, place))
    data, source = tomllib.loads(text), place.with_name(f"{path.name} directed by {director.name}")
    later = [setting for setting in changes.settings if _table_of(setting) != "song"]
    return make_changed(data, source, replace(changes, settings=later), registry), text


def _table_of(setting: str) -> str:
    """The table of an entry that `--set` replaces."""
    return setting.partition(".")[0].strip()


def make_changed(
    data: dict[str, Any], source: Path, changes: Changes, registry: Registry
) -> Project:
    """The project of some data with the changes of the command line; its files must exist."""
    from phosphene.project.file import make_project

    _change(data, changes)
    skipped: list[str] | None = [] if changes.skip_broken else None
    project = make_project(data, source, registry, changes.settings, skipped)
    form_of(project, changes)
    _require_files(project, source)
    if skipped:
        from phosphene.cli.terminal.console import warn

        for text in skipped:
            warn(f"left out: {text}")
    return project


def _require_files(project: Project, source: Path) -> None:
    """Refuse missing files of a project, before the song is analysed."""
    from phosphene.errors import ProjectError
    from phosphene.song.files import IMAGE, TEXT, require_file

    sections = project.song.sections
    images = {"video.image": project.video.image}
    images |= {f"scene[{k}].image": scene.image for k, scene in enumerate(project.scene)}
    files = {
        "song.sections": (
            sections if isinstance(sections, Path) else None,
            "file with sections",
            TEXT,
        ),
        "song.beats": (project.song.beats, "file with beats", TEXT),
        **{entry: (image, "picture", IMAGE) for entry, image in images.items()},
    }
    for entry, (path, what, most) in files.items():
        if path is not None:
            # The folder of a film may not exist yet: missing/../a.txt is a.txt.
            there = path if path.parent.exists() else Path(os.path.normpath(path))
            try:
                require_file(there, what, most, ProjectError)
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


def _change(data: dict[str, Any], changes: Changes) -> None:
    entries = {
        ("model", "name"): changes.model,
        ("model", "quality"): changes.quality,
        ("model", "seed"): changes.seed,
        ("video", "start"): changes.start,
        ("video", "end"): changes.end,
        ("video", "interpolate"): changes.interpolate,
        ("video", "upscale"): changes.upscale,
        ("video", "codec"): changes.codec,
    }
    for (table, key), value in entries.items():
        if value is not None:
            _put(data, table, key, value)
    if changes.prompt:
        share = 100.0 / len(changes.prompt)
        at = {f"{k * share:g}%": prompt for k, prompt in enumerate(changes.prompt)}
        _put(data, "prompts", "at", at)
        for scene in data.get("scene", []):
            if isinstance(scene, dict):
                scene.pop("prompt", None)


def _put(data: dict[str, Any], table: str, key: str, value: Any) -> None:
    """Change an entry of a table; a value in its place is refused later, with the project."""
    if isinstance(data.setdefault(table, {}), dict):
        data[table][key] = value


def form_of(project: Project, changes: Changes) -> FrameFormat:
    """The requested fps and size, or the project's own.

    Raises
    ------
    ProjectError
        If `--fps` or `--size` is outside of what `[video]` allows.
    """
    from pydantic import ValidationError

    from phosphene.composing.compose import FrameFormat
    from phosphene.errors import ProjectError
    from phosphene.project.problems import problems_of
    from phosphene.project.tables.video import Video

    requested: dict[str, Any] = {} if changes.fps is None else {"fps": changes.fps}
    if changes.size is not None:
        requested |= dict(zip(("width", "height"), changes.size, strict=True))
    try:
        video = Video.model_validate(dict(project.video) | requested)
    except ValidationError as error:
        problems = problems_of(error, requested, "", Video)
        named = [
            f"--fps {changes.fps}: {text.removeprefix('fps: ')}"
            if text.startswith("fps")
            else f"--size {text}"
            for text in problems
        ]
        raise ProjectError("\n".join(named)) from None
    return FrameFormat(Fraction(video.fps), video.width, video.height)


def compose_for(
    song: Song, project: Project, changes: Changes, trace: Trace | None = None
) -> tuple[Project, Score]:
    """The Score at the requested fps and size, or the project's own.

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
    from phosphene.cli.terminal.console import warn
    from phosphene.composing.compose import compose

    form = form_of(project, changes)
    while True:
        try:
            score = compose(project, song, form, trace)
            break
        except PluginError as error:
            kept = tuple(layer for layer in project.motion if layer.entry != error.entry)
            if not changes.skip_broken or not error.entry or len(kept) == len(project.motion):
                raise
            warn(f"left out: {error}")
            project = project.model_copy(update={"motion": kept})
    for text in score.warnings:
        warn(text)
    return project, score


def listen_to(source: SongFile, registry: Registry) -> Song:
    """Analyse a project's song, with a progress bar, or load it from the cache; corrected."""
    from phosphene.cli.terminal.console import listening_progress
    from phosphene.project.listening import song_of

    with listening_progress() as progress:
        task = progress.add_task("Listening", total=1.0)
        return song_of(
            source,
            registry,
            lambda step, share: progress.update(task, description=step, completed=share),
        )


def composed(
    path: Path, changes: Changes, output: Path | None, trace: Trace | None = None
) -> tuple[Project, Song, Score]:
    """What a command that only shows a Score needs.

    Its output file is checked first.
    """
    from phosphene.cli.inputs.registry import named_folders, registry_for
    from phosphene.outputs import require_outputs
    from phosphene.project.file import files_of

    registry = registry_for(path)
    project = read_input(path, changes, registry)
    require_outputs({"-o": output}, files_of(path, project, named_folders()))
    song = listen_to(project.song, registry)
    if is_song(path):
        project, _ = directed_input(path, project, song, changes, registry, path)
    project, score = compose_for(song, project, changes, trace)
    return project, song, score

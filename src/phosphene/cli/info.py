"""`phosphene info` and `render --from`: how a film was made, and making it again."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phosphene.cli.inputs.options import Changes, FilePath

if TYPE_CHECKING:
    from phosphene.film.record import Record
    from phosphene.plugins import Registry
    from phosphene.project.schema import Project


@click.command()
@click.argument("film", type=FilePath())
@click.option("--project", is_flag=True, help="Print only the project, as the text of a file.")
def info(film: Path, project: bool) -> None:
    """Show how FILM was made: its song, seed, versions, plugins, and its project.

    A film (mp4, mov, mkv, webm) contains this in its metadata, unless the project has [video]
    metadata = false or another program converted the film. Make it again, or edit its project:

    \b
      phosphene info film.mp4
      phosphene info film.mp4 --project > project.toml
      phosphene render --from film.mp4 song.mp3
    """  # fmt: skip
    from phosphene.cli.terminal.console import visible
    from phosphene.film.record import read_record

    record = read_record(film)
    if project:
        _require_project(film, record)
        click.echo(visible(record.project), nl=False)
        return
    for name, text in _lines(record):
        click.echo(f"{name:<10}{text}")
    if record.project:
        click.echo(f"\n{visible(record.project)}", nl=False)


def _lines(record: Record) -> list[tuple[str, str]]:
    from phosphene.cli.terminal.console import one_line

    def listed(versions: dict[str, str]) -> str:
        return ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))

    size = f"{record.frames} frames painted, {record.width}x{record.height} at {record.fps} fps"
    missing = "" if record.project else " (too long to keep in the film)"
    lines = {
        "made with": f"Phosphene {record.phosphene}, phosphene {record.command}",
        "song": f"{record.song} (SHA-256 {record.song_digest or 'unknown'})",
        "project": f"{record.source} (SHA-256 {record.digest}){missing}",
        "model": f"{record.model}, seed {record.seed}",
        "picture": size,
        "versions": listed(record.versions),
        "plugins": listed(record.plugins) or "none",
    }
    return [(name, one_line(text)) for name, text in lines.items()]


def _require_project(film: Path, record: Record) -> None:
    from phosphene.errors import ProjectError

    if not record.project:
        raise ProjectError(
            f"{film}: its project was too long to keep in it: {record.source}, SHA-256 "
            f"{record.digest}",
            "Render that project file.",
        )


def changes_of(film: Path, changes: Changes) -> tuple[Record, Changes]:
    """The record of a film, and the changes with its frame rate and size where none are given.

    Raises
    ------
    ProjectError
        If it has no record, or one that `phosphene render` cannot make again.
    """
    from phosphene.errors import ProjectError
    from phosphene.film.record import read_record

    if changes.idea is not None or changes.director is not None:
        raise ProjectError(
            "--idea and --director cannot be used with --from", "Remove them, or --from."
        )
    record = read_record(film)
    _require_project(film, record)
    if record.command != "render":
        raise ProjectError(
            f"{film} was made by `phosphene {record.command}`",
            f"Write its project with `phosphene info {film} --project > project.toml`, and run "
            f"`phosphene {record.command} project.toml` with the same bars.",
        )
    return record, dataclasses.replace(
        changes,
        fps=changes.fps or record.fps or None,
        size=changes.size or ((record.width, record.height) if record.width else None),
    )


def project_of(
    film: Path, record: Record, song: Path | None, changes: Changes, registry: Registry
) -> Project:
    """The project of a film, validated like a project file.

    Parameters
    ----------
    film : Path
    record : Record
    song : Path or None
        The song; without it, the one that the project names.
    changes : Changes
        From `changes_of`.
    registry : Registry
        Plugins that the film used and that are missing here are named in a warning.
    """
    from phosphene.bounds import parse_toml
    from phosphene.cli.inputs.projects import make_changed
    from phosphene.cli.terminal.console import warn
    from phosphene.errors import ProjectError
    from phosphene.film.checksums import digest_of
    from phosphene.song.files import require_file

    installed = {plugin.package or plugin.name: plugin.version for plugin in registry.plugins}
    for name, version in record.plugins.items():
        if installed.get(name) != version:
            here = f"{installed[name]} is installed" if name in installed else "it is not installed"
            warn(f"the film was made with the plugin {name} {version}; {here}")
    source = film.with_name(f"project of {film.name}")
    try:
        data = parse_toml(record.project)
    except ValueError as error:
        raise ProjectError(f"{source}: not valid TOML: {error}") from None
    data.pop("requires", None)  # the warning above; layers of missing plugins are errors
    if song is not None and isinstance(data.setdefault("song", {}), dict):
        require_file(song)
        data["song"]["file"] = str(song.absolute())
    project = make_changed(data, source, changes, registry)
    project.keep(project.data, source.with_name(Path(record.source).name or "project.toml"))
    song_file = project.song.file
    if not song_file.is_file():
        raise ProjectError(
            f"{song_file}: the song of the film is missing",
            f"Name it: phosphene render --from {film} {record.song}",
        )
    if record.song_digest and song_file.is_file() and digest_of(song_file) != record.song_digest:
        warn(f"{song_file.name} is not the song of the film, {record.song}: the motion will differ")
    return project

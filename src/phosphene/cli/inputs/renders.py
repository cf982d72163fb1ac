"""What commands that paint have in common: from the input to a render that can be checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from phosphene.cli.inputs.options import Changes

if TYPE_CHECKING:
    from phosphene.film.formats import FilmFormat
    from phosphene.plugins import Registry
    from phosphene.project.schema import Project
    from phosphene.rendering.filming import Progress
    from phosphene.rendering.render import Render
    from phosphene.score.score import Score
    from phosphene.song.song import Song


class Job(NamedTuple):
    """A render of a project, and the text of the project where it was directed."""

    render: Render
    project: Project
    song: Song
    text: str


def job_for(
    input: Path,
    output: Path,
    changes: Changes,
    force: bool,
    forms: Mapping[str, FilmFormat] = MappingProxyType({}),
) -> Job:
    """Read a project or direct a song, check what can be checked before it, and listen."""
    from phosphene.cli.inputs.projects import listen_to
    from phosphene.cli.inputs.registry import registry_for

    registry = registry_for(input)
    project, render = checked(input, output, changes, registry, force, forms)
    return directed(input, output, changes, render, project, listen_to(project.song, registry))


def checked(
    input: Path,
    output: Path,
    changes: Changes,
    registry: Registry,
    force: bool,
    forms: Mapping[str, FilmFormat] = MappingProxyType({}),
) -> tuple[Project, Render]:
    """The project of an input and its render, with the checks that need no song."""
    from phosphene.cli.inputs.projects import read_input
    from phosphene.cli.inputs.registry import named_folders
    from phosphene.rendering.render import Render

    project = read_input(input, changes, registry)
    return project, Render(project, output, registry, input, named_folders(), force, forms)


def directed(
    input: Path, output: Path, changes: Changes, render: Render, project: Project, song: Song
) -> Job:
    """The job of a project, or of what a director makes of a song."""
    from phosphene.cli.inputs.projects import directed_input, is_song
    from phosphene.cli.inputs.registry import named_folders
    from phosphene.rendering.render import Render

    if not is_song(input):
        return Job(render, project, song, "")
    registry, place = render.registry, output.with_suffix(".toml")
    project, text = directed_input(input, project, song, changes, registry, place)
    forms = {output.suffix.lower(): render.form}
    render = Render(project, output, registry, input, named_folders(), render.force, forms)
    return Job(render, project, song, text)


def job_again(
    film: Path, song: Path | None, output: Path, changes: Changes, force: bool
) -> tuple[Job, Changes]:
    """The job that makes a film again, and the changes with what the film says.

    Plugins beside the film are not loaded: whoever made it may be a stranger.
    """
    from phosphene.cli.info import changes_of, project_of
    from phosphene.cli.inputs.projects import listen_to
    from phosphene.cli.inputs.registry import named_folders, registry_for
    from phosphene.rendering.render import Render

    registry = registry_for()
    record, changes = changes_of(film, changes)
    project = project_of(film, record, song, changes, registry)
    render = Render(project, output, registry, film, named_folders(), force)
    return Job(render, project, listen_to(project.song, registry), ""), changes


def introduce(input: Path, song: Song, score: Score, render: Render, frames: str) -> None:
    """Print one line about a render that begins."""
    from phosphene.cli.terminal.console import console, joined, one_line, styled

    about = joined(
        [
            f"{song.tempo:.1f} BPM, {len(song.beats)} beats" if len(song.beats) else "no beat",
            f"{frames}, {score.width}x{score.height} at {float(score.fps):g} fps",
            f"model {render.spec.name}",
        ]
    )
    console.print(styled((one_line(input.name), "bold"), f" · {about}"))


def make(
    render: Render,
    output: Path,
    seconds: float,
    run: Callable[[Progress], float],
    progress: str = "bar",
) -> None:
    """Make a film, show the progress as "bar" or "json", and print its length and its name."""
    import click

    from phosphene.cli.terminal.console import (
        console,
        one_line,
        progress_as_json,
        rendering_progress,
        styled,
    )

    shown = {"bar": rendering_progress, "json": progress_as_json}[progress]
    with shown(render.spec.name) as show:
        taken = run(show)
    size = render.target.stat().st_size / 1e6
    done = f" {seconds:.1f} s of video in {taken:.0f} s, {size:.1f} MB"
    console.print(styled(("Done:", "bold green"), done))
    click.echo(one_line(output))

"""`phosphene render --takes` and `phosphene take`: compare seeds or directors, and choose one."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phosphene.cli.inputs.options import Changes, FilePath

if TYPE_CHECKING:
    from phosphene.cli.inputs.renders import Job
    from phosphene.rendering.takes import Take


def render_takes(
    input: Path, output: Path, changes: Changes, count: int, strict: bool, force: bool
) -> None:
    """Film several seeds of a project, or directions of a song, side by side as drafts."""
    from phosphene.cli.inputs.projects import compose_for, is_song
    from phosphene.cli.inputs.renders import introduce, job_for
    from phosphene.cli.terminal.console import console, one_line, rendering_progress
    from phosphene.painting.engine import check_torch

    changes = replace(changes, quality=changes.quality or "draft")
    job = job_for(input, output, changes, force)
    project, score = compose_for(job.song, job.project, changes)
    job.render.check(job.song, project, score, strict)
    check_torch()
    from phosphene.rendering.takes import Take, film_takes  # with torch

    name = director_names(changes, job)[0] if is_song(input) else ""
    others = directed_takes if is_song(input) else seeded_takes
    takes = [Take(project, score, name), *others(input, Take(project, score), job, changes, count)]
    introduce(input, job.song, score, job.render, f"{count} takes of {len(score)} frames")
    with rendering_progress(job.render.spec.name) as show:
        film_takes(takes, job.render, show)
    chosen = takes[-1]
    seed = chosen.project.model.seed
    if chosen.director:
        idea = f" --idea {shlex.quote(changes.idea)}" if changes.idea else ""
        fitting = f"new {input}{idea} --director {chosen.director} --seed {seed}"
        console.print(f"Write the project of one, for instance: phosphene {one_line(fitting)}")
    else:
        console.print(f"Choose a seed, for instance: phosphene take {one_line(input)} {seed}")
    click.echo(one_line(output))


def seeded_takes(input: Path, first: Take, job: Job, changes: Changes, count: int) -> list[Take]:
    """The takes of a project after the first, which differ by seed."""
    import numpy as np

    from phosphene.cli.inputs.projects import form_of
    from phosphene.composing.compose import compose
    from phosphene.errors import ProjectError
    from phosphene.rendering.takes import Take

    takes = []
    for seed in first.project.model.take_seeds(count)[1:]:
        model = first.project.model.model_copy(update={"seed": seed})
        other = first.project.model_copy(update={"model": model})
        takes.append(Take(other, compose(other, job.song, form_of(first.project, changes))))
    if any(np.array_equal(take.score.seeds, first.score.seeds) for take in takes):
        raise ProjectError(
            "--takes: every scene there has a seed of its own, so all takes would be equal",
            "Choose other bars, or leave `seed` out of the scenes.",
        )
    return takes


def director_names(changes: Changes, job: Job) -> list[str]:
    """The directors that takes of a song compare: the one asked for, or all, the built-in first."""
    from phosphene.directing.direct import DEFAULT

    if changes.director is not None:
        return [changes.director]
    return [DEFAULT, *sorted(job.render.registry.directors.keys() - {DEFAULT})]


def directed_takes(input: Path, first: Take, job: Job, changes: Changes, count: int) -> list[Take]:
    """The takes of a song after the first: each director, then each with the next seed."""
    import numpy as np

    from phosphene.cli.inputs.projects import compose_for, directed_input
    from phosphene.errors import ProjectError
    from phosphene.rendering.takes import Take

    project, score = first.project, first.score
    same = replace(
        changes,
        model=project.model.name,
        fps=str(score.fps),
        size=(score.width, score.height),
    )
    names = director_names(changes, job)
    pairs = [(seed, name) for seed in project.model.take_seeds(count) for name in names]
    takes = []
    for seed, name in pairs[1:count]:
        asked = replace(same, seed=seed, director=name)
        place = Path(f"{name}.toml")
        directed, _ = directed_input(input, project, job.song, asked, job.render.registry, place)
        take = Take(*compose_for(job.song, directed, asked), name)
        if not np.array_equal(take.score.frames, score.frames):
            raise ProjectError(
                f"--takes: director '{name}' films another part of the song",
                "Choose the same part for all takes with --bars, or one --director.",
            )
        takes.append(take)
    return takes


@click.command()
@click.argument("project", type=FilePath())
@click.argument("seed", type=click.IntRange(0, 2**62 - 1))
def take(project: Path, seed: int) -> None:
    """Write SEED into PROJECT, such as the one under the take that you choose.

    Only `seed` of [model] changes; comments and order stay.

    \b
      phosphene render project.toml --takes 4 --bars 9:13
      phosphene take project.toml 2042
    """  # fmt: skip
    from phosphene.cli.terminal.console import out
    from phosphene.errors import ProjectError
    from phosphene.project.file import read_data
    from phosphene.studio.editing.operations import Put
    from phosphene.studio.editing.patches import patched
    from phosphene.studio.places import write_atomically

    model = read_data(project).get("model", {})
    if not isinstance(model, dict):
        raise ProjectError(f"{project}: model: expected a table", "Begin it with [model].")
    before = model.get("seed", "the default")
    text = project.read_bytes().decode()
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    edit = Put(path=["model", "seed"], value=seed)
    write_atomically(project.resolve(), (mark + patched(text.removeprefix(mark), [edit])).encode())
    out.print(f"{project}: seed {seed} instead of {before}", markup=False)

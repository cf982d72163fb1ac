"""`phosphene render --takes` and `phosphene take`: compare seeds, and choose one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from phosphene.cli.options import Changes, FilePath


def render_takes(
    input: Path, output: Path, changes: Changes, count: int, strict: bool, force: bool
) -> None:
    """Film several seeds of a project side by side, as drafts."""
    import numpy as np

    from phosphene.cli.console import console, one_line, rendering_progress
    from phosphene.cli.inputs import compose_for, form_of, is_song
    from phosphene.cli.jobs import introduce, job_for
    from phosphene.composing.compose import compose
    from phosphene.errors import ProjectError

    if is_song(input):
        raise ProjectError(
            "--takes: the input is a song, and takes compare seeds of a project",
            f"Write the project of the song first: phosphene new {input}",
        )
    changes = replace(changes, quality=changes.quality or "draft")
    job = job_for(input, output, changes, force)
    project, score = compose_for(job.song, job.project, changes)
    job.render.check(job.song, project, score, strict)
    from phosphene.rendering.takes import Take, film_takes  # with torch

    takes = [Take(project, score)]
    for seed in project.model.take_seeds(count)[1:]:
        model = project.model.model_copy(update={"seed": seed})
        other = project.model_copy(update={"model": model})
        takes.append(Take(other, compose(other, job.song, form_of(project, changes))))
    if any(np.array_equal(take.score.seeds, score.seeds) for take in takes[1:]):
        raise ProjectError(
            "--takes: every scene there has a seed of its own, so all takes would be equal",
            "Choose other bars, or leave `seed` out of the scenes.",
        )
    introduce(input, job.song, score, job.render, f"{count} takes of {len(score)} frames")
    with rendering_progress(job.render.spec.name) as show:
        film_takes(takes, job.render, show)
    chosen = takes[-1].project.model.seed
    console.print(f"Choose a seed, for instance: phosphene take {one_line(input)} {chosen}")
    click.echo(one_line(output))


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
    from phosphene.cli.console import out
    from phosphene.errors import ProjectError
    from phosphene.project.file import read_data
    from phosphene.studio.editing.patches import Put, patched
    from phosphene.studio.places import write_whole

    model = read_data(project).get("model", {})
    if not isinstance(model, dict):
        raise ProjectError(f"{project}: model: expected a table", "Begin it with [model].")
    before = model.get("seed", "the default")
    text = project.read_bytes().decode()
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    edit = Put(op="put", path=["model", "seed"], value=seed)
    write_whole(project.resolve(), (mark + patched(text.removeprefix(mark), [edit])).encode())
    out.print(f"{project}: seed {seed} instead of {before}", markup=False)

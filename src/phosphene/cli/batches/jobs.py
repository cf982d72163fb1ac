"""The jobs of a batch and their options, from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phosphene.cli.inputs.options import Changes, between_bars

if TYPE_CHECKING:
    from phosphene.batch.jobs import Entry, Job

NOT_SHARED = frozenset(
    {"from", "output", "resume-from", "takes", "keep", "force", "progress", "jobs", "part", "join"}
)
"""Options of `phosphene render` that a batch sets itself, or that only apply to a single film."""


def jobs_from_command_line(
    inputs: Sequence[Path],
    projects: Sequence[Path],
    entry: dict[str, Any],
    options: dict[str, Any],
) -> tuple[list[Job], Path]:
    """The jobs of a command line, and the default folder of their films."""
    from phosphene.batch.jobs import Entry, is_job_list, jobs_of, read_job_list, songs_in
    from phosphene.errors import ProjectError

    job_lists = [path for path in inputs if is_job_list(path)]
    if job_lists:
        if len(inputs) > 1 or projects or entry:
            raise ProjectError(
                f"{job_lists[0]} is a job list with its own songs, projects, takes and formats",
                "Give only the job list, and add them to it.",
            )
        entries, named = read_job_list(job_lists[0], shared_options())
        folder = job_lists[0].parent
        # Before the jobs are made of them: takes begin with --seed.
        changed = [(where, _changed(entry, options)) for where, entry in entries]
        return jobs_of(changed, folder), folder / (named or "films")
    songs: list[Path] = []
    project_files = list(projects)
    for path in inputs:
        if path.is_dir():
            songs += songs_in(path)
        else:
            (project_files if path.suffix.lower() == ".toml" else songs).append(path)
    data = entry | options | {"songs": songs, "projects": project_files}
    return jobs_of([("the command line", _validated(Entry, data))], Path.cwd()), Path("films")


def _changed(entry: Entry, given: dict[str, Any]) -> Entry:
    """An entry with the options of the command line; settings are added."""
    own = entry.options
    settings = own.get("set", [])
    settings = [settings] if isinstance(settings, str) else list(settings)
    both = [*settings, *given.get("set", ())]
    changes = given | ({"set": both} if both else {})
    return type(entry).model_validate(dict(entry) | changes)


def _validated(model: Any, data: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from phosphene.errors import ProjectError
    from phosphene.project.problems import problems_of

    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ProjectError(
            "\n".join(f"--{p}" for p in problems_of(error, data, "", model))
        ) from None


def shared_options() -> dict[str, click.Parameter]:
    """The options of `phosphene render` that also apply to films of a batch, by long name."""
    from phosphene.cli.render import render

    named = {
        option.removeprefix("--"): parameter
        for parameter in render.params
        for option in parameter.opts
        if option.startswith("--")
    }
    return {name: named[name] for name in named.keys() - NOT_SHARED}


def given_options(context: click.Context) -> dict[str, Any]:
    """The options given to a command, as values of a job list."""
    found: dict[str, Any] = {}
    for name, option in shared_options().items():
        value = context.params.get(option.name or "")
        if value is None or value is False or value == ():
            continue
        if name == "size":
            value = f"{value[0]}x{value[1]}"
        elif name == "bars":
            value = f"{value[0]}:{value[1]}"
        found[name] = value
    return found


def changes_of(job: Job) -> Changes:
    """The options of a job, parsed as by `phosphene render`.

    Raises
    ------
    ProjectError
        If they are not valid.
    """
    from phosphene.cli.render import render
    from phosphene.errors import ProjectError

    try:
        context = render.make_context("render", [str(job.input), *job.arguments()])
    except click.UsageError as error:
        raise ProjectError(error.format_message()) from None
    parameters = context.params
    if parameters["bars"]:
        parameters |= between_bars(parameters["bars"], parameters["start"], parameters["end"])
    return Changes(**{field.name: parameters[field.name] for field in fields(Changes)})

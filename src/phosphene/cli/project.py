"""`phosphene new` and `phosphene import`: write a project file."""

from __future__ import annotations

from pathlib import Path

import click

from phosphene.cli.inputs.options import DIRECTOR_HELP, FilePath


@click.command()
@click.argument("input", type=FilePath())
@click.option(
    "-o", "--output", type=FilePath(), help="Default: beside INPUT: song.toml, project-2.toml."
)
@click.option(
    "--idea",
    metavar="TEXT",
    default="",
    help='What the video is about, such as "the sea at night".',
)
@click.option("--director", metavar="NAME", help=DIRECTOR_HELP)
@click.option("--seed", type=click.IntRange(0), help="A different seed gives a different video.")
@click.option("--model", default="worlds", help="What will paint it: the prompts are in its words.")
def new(
    input: Path, output: Path | None, idea: str, director: str | None, seed: int | None, model: str
) -> None:
    """Write a project for a song, with a comment for each choice, as a file to edit.

    It follows the song's form: a scene for each kind of section, and motion for verses, builds,
    drops and breaks. The same song, idea and seed always give the same project. INPUT is a song, or
    a project whose [song] has corrections of its beats and sections.

    \b
      phosphene new song.mp3 --idea "the sea at night"
      phosphene render song.toml
      phosphene new song.toml --idea "the sea at night"
    """  # fmt: skip
    from phosphene.cli.inputs.options import Changes
    from phosphene.cli.inputs.projects import (
        directed_input,
        is_song,
        listen_to,
        make_changed,
        read_input,
    )
    from phosphene.cli.inputs.registry import registry_for
    from phosphene.cli.terminal.console import out
    from phosphene.engines.finding import find_engine
    from phosphene.errors import ProjectError
    from phosphene.outputs import require_outputs, write_text
    from phosphene.project.file import read_data
    from phosphene.song.files import require_file

    output = output or input.with_name(f"{input.stem}{'' if is_song(input) else '-2'}.toml")
    corrected = {} if is_song(input) else {"song": read_data(input).get("song", {})}
    require_file(input)
    require_outputs({"-o": output}, [input])
    if output.exists():
        raise ProjectError(f"{output} exists already", "Name another with -o.")
    registry = registry_for(input)
    changes = Changes(model=model, seed=seed, idea=idea, director=director)
    project = (
        make_changed(corrected, input, Changes(model=model), registry)
        if corrected
        else read_input(input, changes, registry)
    )
    find_engine(project.model.name, registry)
    heard = listen_to(project.song, registry)
    project, text = directed_input(input, project, heard, changes, registry, output)
    write_text(output, text)
    scenes = len(project.scene) or len(project.prompts.at)
    about = f"scenes: {scenes}, layers of motion: {len(project.motion)}"
    out.print(f"{output} written ({about}). Edit it, then: phosphene render {output}")


@click.group("import")
def import_group() -> None:
    """Convert files of other programs to projects."""


@import_group.command()
@click.argument("settings", type=FilePath())
@click.option("-o", "--output", type=FilePath(), required=True, help="project.toml")
@click.option("--song", type=FilePath(), help="The song of the project.")
def deforum(settings: Path, output: Path, song: Path | None) -> None:
    """Convert SETTINGS, a settings file of Deforum, to a project.

    Motion, strength, prompts, seed, frame rate and cadence compose to the same curves. Settings
    that cannot be converted, or are missing, are listed here and at the top of the project.
    """
    _write_import(settings, output, song)


@import_group.command()
@click.argument("manifest", type=FilePath())
@click.option("-o", "--output", type=FilePath(), required=True, help="project.toml")
@click.option("--song", type=FilePath(), help="The song of the project.")
def parseq(manifest: Path, output: Path, song: Path | None) -> None:
    """Convert MANIFEST, the output of Parseq, to a project.

    Parseq's manifest has the values of every frame, and they compose to the same curves. A manifest
    inside a settings file of Deforum is read by `import deforum`.
    """
    _write_import(manifest, output, song)


def _write_import(settings: Path, output: Path, song: Path | None) -> None:
    from phosphene.cli.terminal.console import out, warn
    from phosphene.errors import ProjectError
    from phosphene.importers.deforum import import_settings, read_settings
    from phosphene.outputs import require_outputs, write_text

    if output.suffix.lower() != ".toml":
        raise ProjectError(
            f"-o {output}: a project file ends in .toml", f"Try {output.with_suffix('.toml')}."
        )
    require_outputs({"-o": output}, [settings, *([song] if song else [])])
    if output.exists():
        raise ProjectError(f"{output} exists already", "Name another with -o.")
    made = import_settings(read_settings(settings), song, output.parent)
    write_text(output, made.text)
    for line in made.lost:
        warn(f"not imported as it is: {line}")
    if made.assumed:
        warn(f"not in {settings.name}, and assumed: {', '.join(made.assumed)}")
    out.print(
        f"{output} written: {len(made.channels)} channels ({', '.join(made.channels)}), "
        f"{made.prompts} prompts. See it with: phosphene plot {output} -o plot.png"
    )

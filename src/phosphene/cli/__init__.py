"""The command line: one command a file; heavy imports only inside the command that needs them."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from phosphene import __version__
from phosphene.authoring import strict
from phosphene.cli.compose import compose_command
from phosphene.cli.doctor import doctor
from phosphene.cli.importing import import_group
from phosphene.cli.listen import listen
from phosphene.cli.modulators import modulators
from phosphene.cli.new import new
from phosphene.cli.plot import plot
from phosphene.cli.plugins import plugins
from phosphene.cli.render import render
from phosphene.cli.resume import resume
from phosphene.cli.stopping import ignore, stoppable
from phosphene.errors import PhospheneError, PluginError


class Commands(click.Group):
    """The built-in commands, and those of plugins, which are loaded only when one is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *sorted(self._plugins().keys() - self.commands.keys())]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return self.commands.get(name) or self._plugins().get(name)

    def _plugins(self) -> dict[str, click.Command]:
        from phosphene.cli.loading import named_folders
        from phosphene.plugins.loading import load_commands

        # Only those that add commands are loaded, and `--help` answers at once.
        return load_commands(named_folders()).commands

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with stoppable():
                return super().invoke(ctx)
        except PhospheneError as error:
            from phosphene.cli.console import show_error

            if isinstance(error, PluginError) and strict():
                raise
            show_error(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as stopped:
            with contextlib.suppress(OSError):  # the terminal may be gone
                click.echo("Stopped.", err=True)
            ctx.exit(getattr(stopped, "exit_code", 130))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: phosphene render song.mp3 -o video.mp4",
)
@click.option(
    "--plugins-dir",
    type=click.Path(path_type=Path),
    multiple=True,
    envvar="PHOSPHENE_PLUGINS_DIR",
    metavar="DIR",
    help="Also load the plugins in the .py files of this folder.",
)
@click.version_option(__version__, "-V", "--version", prog_name="phosphene")
def cli(plugins_dir: tuple[Path, ...]) -> None:
    """Turn a song into a video that moves with it.

    Phosphene listens to the song, composes one number per frame for the camera and the diffusion,
    paints each frame from the one before it, and films the result with the song.
    """


for command in (
    render,
    resume,
    compose_command,
    plot,
    listen,
    new,
    import_group,
    modulators,
    plugins,
    doctor,
):
    cli.add_command(command)


def main() -> None:
    """The entry point of `phosphene`."""
    # Two programs whose OpenMP threads spin while they wait slow each other three-fold.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        sys.exit(cli())
    except Exception as error:
        from phosphene.cli.blame import told

        if strict():
            raise
        sys.exit(told(error))
    finally:
        ignore()  # a second Ctrl-C while the process ends

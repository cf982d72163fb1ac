"""The command line: one command a file; heavy imports only inside the command that needs them."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from phosphene import __version__
from phosphene.cli.compose import compose_command
from phosphene.cli.doctor import doctor
from phosphene.cli.importing import import_group
from phosphene.cli.listen import listen
from phosphene.cli.modulators import modulators
from phosphene.cli.new import new
from phosphene.cli.plot import plot
from phosphene.cli.plugins import plugins
from phosphene.cli.render import render
from phosphene.errors import PhospheneError


class Commands(click.Group):
    """The built-in commands, and those of plugins, which are loaded only when one is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *sorted(self._plugins().keys() - self.commands.keys())]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return self.commands.get(name) or self._plugins().get(name)

    def _plugins(self) -> dict[str, click.Command]:
        from importlib.metadata import entry_points

        # Without a plugin there is nothing to load, and `--help` answers at once.
        if not entry_points(group="phosphene"):
            return {}
        from phosphene.plugins import load_plugins

        return load_plugins().commands

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PhospheneError as error:
            from phosphene.cli.console import show_error

            show_error(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            ctx.exit(130)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: phosphene render song.mp3 -o video.mp4",
)
@click.version_option(__version__, "-V", "--version", prog_name="phosphene")
def cli() -> None:
    """Turn a song into a video that moves with it.

    Phosphene listens to the song, composes one number per frame for the camera and the diffusion,
    paints each frame from the one before it, and films the result with the song.
    """


for command in (
    render,
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
    sys.exit(cli())

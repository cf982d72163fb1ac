"""The command line: one command a file; heavy imports only inside the command that needs them."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from phosphene import __version__
from phosphene.cli.batch import batch
from phosphene.cli.doctor import doctor
from phosphene.cli.info import info
from phosphene.cli.listen import listen
from phosphene.cli.loop import loop
from phosphene.cli.modulators import modulators
from phosphene.cli.plugins import plugins
from phosphene.cli.project import import_group, new
from phosphene.cli.render import render, resume
from phosphene.cli.score import compose_command, plot
from phosphene.cli.studio import studio
from phosphene.cli.takes import take
from phosphene.cli.terminal.ending import attributed, ignore, leave, show_bug, stoppable
from phosphene.errors import PhospheneError, PluginError
from phosphene.folders import find_home, numba_folder
from phosphene.plugins.running import strict


class Commands(click.Group):
    """The built-in commands, and those of plugins, which are loaded only when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *sorted(self._plugins().keys() - self.commands.keys())]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return self.commands.get(name) or self._plugins().get(name)

    def _plugins(self) -> dict[str, click.Command]:
        from phosphene.cli.inputs.registry import named_folders
        from phosphene.plugins.loading import load_commands

        # Only those that add commands are loaded, and `--help` answers at once.
        return load_commands(named_folders()).commands

    def invoke(self, ctx: click.Context) -> Any:
        try:
            _require_folder()
            with stoppable():
                return super().invoke(ctx)
        except _ENDS as end:
            if isinstance(end, click.ClickException):
                from phosphene.cli.terminal.console import visible

                vars(end)["message"] = visible(end.message)
            # A plugin's own command may choose its exit code.
            if ctx.invoked_subcommand not in self.commands:
                raise
            self._end(ctx, end)
        except BaseException as error:
            self._end(ctx, error)

    def _end(self, ctx: click.Context, error: BaseException) -> NoReturn:
        """Report the error and who has to fix it, and exit with the code for that."""
        named = attributed(error)
        if isinstance(named, PluginError) and strict():
            raise error
        if isinstance(named, PhospheneError):
            from phosphene.cli.terminal.console import show_error

            show_error(named)
            ctx.exit(named.exit_code)
        if isinstance(named, OSError) and named.errno in _SYSTEM:
            from phosphene.cli.terminal.console import show_error

            what = named.filename or "a file or the output cannot be written"
            show_error(PhospheneError(f"{what}: {named.strerror}"))
            ctx.exit(PhospheneError.exit_code)
        if isinstance(named, KeyboardInterrupt):
            with contextlib.suppress(OSError):  # the terminal may be gone
                click.echo("Stopped.", err=True)
            ctx.exit(getattr(named, "exit_code", 130))
        raise error


_ENDS = (SystemExit, click.exceptions.Exit, click.ClickException, click.Abort)


class Folder(click.Path):
    """The name of a folder; an empty one would mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).strip():
            self.fail("expected a folder, got an empty name", param, ctx)
        return super().convert(value, param, ctx)


# Errors of the system or of a file's name, not of Phosphene.
_SYSTEM = frozenset(
    {
        errno.ENAMETOOLONG,
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOSPC,
        errno.ELOOP,
        errno.EIO,
    }
)


def _require_folder() -> None:
    try:
        Path.cwd()
    except OSError as error:
        raise PhospheneError(
            f"the working folder cannot be found: {error.strerror}",
            "It was removed or renamed: change to another folder.",
        ) from None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: phosphene render song.mp3 -o video.mp4",
)
@click.option(
    "--plugins-dir",
    type=Folder(path_type=Path),
    multiple=True,
    envvar="PHOSPHENE_PLUGINS_DIR",
    metavar="DIR",
    help="Also load the plugins in the .py files of this folder.",
)
@click.version_option(__version__, "-V", "--version", prog_name="phosphene")
def cli(plugins_dir: tuple[Path, ...]) -> None:
    """Turn a song into a video that moves with it.

    Phosphene listens to the song, composes one number per frame for the camera and the diffusion,
    paints each frame from the one before it, and encodes the frames with the song.
    """


for command in (
    render,
    resume,
    loop,
    batch,
    take,
    info,
    compose_command,
    plot,
    studio,
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
    prepare()
    try:
        code = run()
    finally:
        ignore()  # a second Ctrl-C while the process ends
    leave(code)


def prepare() -> None:
    """Set up the process, before anything heavy is imported."""
    # Imports allocate much and discard nothing: collecting as often as by default takes a tenth of
    # the time before the first frame.
    gc.set_threshold(10_000, 10, 10)
    # Two programs whose OpenMP threads spin while they wait slow each other three-fold.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    find_home()
    if folder := numba_folder():
        os.environ.setdefault("NUMBA_CACHE_DIR", str(folder))
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(1 << 28))
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # its advice is for programmers
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Names that the terminal's encoding does not have are shown as escapes.
            stream.reconfigure(errors="backslashreplace")


def run(arguments: Sequence[str] | None = None) -> int | str | None:
    """Run a command, by default that of the process, and return its exit code."""
    try:
        cli(arguments)
    except SystemExit as end:
        return end.code
    except BaseException as error:
        if strict():
            raise
        return show_bug(error)
    return 0

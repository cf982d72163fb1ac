"""The errors that a user can fix: each says what was given, what is allowed, and the fix."""

from __future__ import annotations

import signal


class PhospheneError(Exception):
    """An error that the user can fix; the command line prints it without a traceback.

    Parameters
    ----------
    message : str
        What is wrong: the file, the entry, what was given and what is allowed.
    fix : str
        What to do about it, as one sentence; may be empty.
    """

    exit_code = 2
    fix = ""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix

    @property
    def advice(self) -> str:
        """The message and the fix, as one text."""
        return f"{str(self).removesuffix('.')}. {self.fix}" if self.fix else str(self)

    def name_place(self, where: str) -> None:
        """Put the entry or file that the error is about before its message.

        The error keeps its class, whatever the arguments of that class are.
        """
        self.args = (f"{where}: {self}", *self.args[1:])


class SongError(PhospheneError):
    """The song cannot be found, read or decoded."""


class ProjectError(PhospheneError):
    """The project file, or an option given on the command line, is wrong."""


class PluginError(PhospheneError):
    """A plugin is broken: its package and version are named.

    Parameters
    ----------
    message, fix : str
        As in `PhospheneError`.
    entry : str
        The layer of the project that uses the plugin, such as `motion[1]`; may be empty.
    """

    exit_code = 3

    def __init__(self, message: str, fix: str = "", entry: str = "") -> None:
        super().__init__(message, fix)
        self.entry = entry


class SongChanged(PluginError):
    """A plugin changed the song; skipping its layer would not repair the other layers."""


class Bug(PhospheneError):
    """An internal error: a bug in Phosphene."""

    exit_code = 70  # EX_SOFTWARE of sysexits.h


class EngineError(PhospheneError):
    """The model cannot be found, loaded or run."""


class FilmError(PhospheneError):
    """The video cannot be encoded or written."""

    exit_code = 1


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end.

    Parameters
    ----------
    number : int
        Of the signal. `exit_code` is that of a shell for it, 128 + number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number

"""The errors that a user can fix: each says what was given, what is allowed, and the fix."""

from __future__ import annotations


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

    def name_place(self, where: str) -> None:
        """Put the entry or file that the error is about before its message.

        The error keeps its class, whatever arguments that class is made with.
        """
        self.args = (f"{where}: {self}", *self.args[1:])


class SongError(PhospheneError):
    """The song can not be found, read or decoded."""


class ProjectError(PhospheneError):
    """The project file, or an option given on the command line, is wrong."""


class PluginError(PhospheneError):
    """A plugin is broken: its package and version are named.

    Parameters
    ----------
    message, fix : str
        As every error's.
    entry : str
        The layer of the project that it stands behind, `motion[1]`; empty where it is none's.
    """

    exit_code = 3

    def __init__(self, message: str, fix: str = "", entry: str = "") -> None:
        super().__init__(message, fix)
        self.entry = entry


class SongChanged(PluginError):
    """A plugin changed the song: leaving its layer out would not help the others."""


class Bug(PhospheneError):
    """An internal error: a bug in Phosphene."""

    exit_code = 70  # EX_SOFTWARE of sysexits.h


class EngineError(PhospheneError):
    """The model can not be found, loaded or run."""


class FilmError(PhospheneError):
    """The video can not be encoded or written."""

    exit_code = 1

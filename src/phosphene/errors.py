"""The errors that a user can mend: each says what was given, what is allowed, and the fix."""


class PhospheneError(Exception):
    """An error that the user can mend; the command line prints it without a traceback.

    Parameters
    ----------
    message : str
        What is wrong: the file, the entry, what was given and what is allowed.
    fix : str
        What to do about it, as one sentence; may be empty.
    """

    exit_code = 2

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


class SongError(PhospheneError):
    """The song can not be found, read or decoded."""


class ProjectError(PhospheneError):
    """The project file, or an option given on the command line, is wrong."""


class PluginError(PhospheneError):
    """A plugin is broken: its package and version are named."""


class EngineError(PhospheneError):
    """The model can not be found, loaded or run."""


class FilmError(PhospheneError):
    """The video can not be encoded or written."""

    exit_code = 1

"""Running the pip of this Python; never through a shell."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

from phosphene.errors import PhospheneError

#: Lines of pip's own that an error shows.
_LINES = 12


class PipError(PhospheneError):
    """pip is not there, or could not do what it was asked."""

    exit_code = 1


def run_pip(command: str, *arguments: str) -> None:
    """Run `pip COMMAND ARGUMENTS` in this environment.

    Raises
    ------
    PipError
        If this environment has no pip, or pip fails; with the end of what it said.
    """
    if importlib.util.find_spec("pip") is None:
        raise PipError("this environment has no pip", _without_pip(command, arguments))
    words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run = subprocess.run(
        [*words, command, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=os.environ | {"PIP_NO_PYTHON_VERSION_WARNING": "1"},
        check=False,
    )
    if run.returncode:
        told = (run.stderr.strip() or run.stdout.strip()).splitlines()
        raise PipError(f"pip {command} failed:\n" + "\n".join(told[-_LINES:]))


def _without_pip(command: str, arguments: tuple[str, ...]) -> str:
    wanted = " ".join(word for word in arguments if word != "--yes")
    if shutil.which("uv"):
        return f"It was made by uv, it seems: uv pip {command} {wanted}"
    return f"Add it with `{sys.executable} -m ensurepip`, and give the same command again."

"""Installing a plugin: its wheel shows what it is before anything is installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path

from phosphene.errors import PhospheneError, PluginError, ProjectError
from phosphene.plugins.discovery import of_package
from phosphene.plugins.plugin import GROUP, HOST

_LINES = 12  # of pip's own, that an error shows


class PipError(PhospheneError):
    """pip is not there, or could not do what it was asked."""

    exit_code = 1


def install(wanted: Sequence[str], changes: Sequence[str] = ()) -> list[str]:
    """Install plugins, after their wheels have shown that they are plugins for this Phosphene.

    Parameters
    ----------
    wanted : sequence of str
        What `pip wheel` and `pip install` take: names, folders, wheels, URLs, and options that say
        where packages come from and how they are built.
    changes : sequence of str
        Options of `pip install` alone, such as `--upgrade`.

    Returns
    -------
    list of str
        Names of the plugins' packages.

    Raises
    ------
    ProjectError
        If there is no such file or folder, or it is not a plugin; then nothing was installed.
    PluginError
        If it is one for another Phosphene; then nothing was installed.
    PipError
        If pip cannot find, build or install it.
    """
    from phosphene import __version__

    for word in wanted:
        is_path = word.startswith(".") or (os.sep in word and "://" not in word and "@" not in word)
        if is_path and word[0] != "-" and not Path(word.partition("[")[0]).exists():
            raise ProjectError(
                f"{word}: no such file or folder. Nothing was installed.",
                "Check the path; a package of the index is named without slashes.",
            )
    with tempfile.TemporaryDirectory() as folder:
        run_pip("wheel", "--no-deps", "--wheel-dir", folder, *wanted)
        packages = [_checked(path) for path in sorted(Path(folder).glob("*.whl"))]
    # With Phosphene itself in the request pip keeps what Phosphene needs as it needs it.
    run_pip("install", *changes, *wanted, f"{HOST}=={__version__}")
    return packages


def _checked(wheel: Path) -> str:
    """The package of a wheel that is a plugin for this Phosphene."""
    package = next(iter(distributions(path=[str(wheel)])), None)
    try:
        if package is None:
            raise ValueError("it has no metadata")
        about, plugins = f"{package.name} {package.version}", of_package(package)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ProjectError(f"{wheel.name}: the wheel cannot be read: {error}") from None
    if not plugins:
        raise ProjectError(
            f"{about} is not a Phosphene plugin: it has no entry point in the group '{GROUP}'. "
            "Nothing was installed.",
            "Its author can add [project.entry-points.phosphene]; pip installs other packages.",
        )
    if why := plugins[0].why:
        raise PluginError(
            f"{about} does not fit: {why}. Nothing was installed.",
            "Install another version of it, or update Phosphene.",
        )
    return str(package.name)


def run_pip(command: str, *arguments: str) -> None:
    """Run `pip COMMAND ARGUMENTS` in this environment, without a shell.

    Raises
    ------
    PipError
        If this environment has no pip, or pip fails; with the end of what it said.
    """
    if importlib.util.find_spec("pip") is None:
        fix = f"Add it with `{sys.executable} -m ensurepip`, and repeat the command."
        if shutil.which("uv"):
            wanted = " ".join(word for word in arguments if word != "--yes")
            fix = f"Perhaps uv made it; then use: uv pip {command} {wanted}"
        raise PipError("this environment has no pip", fix)
    run = subprocess.run(
        [
            sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input",
            command, *arguments,
        ],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if run.returncode:
        said = (run.stderr.strip() or run.stdout.strip()).splitlines()
        raise PipError(f"pip {command} failed:\n" + "\n".join(said[-_LINES:]))

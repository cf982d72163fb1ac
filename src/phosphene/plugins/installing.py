"""Install plugins: their wheels are built and checked before anything is installed."""

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

_LINES = 12  # of pip's output in an error


class PipError(PhospheneError):
    """Raised if pip is missing or fails."""

    exit_code = 1


def install(wanted: Sequence[str], changes: Sequence[str] = ()) -> list[str]:
    """Install plugins after checking that their wheels are compatible plugins.

    Parameters
    ----------
    wanted : sequence of str
        Arguments of `pip wheel` and `pip install`: names, folders, wheels, URLs, and options for
        sources and builds.
    changes : sequence of str
        Options that only `pip install` has, such as `--upgrade`.

    Returns
    -------
    list of str
        Names of the plugins' packages.

    Raises
    ------
    ProjectError
        If a file or folder does not exist, or is not a plugin. Nothing is installed.
    PluginError
        If a plugin is not compatible with this version of Phosphene. Nothing is installed.
    PipError
        If pip cannot find, build or install a package.
    """
    from phosphene import __version__

    for word in wanted:
        is_path = word.startswith(".") or (os.sep in word and "://" not in word and "@" not in word)
        if is_path and word[0] != "-" and not Path(word.partition("[")[0]).exists():
            raise ProjectError(
                f"{word}: no such file or folder. Nothing was installed.",
                "Check the path; names of packages have no slashes.",
            )
    with tempfile.TemporaryDirectory() as folder:
        run_pip("wheel", "--no-deps", "--wheel-dir", folder, *wanted)
        packages = [_checked(path) for path in sorted(Path(folder).glob("*.whl"))]
    # Pin Phosphene, so that pip does not break its dependencies.
    run_pip("install", *changes, *wanted, f"{HOST}=={__version__}")
    return packages


def _checked(wheel: Path) -> str:
    """The name of the package in a wheel, if it is a compatible plugin."""
    package = next(iter(distributions(path=[str(wheel)])), None)
    try:
        if package is None:
            raise ValueError("it has no metadata")
        name, plugins = f"{package.name} {package.version}", of_package(package)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ProjectError(f"{wheel.name}: the wheel cannot be read: {error}") from None
    if not plugins:
        raise ProjectError(
            f"{name} is not a Phosphene plugin: it has no entry point in the group '{GROUP}'. "
            "Nothing was installed.",
            "Its author can add [project.entry-points.phosphene]. Use pip for other packages.",
        )
    if why := plugins[0].why:
        raise PluginError(
            f"{name} is incompatible: {why}. Nothing was installed.",
            "Install another version of it, or update Phosphene.",
        )
    return str(package.name)


def run_pip(command: str, *arguments: str) -> None:
    """Run `pip COMMAND ARGUMENTS` in this environment, without a shell.

    Raises
    ------
    PipError
        If this environment has no pip, or if pip fails; the message has the end of its output.
    """
    if importlib.util.find_spec("pip") is None:
        fix = f"Install it with `{sys.executable} -m ensurepip`, and repeat the command."
        if shutil.which("uv"):
            wanted = " ".join(word for word in arguments if word != "--yes")
            fix = f"If uv created it, run `uv pip {command} {wanted}`."
        raise PipError("this environment has no pip", fix)
    run = subprocess.run(
        [
            sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input",
            command, *arguments,
        ],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if run.returncode:
        output = (run.stderr.strip() or run.stdout.strip()).splitlines()
        raise PipError(f"pip {command} failed:\n" + "\n".join(output[-_LINES:]))

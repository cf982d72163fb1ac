"""The user's settings: disabled plugins, and trusted folders of plugin files."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from phosphene.errors import ProjectError
from phosphene.plugins.discovery import files_in, in_folders, why_not_a_file
from phosphene.plugins.plugin import NOT_TRUSTED, Plugin

#: Environment variable with another folder for the settings.
VARIABLE = "PHOSPHENE_CONFIG"
BESIDE = "plugins"  # the folder beside a project
MAX_FILES = 10_000  # in a trusted folder
MAX_BYTES = 1 << 30  # of all files in it


@dataclass
class Settings:
    """The user's settings, stored in `plugins.json`.

    Parameters
    ----------
    disabled : list of str
        Names of plugins and packages.
    trusted : dict of str to dict
        Trusted folders, each with the digests of its files.
    """

    disabled: list[str] = field(default_factory=list)
    trusted: dict[str, dict[str, str]] = field(default_factory=dict)


def settings_file() -> Path:
    """The settings file, in the folder `PHOSPHENE_CONFIG` or in the platform's usual one."""
    import platformdirs

    chosen = os.environ.get(VARIABLE)
    # Unlike this, Path.expanduser raises if `~name` is not a user.
    folder = Path(
        os.path.expanduser(chosen) if chosen else platformdirs.user_config_dir("phosphene")
    )
    return folder / "plugins.json"


def read_settings() -> Settings:
    """Read the user's settings; without a file, nothing is disabled or trusted.

    Raises
    ------
    ProjectError
        If the file cannot be read, since it may disable plugins.
    """
    path = settings_file()
    try:
        if path.exists() and not path.is_file():  # reading a pipe would block
            raise ValueError("it is not a file")
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        return Settings(
            disabled=[str(name) for name in data.get("disabled", [])],
            trusted={
                folder: {name: str(digest) for name, digest in files.items()}
                for folder, files in data.get("trusted", {}).items()
            },
        )
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise ProjectError(
            f"{path}: the plugin settings cannot be read: {error}",
            "Fix or remove the file; without it, no plugin is disabled and no folder trusted.",
        ) from None


def write_settings(settings: Settings) -> None:
    """Write the user's settings.

    Raises
    ------
    ProjectError
        If they cannot be written.
    """
    path = settings_file()
    try:
        write_atomically(path, json.dumps(asdict(settings), indent=1) + "\n")
    except OSError as error:
        raise ProjectError(
            f"{path} cannot be written: {error.strerror}", f"Name another folder with {VARIABLE}."
        ) from None


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that readers see either the old text or the new one; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.replace(part, path)
    except OSError:
        os.unlink(part)
        raise


def folder_beside(project: Path) -> Path | None:
    """The folder of plugin files beside a project; None if it has no plugin files."""
    folder = project.resolve().parent / BESIDE
    return folder.resolve() if files_in(folder) else None


def contents(folder: Path) -> dict[str, str]:
    """The digest of every file in a folder and its subfolders, by relative path.

    Raises
    ------
    ProjectError
        If there is too much to read before every run, or a file cannot be read.
    """
    digests: dict[str, str] = {}
    total = 0
    try:
        for path in _within(folder, set()):
            name, why = path.relative_to(folder).as_posix(), why_not_a_file(path)
            total += 0 if why else path.stat().st_size
            if len(digests) >= MAX_FILES or total > MAX_BYTES:
                raise ProjectError(
                    f"{folder} has more than {MAX_FILES} files or {MAX_BYTES >> 30} GiB",
                    "Move large data elsewhere: a trusted folder is read before every run.",
                )
            digests[name] = why or hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ProjectError(f"{error.filename} cannot be read: {error.strerror}") from None
    return digests


def _within(folder: Path, seen: set[str]) -> Iterator[Path]:
    """The files in a folder, depth first, following links; each folder is visited once."""
    seen.add(os.path.realpath(folder))
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if not os.path.isdir(path):
            yield path
        elif os.path.realpath(path) not in seen:
            yield from _within(path, seen)


def changes(folder: Path, now: Mapping[str, str]) -> list[str] | None:
    """The files of a folder that were added, changed or removed since the user trusted it.

    Parameters
    ----------
    folder : Path
    now : mapping of str to str
        The folder's `contents`.

    Returns
    -------
    list of str or None
        Empty if nothing changed; None if the folder was never trusted.
    """
    then = read_settings().trusted.get(str(folder.resolve()))
    if then is None:
        return None
    return sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))


def trust(folder: Path, now: Mapping[str, str]) -> None:
    """Store that the user trusts a folder with these contents."""
    settings = read_settings()
    settings.trusted[str(folder.resolve())] = dict(now)
    write_settings(settings)


def distrust(folder: Path) -> bool:
    """Stop trusting a folder; returns whether it was trusted."""
    settings = read_settings()
    had = settings.trusted.pop(str(folder.resolve()), None) is not None
    if had:
        write_settings(settings)
    return had


def untrusted(folder: Path, why: str) -> list[Plugin]:
    """The plugin files of a folder, marked as not trusted."""
    plugins = in_folders([folder])
    for plugin in plugins:
        fix = f"Read it; if you trust it, run `phosphene plugins trust {folder}`."
        plugin.leave_out(NOT_TRUSTED, why, fix)
    return plugins

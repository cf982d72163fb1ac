"""What the user decided: which plugins are disabled, and which folders of files are trusted."""

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
from phosphene.plugins.discovery import files_in, in_folders, no_file
from phosphene.plugins.plugin import NOT_TRUSTED, Plugin

#: Names another folder for the settings.
VARIABLE = "PHOSPHENE_CONFIG"
BESIDE = "plugins"  # the folder beside a project
MOST = 10_000  # files in a folder that can be trusted
LARGEST = 1 << 30  # bytes, together


@dataclass
class Settings:
    """The user's decisions, kept in `plugins.json` in the user's settings folder.

    Parameters
    ----------
    disabled : list of str
        Names of plugins and packages.
    trusted : dict of str to dict
        Folders that the user trusts, each with the digests of all that is in it.
    """

    disabled: list[str] = field(default_factory=list)
    trusted: dict[str, dict[str, str]] = field(default_factory=dict)


def settings_file() -> Path:
    """Where the decisions are kept: in the folder that `PHOSPHENE_CONFIG` names, or the usual."""
    import platformdirs

    named = os.environ.get(VARIABLE)
    # Path.expanduser raises where `~name` is not a user.
    folder = Path(os.path.expanduser(named) if named else platformdirs.user_config_dir("phosphene"))
    return folder / "plugins.json"


def read_settings() -> Settings:
    """The user's decisions; none where nothing was decided.

    Raises
    ------
    ProjectError
        If the file cannot be read: what it disables must not be loaded.
    """
    path = settings_file()
    try:
        if path.exists() and not path.is_file():  # reading a pipe would wait for ever
            raise ValueError("it is not a file")
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        return Settings(
            disabled=[str(name) for name in said.get("disabled", [])],
            trusted={
                folder: {name: str(digest) for name, digest in files.items()}
                for folder, files in said.get("trusted", {}).items()
            },
        )
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise ProjectError(
            f"{path}: the plugin settings cannot be read: {error}",
            "Repair or remove that file; without it no plugin is disabled, no folder trusted.",
        ) from None


def write_settings(settings: Settings) -> None:
    """Keep the decisions.

    Raises
    ------
    ProjectError
        If they cannot be written.
    """
    path = settings_file()
    try:
        write_whole(path, json.dumps(asdict(settings), indent=1) + "\n")
    except OSError as error:
        raise ProjectError(
            f"{path} cannot be written: {error.strerror}", f"Name another folder with {VARIABLE}."
        ) from None


def write_whole(path: Path, text: str) -> None:
    """Write a file so that others read the old text or the new one; raises OSError."""
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
    """The folder of plugin files beside a project; None where there is no plugin file in it."""
    folder = project.resolve().parent / BESIDE
    return folder.resolve() if files_in(folder) else None


def contents(folder: Path) -> dict[str, str]:
    """A digest of everything in a folder and in the folders in it, by its path there.

    Raises
    ------
    ProjectError
        If that is too much to be read before every run, or something in it cannot be read.
    """
    digests: dict[str, str] = {}
    total = 0
    try:
        for path in _within(folder, set()):
            name, why = path.relative_to(folder).as_posix(), no_file(path)
            total += 0 if why else path.stat().st_size
            if len(digests) >= MOST or total > LARGEST:
                raise ProjectError(
                    f"{folder} holds more than {MOST} files or {LARGEST >> 30} GiB",
                    "Keep large data elsewhere: all of a trusted folder is read before every run.",
                )
            digests[name] = why or hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ProjectError(f"{error.filename} cannot be read: {error.strerror}") from None
    return digests


def _within(folder: Path, seen: set[str]) -> Iterator[Path]:
    """What a folder holds, depth first, also where links lead; a folder that recurs only once."""
    seen.add(os.path.realpath(folder))
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if not os.path.isdir(path):
            yield path
        elif os.path.realpath(path) not in seen:
            yield from _within(path, seen)


def changes(folder: Path, now: Mapping[str, str]) -> list[str] | None:
    """The files of a folder that are new, changed or gone since the user trusted it.

    Parameters
    ----------
    folder : Path
    now : mapping of str to str
        Its `contents`.

    Returns
    -------
    list of str or None
        Empty where the folder is trusted as it is; None where it never was.
    """
    then = read_settings().trusted.get(str(folder.resolve()))
    if then is None:
        return None
    return sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))


def trust(folder: Path, now: Mapping[str, str]) -> None:
    """Remember that the user trusts a folder with these contents."""
    settings = read_settings()
    settings.trusted[str(folder.resolve())] = dict(now)
    write_settings(settings)


def distrust(folder: Path) -> bool:
    """Forget that the user trusts a folder; whether they did."""
    settings = read_settings()
    had = settings.trusted.pop(str(folder.resolve()), None) is not None
    if had:
        write_settings(settings)
    return had


def untrusted(folder: Path, why: str) -> list[Plugin]:
    """The plugin files of a folder, left out as not trusted."""
    plugins = in_folders([folder])
    for plugin in plugins:
        fix = f"Read it; if you trust it: `phosphene plugins trust {folder}`"
        plugin.leave_out(NOT_TRUSTED, why, fix)
    return plugins

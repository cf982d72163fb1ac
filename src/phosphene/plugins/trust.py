"""Folders of plugin files that the user has said yes to: what lies in them is code that runs."""

from __future__ import annotations

from pathlib import Path

from phosphene.plugins.plugin import NOT_TRUSTED, Plugin
from phosphene.plugins.settings import read_settings, write_settings
from phosphene.plugins.single_files import digests, in_folders

BESIDE = "plugins"  # the folder beside a project


def folder_beside(project: Path) -> Path | None:
    """The folder of plugin files beside a project; None where there is no plugin file in it."""
    folder = project.resolve().parent / BESIDE
    return folder if folder.is_dir() and digests(folder) else None


def is_trusted(folder: Path) -> bool:
    """Whether the user has said yes to a folder."""
    return str(folder.resolve()) in read_settings().trusted


def trust(folder: Path) -> None:
    """Remember that the user said yes to a folder, and what its files are now."""
    settings = read_settings()
    settings.trusted[str(folder.resolve())] = digests(folder)
    write_settings(settings)


def distrust(folder: Path) -> bool:
    """Forget that the user said yes to a folder; whether they had."""
    settings = read_settings()
    had = settings.trusted.pop(str(folder.resolve()), None) is not None
    if had:
        write_settings(settings)
    return had


def changed_since(folder: Path) -> list[str]:
    """The files of a trusted folder that are new or other than when it was last used."""
    before = read_settings().trusted.get(str(folder.resolve()), {})
    return [name for name, digest in digests(folder).items() if before.get(name) != digest]


def untrusted(folder: Path) -> list[Plugin]:
    """The plugin files of a folder that the user has not said yes to."""
    plugins = in_folders([folder])
    for plugin in plugins:
        plugin.leave_out(
            NOT_TRUSTED,
            f"you have not said yes to the folder {folder}",
            f"If you trust that code: `phosphene plugins trust {folder}`",
        )
    return plugins

"""Which plugins a command works with: those installed, and those in folders of single files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from phosphene.plugins import Plugin, Registry


def registry_for(project: Path | None = None) -> Registry:
    """Load every plugin that may be used with a project, and name those that can not work.

    Parameters
    ----------
    project : Path, optional
        Its folder may hold another one, `plugins`, of single files.
    """
    from phosphene.cli.console import warn_of_broken
    from phosphene.plugins import load_plugins

    folders, refused = folders_for(project)
    registry = load_plugins(folders, refused)
    warn_of_broken(registry)
    return registry


def folders_for(project: Path | None = None) -> tuple[list[Path], list[Plugin]]:
    """The folders of single files to load, and the plugins in those without the user's yes.

    Naming a folder with `--plugins-dir` is saying yes to it; for the one beside a project the
    user is asked, once.
    """
    from phosphene.plugins.trust import folder_beside, is_trusted, trust, untrusted

    folders = named_folders()
    beside = folder_beside(project) if project is not None else None
    if beside is None or beside in [folder.resolve() for folder in folders]:
        return folders, []
    if is_trusted(beside):
        _tell_of_changes(beside)
    elif _asked(beside):
        trust(beside)
    else:
        return folders, untrusted(beside)
    return [*folders, beside], []


def named_folders() -> list[Path]:
    """The folders that `--plugins-dir` or `PHOSPHENE_PLUGINS_DIR` names."""
    context = click.get_current_context(silent=True)
    if context is None:
        return []
    return list(context.find_root().params.get("plugins_dir") or ())


def _tell_of_changes(folder: Path) -> None:
    from phosphene.cli.console import console
    from phosphene.plugins.trust import changed_since, trust

    if changed := changed_since(folder):
        console.print(f"New or changed in {folder}: {', '.join(changed)}", markup=False)
        trust(folder)


def _asked(folder: Path) -> bool:
    from phosphene.cli.console import warn
    from phosphene.plugins.single_files import files_in

    names = ", ".join(file.name for file in files_in(folder))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        warn(
            f"{folder} ({names}) is not loaded: it is code, and you have not said yes to it. "
            f"If you trust it: phosphene plugins trust {folder}"
        )
        return False
    return click.confirm(
        f"{folder} holds plugins ({names}). They are code that runs with your rights.\n"
        "Load them, now and from now on?",
        err=True,
    )

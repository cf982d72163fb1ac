"""The plugins that a command uses: those installed, and those in folders of single files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from phosphene.plugins import Plugin, Registry

MOST = 12  # names of files in a question


def registry_for(project: Path | None = None) -> Registry:
    """Load every plugin that a project may use, and warn of those that are broken.

    Parameters
    ----------
    project : Path, optional
        Its folder may contain a folder `plugins` of single files.
    """
    from phosphene.cli.terminal.console import show_logs, warn_of_broken
    from phosphene.plugins import load_plugins

    show_logs()
    folders, refused = folders_for(project)
    registry = load_plugins(folders, refused)
    warn_of_broken(registry)
    return registry


def folders_for(project: Path | None = None) -> tuple[list[Path], list[Plugin]]:
    """The folders of single files to load, and the plugins in those that are not trusted.

    A folder given with `--plugins-dir` is trusted. For the one beside a project the user is asked,
    and asked again after any change in it.
    """
    from phosphene.errors import ProjectError
    from phosphene.plugins.trust import changes, contents, folder_beside, trust, untrusted

    folders = named_folders()
    beside = folder_beside(project) if project is not None else None
    if beside is None or beside in [folder.resolve() for folder in folders]:
        return folders, []
    try:
        now = contents(beside)
        changed = changes(beside, now)
        if changed or changed is None:
            _ask(beside, changed)
            trust(beside, now)
    except ProjectError as refused:
        from phosphene.cli.terminal.console import warn

        warn(f"{beside} is not loaded: {refused}. {refused.fix}")
        return folders, untrusted(beside, str(refused))
    return [*folders, beside], []


def named_folders() -> list[Path]:
    """The folders that `--plugins-dir` or `PHOSPHENE_PLUGINS_DIR` names."""
    context = click.get_current_context(silent=True)
    if context is None:
        return []
    return list(context.find_root().params.get("plugins_dir") or ())


def named_plugins(name: str) -> list[Plugin]:
    """The installed plugins with a name: the plugin's own, or that of its package.

    Raises
    ------
    ProjectError
        If there are none.
    """
    from phosphene.errors import ProjectError
    from phosphene.hints import hint
    from phosphene.plugins.discovery import built_in
    from phosphene.plugins.loading import find_plugins

    plugins = find_plugins(named_folders())
    if matching := [plugin for plugin in plugins if plugin.matches(name)]:
        return matching
    if any(plugin.matches(name) for plugin in built_in()):
        raise ProjectError(f"'{name}' comes with Phosphene", "Name a plugin that you installed.")
    names = {plugin.name for plugin in plugins} | {plugin.package for plugin in plugins} - {""}
    known = hint(name, names) if names else "No plugin is installed."
    raise ProjectError(f"'{name}' is not an installed plugin", known)


def _ask(folder: Path, changed: Sequence[str] | None) -> None:
    """Ask whether to load a folder.

    Raises
    ------
    ProjectError
        If the answer is no, or the session is not interactive.
    """
    from phosphene.cli.terminal.console import one_line
    from phosphene.errors import ProjectError
    from phosphene.plugins.discovery import files_in

    fix = f"Read it; if you trust it, run `phosphene plugins trust {folder}`."
    if changed is None:
        names = _listed(path.name for path in files_in(folder))
        reason = f"it is code, and you have not trusted it: {names}"
    else:
        reason = f"it has changed since you trusted it: {_listed(changed)}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ProjectError(reason, fix)
    question = (
        f"{one_line(folder)} contains plugins; {reason}.\n"
        "They are code that runs with your permissions.\n"
        "Load them, until something in the folder changes?"
    )
    if not click.confirm(question, err=True):
        raise ProjectError(reason, fix)


def _listed(names: Iterable[str]) -> str:
    from phosphene.cli.terminal.console import one_line

    shown = [one_line(name) for name in names]
    more = f", and {len(shown) - MOST} more" if len(shown) > MOST else ""
    return ", ".join(shown[:MOST]) + more

"""Which plugins a user means by a name."""

from __future__ import annotations

from phosphene.plugins import Plugin


def meant(name: str) -> list[Plugin]:
    """The plugins from outside that a user means: by the plugin's own name, or its package's.

    Raises
    ------
    ProjectError
        If there is none.
    """
    from phosphene.cli.loading import named_folders
    from phosphene.errors import ProjectError
    from phosphene.hints import hint
    from phosphene.plugins.discovery import built_in
    from phosphene.plugins.loading import found

    plugins = found(named_folders())
    if asked := [plugin for plugin in plugins if plugin.called(name)]:
        return asked
    if any(plugin.called(name) for plugin in built_in()):
        raise ProjectError(f"'{name}' comes with Phosphene", "Name a plugin that you installed.")
    names = {plugin.name for plugin in plugins} | {plugin.package for plugin in plugins} - {""}
    known = hint(name, names) if names else "No plugin is installed."
    raise ProjectError(f"'{name}' is no installed plugin", known)

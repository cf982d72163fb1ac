"""`phosphene plugins disable` and `enable`: leave a plugin out without removing it."""

from __future__ import annotations

import click


@click.command()
@click.argument("name")
def disable(name: str) -> None:
    """Leave the plugin or package NAME out, until it is enabled again."""
    from phosphene.cli.console import out
    from phosphene.cli.plugins.naming import meant
    from phosphene.plugins.settings import read_settings, write_settings

    plugins = meant(name)
    settings = read_settings()
    if name not in settings.disabled:
        settings.disabled.append(name)
        write_settings(settings)
    told = ", ".join(str(plugin) for plugin in plugins)
    out.print(f"Disabled: {told}. Back with: phosphene plugins enable {name}")


@click.command()
@click.argument("name")
def enable(name: str) -> None:
    """Load the plugin or package NAME again."""
    from phosphene.cli.console import out
    from phosphene.cli.plugins.naming import meant
    from phosphene.plugins.settings import read_settings, write_settings

    plugins = meant(name)
    settings = read_settings()
    kept = [
        other for other in settings.disabled if not any(plugin.called(other) for plugin in plugins)
    ]
    if kept == settings.disabled:
        out.print(f"{name} was not disabled.")
        return
    settings.disabled = kept
    write_settings(settings)
    told = ", ".join(str(plugin) for plugin in plugins)
    out.print(f"Enabled: {told}")

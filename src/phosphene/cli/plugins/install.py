"""`phosphene plugins install`: add a plugin to this environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

# Those of pip's options that say where packages come from and how they are built.
SOURCE = (
    click.option("-i", "--index-url", metavar="URL", help="Another package index."),
    click.option("--extra-index-url", multiple=True, metavar="URL", help="One more index."),
    click.option("-f", "--find-links", multiple=True, metavar="PLACE", help="Folder of wheels."),
    click.option("-c", "--constraint", multiple=True, metavar="FILE", help="Versions to keep to."),
    click.option("--no-index", is_flag=True, help="Ask no package index."),
    click.option("--no-build-isolation", is_flag=True, help="Build with what is installed."),
    click.option("--pre", is_flag=True, help="Also take pre-releases."),
)


def _pip_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(SOURCE):
        command = option(command)
    return command


@click.command()
@click.argument("what", nargs=-1)
@click.option(
    "-e", "--editable", multiple=True, metavar="FOLDER", help="Install it as it is there."
)
@click.option("-U", "--upgrade", is_flag=True, help="Also where another version is installed.")
@click.option("--no-deps", is_flag=True, help="Install nothing that it depends on.")
@_pip_options
def install(
    what: tuple[str, ...],
    editable: tuple[str, ...],
    upgrade: bool,
    no_deps: bool,
    **source: Any,
) -> None:
    """Install a plugin: WHAT is what pip takes, a name, a folder, a wheel, git+https://...

    First its wheel is looked at: what is no plugin, or is for another Phosphene, is not installed.
    """
    from phosphene.cli.console import console
    from phosphene.errors import ProjectError
    from phosphene.plugins import installing

    if not what and not editable:
        raise ProjectError("nothing to install", "Name a package, a folder, a wheel or a URL.")
    wanted = [*what, *(word for folder in editable for word in ("--editable", folder))]
    changes = [*["--upgrade"] * upgrade, *["--no-deps"] * no_deps]
    with console.status("Installing ..."):
        wheels, changed = installing.install(wanted, _as_words(source), changes)
    _tell(wheels, changed)


def _as_words(options: dict[str, Any]) -> list[str]:
    words = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        elif value:
            values = value if isinstance(value, tuple) else (value,)
            words += [word for one in values for word in (option, one)]
    return words


def _tell(wheels: list[Any], changed: list[Any]) -> None:
    """What was installed, and whether it works; what does not is left as it is, harmless."""
    import importlib

    from phosphene.cli.console import out
    from phosphene.cli.plugins.rows import plugin_table
    from phosphene.errors import PluginError
    from phosphene.plugins.loading import surveyed
    from phosphene.plugins.plugin import canonical

    importlib.invalidate_caches()
    packages = {canonical(wheel.package) for wheel in wheels}
    for change in changed:
        was = f", was {change.before}" if change.before else ""
        out.print(f"Installed {change.package} {change.after}{was}")
    plugins = [plugin for plugin in surveyed() if canonical(plugin.package) in packages]
    out.print(plugin_table(plugins))
    for plugin in plugins:
        if plugin.error:
            raise PluginError(f"{plugin} is installed, and does not work: {plugin.why}", plugin.fix)

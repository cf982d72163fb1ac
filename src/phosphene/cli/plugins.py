"""`phosphene plugins`: see, add, check, switch off and remove plugins.

None of these commands imports a plugin: what must be imported is, in a process of its own.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

    from phosphene.plugins import Plugin


@click.group(invoke_without_command=True)
@click.pass_context
def plugins(context: click.Context) -> None:
    """See, add, check, switch off and remove plugins; alone: list them."""
    if context.invoked_subcommand is None:
        context.invoke(list_command)


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
def list_command(as_json: bool = False) -> None:
    """List every plugin: package, version, hooks, what it registers, state and why."""
    from phosphene.cli.inputs.registry import named_folders
    from phosphene.cli.terminal.console import out, styled
    from phosphene.plugins.loading import list_plugins

    found = list_plugins(named_folders())
    if as_json:
        click.echo(json.dumps([as_data(plugin) for plugin in found], indent=1))
        return
    out.print(plugin_table(found))
    for plugin in found:
        if plugin.error:
            out.print(styled(("Fix", "green"), f" {plugin}: {plugin.fix}"))
    out.print(
        "\n`phosphene plugins install PACKAGE` adds one; `phosphene plugins new NAME` makes one."
    )


@plugins.command(context_settings={"ignore_unknown_options": True})
@click.argument("what", nargs=-1, type=click.UNPROCESSED)
@click.option("-U", "--upgrade", is_flag=True, help="Also where another version is installed.")
@click.option("--no-deps", is_flag=True, help="Install nothing that it depends on.")
def install(what: tuple[str, ...], upgrade: bool, no_deps: bool) -> None:
    """Install a plugin: WHAT is what pip takes, a name, a folder, a wheel, git+https://...

    So are options of pip that say where it comes from and how it is built: --editable FOLDER,
    --index-url URL, --find-links FOLDER, --no-index, --pre and so on.

    Its wheel is examined first: what is not a plugin, or is for another Phosphene, is not
    installed.
    """
    from phosphene.cli.terminal.console import console, out
    from phosphene.errors import PluginError, ProjectError
    from phosphene.plugins.installing import install
    from phosphene.plugins.loading import list_plugins
    from phosphene.plugins.plugin import canonical

    if not what:
        raise ProjectError("nothing to install", "Name a package, a folder, a wheel or a URL.")
    with console.status("Installing ..."):
        packages = install(what, [*["--upgrade"] * upgrade, *["--no-deps"] * no_deps])
    importlib.invalidate_caches()
    names = {canonical(package) for package in packages}
    added = [plugin for plugin in list_plugins() if canonical(plugin.package) in names]
    for about in dict.fromkeys(f"{plugin.package} {plugin.version}" for plugin in added):
        out.print(f"Installed {about}")
    out.print(plugin_table(added))
    for plugin in added:
        if plugin.error:
            raise PluginError(f"{plugin} is installed, and does not work: {plugin.why}", plugin.fix)


@plugins.command()
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def uninstall(name: str, yes: bool) -> None:
    """Remove the package of the plugin NAME, or the package NAME, whether or not it works."""
    from phosphene.cli.inputs.registry import named_plugins
    from phosphene.cli.terminal.console import one_line, out
    from phosphene.errors import ProjectError
    from phosphene.plugins.installing import run_pip

    found = named_plugins(name)
    packages = sorted({plugin.package for plugin in found})
    if "" in packages:
        files = ", ".join(str(plugin.file) for plugin in found if not plugin.package)
        raise ProjectError(f"'{name}' is a single file: {files}", "Remove that file yourself.")
    if not yes and sys.stdin.isatty():
        click.confirm(one_line(f"Remove {', '.join(packages)}?"), abort=True, err=True)
    run_pip("uninstall", "--yes", *packages)
    # A new Python is asked: this one still knows the folder of an editable package.
    look = "import sys; from importlib.metadata import distribution; distribution(sys.argv[1])"
    for package in packages:
        words = [sys.executable, "-P", "-c", look, package]
        if subprocess.run(words, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            raise ProjectError(
                f"{package} is still there: it lies outside of this environment",
                "Remove it with the tool that put it there.",
            )
    _enable(found)
    out.print(f"Removed: {', '.join(packages)}")


@plugins.command()
@click.argument("name")
def disable(name: str) -> None:
    """Do not load the plugin or package NAME until it is enabled again."""
    from phosphene.cli.inputs.registry import named_plugins
    from phosphene.cli.terminal.console import out
    from phosphene.plugins.trust import read_settings, write_settings

    found = named_plugins(name)
    settings = read_settings()
    if name not in settings.disabled:
        settings.disabled.append(name)
        write_settings(settings)
    named = ", ".join(str(plugin) for plugin in found)
    out.print(f"Disabled: {named}. Undo with: phosphene plugins enable {name}")


@plugins.command()
@click.argument("name")
def enable(name: str) -> None:
    """Load the plugin or package NAME again."""
    from phosphene.cli.inputs.registry import named_plugins
    from phosphene.cli.terminal.console import out

    found = named_plugins(name)
    named = ", ".join(str(plugin) for plugin in found)
    message = f"Enabled: {named}" if _enable(found) else f"{name} was not disabled."
    out.print(message)


@plugins.command()
@click.argument("name", required=False)
def check(name: str | None) -> None:
    """Reload the plugin NAME, or every one, and run the contract tests on what it registers."""
    from phosphene.cli.inputs.registry import named_folders, named_plugins
    from phosphene.cli.terminal.console import console, out, styled, table
    from phosphene.errors import PluginError
    from phosphene.plugins.loading import find_plugins
    from phosphene.plugins.plugin import READY
    from phosphene.testing.examining import checked

    selected = (
        named_plugins(name)
        if name
        else [p for p in find_plugins(named_folders()) if p.state == READY]
    )
    if not selected:
        out.print("No plugin is installed.")
    failed = []
    for plugin in selected:
        out.print(styled((str(plugin), "bold")))
        with console.status("Checking ..."):
            why, rows = (plugin.error, []) if plugin.error else checked(plugin)
        shown = table("of", "", "check", "what must hold, and what was found")
        for row in rows:
            details = "\n".join(part for part in (row["problem"], row["fix"]) if part)
            mark = ("no", "red") if row["problem"] else ("ok", "green")
            what = styled(row["about"], (f"\n{details}" if details else "", "red"))
            shown.add_row(row["of"], styled(mark), row["check"], what)
        if why:
            out.print(styled(("no", "red"), f"   {why}"))
        elif rows:
            out.print(shown)
        else:
            out.print("It registers no modulator, feature, or engine with `examples` to check.")
        if why or any(row["problem"] for row in rows):
            failed.append(str(plugin))
    if failed:
        raise PluginError(f"does not keep its contract: {', '.join(failed)}", "Fix what failed.")


@plugins.command()
@click.argument("name")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path),
    help="Folder to write it into; default: here.",
)  # fmt: skip
def new(name: str, output: Path | None) -> None:
    """Write a complete plugin package, phosphene-NAME: pyproject, code, README, tests and CI.

    It can be installed, and passes its tests, without changes.
    """
    from phosphene.cli.terminal.console import out
    from phosphene.scaffold import write_package

    folder = write_package(name, output or Path.cwd())
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    place = shown if shown.is_absolute() else f"./{shown}"
    out.print(
        f"{place} written. Change what you like, then:\n"
        f"  phosphene plugins install --editable {place}\n"
        f"  phosphene plugins check {folder.name.removeprefix('phosphene-')}",
    )


@plugins.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--revoke", is_flag=True, help="Do not trust it any longer.")
def trust(folder: Path, revoke: bool) -> None:
    """Trust FOLDER, such as the `plugins` beside a project, as it is now: its .py files are loaded.

    They are code that runs with your permissions; read them first. After any change in the folder
    you are asked again.
    """
    from phosphene.cli.terminal.console import out
    from phosphene.errors import ProjectError
    from phosphene.plugins import trust as trusted
    from phosphene.plugins.discovery import files_in

    if revoke:
        had = trusted.distrust(folder)
        message = f"{folder} is no longer trusted." if had else f"{folder} was not trusted."
    elif files := files_in(folder):
        now = trusted.contents(folder.resolve())
        trusted.trust(folder, now)
        names = ", ".join(file.name for file in files)
        message = f"Trusted: {folder} ({names}; files in all: {len(now)}). Undo with --revoke."
    else:
        raise ProjectError(f"{folder} contains no plugin", "Name a folder with .py files.")
    out.print(message)


def _enable(plugins: Iterable[Plugin]) -> bool:
    """Enable these; return whether any was disabled."""
    from phosphene.plugins.trust import read_settings, write_settings

    settings, plugins = read_settings(), list(plugins)
    kept = [name for name in settings.disabled if not any(p.matches(name) for p in plugins)]
    changed = kept != settings.disabled
    if changed:
        settings.disabled = kept
        write_settings(settings)
    return changed


def plugin_table(plugins: Iterable[Plugin]) -> Table:
    """A row for each plugin, with what it registers or why it is not loaded."""
    from phosphene.cli.terminal.console import styled, table
    from phosphene.plugins.plugin import READY

    rows = table("plugin", "package", "version", "state", "hooks", "registers")
    for plugin in plugins:
        style = "" if plugin.state == READY else "red" if plugin.error else "yellow"
        registered = ", ".join(name for _, name in plugin.items) or plugin.why
        about = plugin.name, plugin.package or "a single file", plugin.version
        state = styled((plugin.state, style))
        rows.add_row(*about, state, ", ".join(plugin.hooks), registered)
    return rows


def as_data(plugin: Plugin) -> dict[str, Any]:
    """A plugin as JSON; what it registers is listed by kind."""
    registers: dict[str, list[str]] = {}
    for kind, name in plugin.items:
        registers.setdefault(kind, []).append(name)
    keys = ("name", "package", "version", "built_in", "state", "why", "fix", "hooks")
    file = None if plugin.file is None else str(plugin.file)
    return {key: getattr(plugin, key) for key in keys} | {"file": file, "registers": registers}

"""`phosphene plugins uninstall`: remove a plugin's package, whether or not it can be imported."""

from __future__ import annotations

import click


@click.command()
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def uninstall(name: str, yes: bool) -> None:
    """Remove the package of the plugin NAME, or the package NAME."""
    import sys

    from phosphene.cli.console import one_line, out
    from phosphene.cli.plugins.naming import meant
    from phosphene.errors import ProjectError
    from phosphene.plugins.pip import run_pip
    from phosphene.plugins.settings import read_settings, write_settings

    plugins = meant(name)
    packages = sorted({plugin.package for plugin in plugins})
    if "" in packages:
        files = ", ".join(str(plugin.file) for plugin in plugins if not plugin.package)
        raise ProjectError(f"'{name}' is a single file: {files}", "Remove that file yourself.")
    if not yes and sys.stdin.isatty():
        click.confirm(one_line(f"Remove {', '.join(packages)}?"), abort=True, err=True)
    run_pip("uninstall", "--yes", *packages)
    still = [package for package in packages if _is_there(package)]
    if still:
        raise ProjectError(
            f"{', '.join(still)} is still there: it lies outside of this environment",
            "Remove it with the tool that put it there.",
        )
    settings = read_settings()
    settings.disabled = [
        other for other in settings.disabled if not any(plugin.called(other) for plugin in plugins)
    ]
    write_settings(settings)
    out.print(f"Removed: {', '.join(packages)}")


def _is_there(package: str) -> bool:
    """Whether a new Python finds a package; in this one an editable one's folder is still known."""
    import subprocess
    import sys

    look = "import sys; from importlib.metadata import distribution; distribution(sys.argv[1])"
    words = [sys.executable, "-P", "-c", look, package]
    return subprocess.run(words, stderr=subprocess.DEVNULL, check=False).returncode == 0

"""`phosphene studio`: see and hear a project, and edit it, in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from phosphene.cli.inputs.options import FilePath


@click.command()
@click.argument("input", type=FilePath(), required=False)
@click.option("--idea", metavar="TEXT", default="", help="What the video of a song is about.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: a free one.")
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.")
def studio(input: Path | None, idea: str, port: int, browser: bool) -> None:
    """Open INPUT in the studio, a page in the browser.

    INPUT is a project file (.toml), or a song. For a song, the project file beside it is opened; if
    there is none, it is written as `phosphene new` does. Without INPUT, drop a song on the page.

    The page is served to this computer only. Ctrl-C ends it; renders continue the next time.
    """
    from phosphene.cli.inputs.registry import folders_for
    from phosphene.cli.terminal.console import one_line, show_logs, warn_of_broken
    from phosphene.plugins import load_plugins
    from phosphene.song.files import require_file
    from phosphene.studio.web.serving import require_installed, serve

    require_installed()
    if input is not None:
        input = input.absolute()
        require_file(input, "song or project file")
    show_logs()
    folders, refused = folders_for(input)
    registry = load_plugins(folders, refused)
    warn_of_broken(registry)

    def ready(url: str) -> None:
        click.echo(f"The studio is at {one_line(url)}")
        if browser:
            import webbrowser

            webbrowser.open(url)

    serve(input.parent if input else Path.cwd(), input, idea, registry, folders, port, ready)

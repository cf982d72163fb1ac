"""`phosphene listen`: what is heard in a song."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from phosphene.song.song import Song


@click.command()
@click.argument("input", type=click.Path(path_type=Path))
@click.option("--json", "report", type=click.Path(path_type=Path), help="Write it here.")
@click.option(
    "--clicks",
    type=click.Path(path_type=Path),
    metavar="OUT.wav",
    help="Write the song with a click on every beat, higher where a bar begins: .wav or .flac.",
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    metavar="OUT.png",
    help="Draw the sound by frequency, beats, bars and bands: .png or .svg.",
)
@click.option("--tracker", help="What finds the beats: bars, librosa, or a plugin's.")
def listen(
    input: Path,
    report: Path | None,
    clicks: Path | None,
    plot: Path | None,
    tracker: str | None,
) -> None:
    """Say what is heard in INPUT: duration, tempo, beats, bars, onsets, key, loudness.

    INPUT is a song, or a project file (.toml) whose [song] corrects what is heard.
    """
    import json
    import time

    from phosphene.cli.console import console, joined, one_line, out, styled
    from phosphene.cli.inputs import Options, hear, read_input
    from phosphene.cli.loading import named_folders, registry_for
    from phosphene.outputs import files_of, require_outputs, write_bytes, write_text
    from phosphene.song.report import as_json

    draw = _drawer(plot)
    if clicks:
        from phosphene.song.audio.clicks import require_format, write_clicks

        require_format(clicks)
    registry = registry_for(input)
    settings = [f"song.tracker={tracker}"] if tracker else []
    project = read_input(input, Options(settings=settings), registry)
    outputs = {"--json": report, "--clicks": clicks, "--plot": plot}
    require_outputs(outputs, files_of(input, project, named_folders()))
    source = project.song
    begun = time.monotonic()
    heard = hear(source, registry)
    with console.status("Key and loudness ..."):
        told = as_json(heard)
    lines = _lines(heard, told)
    out.print(styled((one_line(source.file.name), "bold")))
    for name, text in lines.items():
        out.print(f"  {name:<10} {text}")
    where = "found in the cache" if heard.shelf.recalled else "heard"
    out.print(f"  {where} in {time.monotonic() - begun:.1f} s")
    if report:
        write_text(report, json.dumps(told, indent=1) + "\n")
    if clicks:
        with console.status("Laying clicks over the song ..."):
            write_clicks(heard, clicks)
    if plot:
        with console.status("Drawing ..."):
            title = joined([source.file.name, *(lines[name] for name in _TITLE if name in lines)])
            write_bytes(plot, draw(heard, one_line(title)))
    for path in filter(None, (report, clicks, plot)):
        out.print(f"  written    {one_line(path)}")


_TITLE = ("tempo", "key", "loudness")


def _lines(song: Song, told: dict[str, Any]) -> dict[str, str]:
    """What is printed, by name; what was not heard is left out."""
    from phosphene.cli.console import clock

    lines = {"duration": f"{clock(song.duration)} ({song.duration:.3f} s)"}
    if len(song.beats):
        lines["tempo"] = f"{song.tempo:.1f} BPM, confidence {song.confidence:.0%}"
        bars = f"{len(song.beats)} in {len(song.downbeats)} bars of {song.metre}"
        lines["beats"] = f"{bars}, the first at {song.beats[0]:.2f} s"
    else:
        lines["tempo"] = "no beat was heard; beats and bars count at 120 BPM"
    lines["onsets"] = str(len(song.onsets))
    if told["key"]:
        lines["key"] = told["key"]
    if told["loudness"] is not None:
        lines["loudness"] = f"{told['loudness']:.1f} LUFS"
    return lines


def _drawer(plot: Path | None) -> Callable[[Song, str], bytes]:
    from phosphene.errors import ProjectError

    if plot is None:
        return lambda song, title: b""
    from phosphene.plotting.formats import SONG_FORMATS

    if plot.suffix.lower() not in SONG_FORMATS:
        raise ProjectError(
            f"--plot {plot}: the ending '{plot.suffix}' is unknown",
            f"Allowed: {', '.join(SONG_FORMATS)}.",
        )
    return SONG_FORMATS[plot.suffix.lower()]

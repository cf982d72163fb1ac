"""`phosphene listen`: the analysis of a song."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from phosphene.song.song import Song


@click.command()
@click.argument("input", type=click.Path(path_type=Path))
@click.option(
    "--json",
    "report",
    type=click.Path(path_type=Path),
    help="Write the analysis as JSON.",
)
@click.option(
    "--clicks",
    type=click.Path(path_type=Path),
    metavar="OUT.wav",
    help="Write the song with a click on every beat, higher on downbeats: .wav or .flac.",
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    metavar="OUT.png",
    help="Plot the spectrum, beats, bars, sections and bands: .png or .svg.",
)
@click.option("--tracker", help="Beat tracker: bars, librosa, or one of a plugin.")
def listen(
    input: Path,
    report: Path | None,
    clicks: Path | None,
    plot: Path | None,
    tracker: str | None,
) -> None:
    """Analyse INPUT: duration, tempo, beats, onsets, sections, key and loudness.

    INPUT is a song, or a project file (.toml) whose [song] corrects the beats and sections.
    """
    import json
    import time

    from phosphene.cli.inputs.options import Changes
    from phosphene.cli.inputs.projects import listen_to, read_input
    from phosphene.cli.inputs.registry import named_folders, registry_for
    from phosphene.cli.terminal.console import console, joined, one_line, out, styled
    from phosphene.outputs import require_outputs, write_bytes, write_text
    from phosphene.project.file import files_of
    from phosphene.song.report import as_json

    draw = _drawer(plot)
    if clicks:
        from phosphene.song.audio.clicks import require_format, write_clicks

        require_format(clicks)
    registry = registry_for(input)
    settings = [f"song.tracker={tracker}"] if tracker else []
    project = read_input(input, Changes(settings=settings), registry)
    outputs = {"--json": report, "--clicks": clicks, "--plot": plot}
    require_outputs(outputs, files_of(input, project, named_folders()))
    source = project.song
    begun = time.monotonic()
    song = listen_to(source, registry)
    with console.status("Key and loudness ..."):
        analysis = as_json(song)
    lines = _lines(song, analysis)
    out.print(styled((one_line(source.file.name), "bold")))
    for name, text in lines.items():
        out.print(f"  {name:<10} {text}")
    how = "found in the cache" if song.shelf.from_cache else "analysed"
    out.print(f"  {how} in {time.monotonic() - begun:.1f} s")
    if report:
        write_text(report, json.dumps(analysis, indent=1) + "\n")
    if clicks:
        with console.status("Mixing in the clicks ..."):
            write_clicks(song, clicks)
    if plot:
        with console.status("Drawing ..."):
            title = joined([source.file.name, *(lines[name] for name in _TITLE if name in lines)])
            write_bytes(plot, draw(song, one_line(title)))
    for path in filter(None, (report, clicks, plot)):
        out.print(f"  written    {one_line(path)}")


_TITLE = ("tempo", "key", "loudness")


def _lines(song: Song, analysis: dict[str, Any]) -> dict[str, str]:
    """The lines of the report, by name."""
    from phosphene.cli.terminal.console import minutes

    lines = {"duration": f"{minutes(song.duration)} ({song.duration:.3f} s)"}
    if len(song.beats):
        lines["tempo"] = f"{song.tempo:.1f} BPM, confidence {song.confidence:.0%}"
        bars = f"{len(song.beats)} in {len(song.downbeats)} bars of {song.metre}"
        lines["beats"] = f"{bars}, the first at {song.beats[0]:.2f} s"
    else:
        lines["tempo"] = "no beats found; positions in beats and bars count at 120 BPM"
    lines["onsets"] = str(len(song.onsets))
    if song.sections:
        lines["sections"] = ("\n" + " " * 13).join(_sections(song))
    if analysis["key"]:
        lines["key"] = analysis["key"]
    if analysis["loudness"] is not None:
        lines["loudness"] = f"{analysis['loudness']:.1f} LUFS"
    return lines


def _sections(song: Song) -> Iterator[str]:
    """One line per section: its start, bar, label, role and energy."""
    from phosphene.cli.terminal.console import minutes

    counts: Counter[str] = Counter()
    for section in song.sections:
        counts[section.role] += 1
        role = f"{section.role} {counts[section.role]}" if section.role else ""
        bar = f"bar {song.tempo_map.time_bar(section.start):.0f}" if len(song.beats) else ""
        about = f"energy {section.energy:.0%}, confidence {section.confidence:.0%}"
        yield f"{minutes(section.start)}  {bar:<8} {section.label[:12]:<3} {role:<9} {about}"


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

"""`phosphene listen`: what is heard in a song."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("song", type=click.Path(path_type=Path))
@click.option("--json", "report", type=click.Path(path_type=Path), help="Write it here.")
def listen(song: Path, report: Path | None) -> None:
    """Say what is heard in SONG: duration, tempo, beats, onsets."""
    import json

    from phosphene.cli.console import clock, out
    from phosphene.cli.inputs import hear
    from phosphene.cli.outputs import write_text
    from phosphene.song.report import as_json

    heard = hear(song)
    out.print(f"[bold]{song.name}[/]")
    out.print(f"  duration   {clock(heard.duration)} ({heard.duration:.3f} s)")
    if len(heard.beats):
        out.print(f"  tempo      {heard.tempo:.1f} BPM, confidence {heard.confidence:.0%}")
        out.print(f"  beats      {len(heard.beats)} in {len(heard.downbeats)} bars")
    else:
        out.print("  tempo      no beat was heard; beats and bars count at 120 BPM")
    out.print(f"  onsets     {len(heard.onsets)}")
    if report:
        write_text(report, json.dumps(as_json(heard), indent=1) + "\n")
        out.print(f"  written    {report}")

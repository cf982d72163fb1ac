"""`python -m benchmarks.motion [PROJECT]`, `python -m benchmarks.motion steady`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks.motion.figures import measure
from benchmarks.motion.rendering import Piece, reference_film
from benchmarks.motion.report import table
from benchmarks.motion.steady import CADENCE, REST, WORLDS, report, steady_shares
from phosphene.cli.inputs.options import Changes, project_options
from phosphene.errors import PhospheneError

DEMO = Path(__file__).parents[2] / "samples" / "nocturne.toml"


@click.command()
@click.argument("input", type=click.Path(path_type=Path), default=DEMO)
@click.option("--film", type=click.Path(path_type=Path), help="Measure this film of INPUT instead.")
@click.option("--muted", is_flag=True, help="Also render and measure it without its beat layers.")
@click.option("--article", is_flag=True, help="Also paint its Score with the reference loop.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the films in this folder.")
@project_options
def films(
    input: Path, film: Path | None, muted: bool, article: bool, keep: Path | None, **options: Any
) -> None:
    """Render INPUT, a project file or a song, and measure how visibly it moves.

    The film is decoded again. Accepts the options of `phosphene render`; with `--film`, give
    the options with which it was rendered.
    """
    piece = Piece.of(input, Changes(**options))
    if article and piece.spec.name != "worlds":
        raise click.UsageError("--article paints with the weights of `worlds`; use --model worlds.")
    with tempfile.TemporaryDirectory() as name:
        folder = keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        score, song = piece.score, piece.song
        shown = film or piece.film(score, folder / "film.mp4")
        found = {"the film": measure(shown, score, song)}
        if muted:
            calm = piece.muted()
            shown = piece.film(calm, folder / "muted.mp4")
            found["its beat muted"] = measure(shown, calm, song)
        if article:
            shown = reference_film(score, folder / "article.mp4")
            found["the reference loop"] = measure(shown, score, song)
    click.echo(table(found))


@click.command()
@click.option("--prompt", multiple=True, help="Replaces the ten worlds; can be repeated.")
@click.option("--frames", default=24, show_default=True, help="Number of steps of each film.")
@click.option("--strength", default=REST["strength"], show_default=True, help="Of every frame.")
@click.option("--renewal", default=REST["renewal"], show_default=True, help="Of every frame.")
@click.option("--cadence", default=CADENCE, show_default=True, help="Repaint every Nth frame.")
@click.option("--weights", type=click.Path(path_type=Path), help="Other weights of `worlds`.")
def steady(
    prompt: tuple[str, ...],
    frames: int,
    strength: float,
    renewal: float,
    cadence: int,
    weights: Path | None,
) -> None:
    """Measure the visible share of a constant zoom, turn and pan in each world."""
    rest = {"strength": strength, "renewal": renewal}
    click.echo(report(steady_shares(prompt or WORLDS, frames, rest, cadence, weights)))


def main() -> None:
    """Run `steady` if it is the first argument; any other is an input."""
    first, *rest = sys.argv[1:] or [""]
    command, arguments = (steady, rest) if first == "steady" else (films, sys.argv[1:])
    try:
        command.main(arguments, "python -m benchmarks.motion", standalone_mode=True)
    except PhospheneError as error:
        sys.exit(f"{error}\n{error.fix}")


if __name__ == "__main__":
    main()

"""`phosphene resume`: what is kept of renders that were stopped, and freeing it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click


@click.group()
def resume() -> None:
    """Show or free what is kept of renders that were stopped or made with --keep."""


@resume.command("list")
@click.argument("path", type=click.Path(path_type=Path), default=Path())
def list_command(path: Path) -> None:
    """Show what is kept of the films in a folder, or of one film: PATH."""
    from phosphene.cli.console import out

    found = list(_kept(path))
    for film, place, aside in found:
        about = _about(place)
        state = f"set aside as {place.name.removeprefix('aside-')}" if aside else "to go on from"
        out.print(
            f"{film}: {_frames(place)} frames, {_size(place) / 1e6:.1f} MB, {state}"
            f"{f' ({about})' if about else ''}",
            markup=False,
        )
    if not found:
        out.print(f"Nothing is kept of a film in {path}.", markup=False)


@resume.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--set-aside", is_flag=True, help="Only what was painted under other settings.")
def clean(paths: tuple[Path, ...], set_aside: bool) -> None:
    """Remove what is kept of films, or of all films in a folder: PATHS.

    The films themselves stay.
    """
    from phosphene.cli.console import out
    from phosphene.own_files import clear_own, locked

    places = [kept for path in paths for kept in _kept(path) if kept[2] or not set_aside]
    freed = 0
    for film, place, aside in places:
        with locked(place.parent if aside else place):
            freed += _size(place)
            clear_own(place)
            if aside and not any(place.iterdir()):
                place.rmdir()
        out.print(f"{film}: removed {place}", markup=False)
    out.print(f"{freed / 1e6:.1f} MB freed.")


def _kept(path: Path) -> Iterator[tuple[str, Path, bool]]:
    """The film's name, the folder, and whether it was set aside, of each run that is kept."""
    from phosphene.errors import ProjectError
    from phosphene.film.film import beside
    from phosphene.own_files import ASIDE, MARK, check_folder, state_files

    folders = sorted(path.glob(".*.resume")) if path.is_dir() else [beside(path, ".resume")]
    for folder in folders:
        if folder.is_symlink() or not (folder / MARK).is_file():
            continue
        try:
            check_folder(folder)
        except ProjectError as error:
            from phosphene.cli.console import warn

            warn(f"{error} {error.fix}")
            continue
        film = folder.name.removeprefix(".").removesuffix(".resume")
        for place in [folder, *(p for p in sorted(folder.iterdir()) if ASIDE.fullmatch(p.name))]:
            if state_files(place):
                yield film, place, place != folder


def _about(place: Path) -> str:
    from phosphene.own_files import ABOUT, read_own

    try:
        told = json.loads(read_own(place / ABOUT, 1 << 20))
        return str(told["settings"])
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return ""


def _frames(place: Path) -> int:
    from phosphene.film.checksums import FRAMES, SIZE

    sums = place / FRAMES
    return sums.stat().st_size // SIZE if sums.exists() else 0


def _size(place: Path) -> int:
    from phosphene.own_files import state_files

    return sum(path.stat().st_size for path in state_files(place))

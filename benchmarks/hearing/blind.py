"""Music not used for tuning or training: MIDI files of Debian's `simutrans-data` and `freedoom`.

Only files with reliable annotations, by `trustworthy`, are used; the rule was fixed before the
first evaluation.
"""

from __future__ import annotations

import struct
from pathlib import Path

from benchmarks.hearing.midi_truth import trustworthy

SIMUTRANS = Path("/usr/share/games/simutrans/music")
FREEDOOM = Path("/usr/share/games/doom")
_WADS = ("freedoom1.wad", "freedoom2.wad")


def tracks(work: Path) -> dict[str, list[Path]]:
    """The tracks by their source; those of Freedoom are written to the folder `work`."""
    return {"Simutrans": simutrans(), "Freedoom": freedoom(work)}


def simutrans(folder: Path = SIMUTRANS) -> list[Path]:
    """The tracks of Simutrans in order of their names.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    files = sorted(folder.glob("*.mid"))
    if not files:
        raise FileNotFoundError(f"{folder} has no MIDI files: apt-get install simutrans-data")
    return [file for file in files if trustworthy(file)]


def freedoom(work: Path, folder: Path = FREEDOOM) -> list[Path]:
    """The tracks of Freedoom's two games, each once, written to `work`.

    Raises
    ------
    FileNotFoundError
        If the games are not installed.
    """
    found: dict[bytes, Path] = {}
    for wad in _WADS:
        if not (folder / wad).exists():
            raise FileNotFoundError(f"{folder / wad} does not exist: apt-get install freedoom")
        for name, lump in _lumps((folder / wad).read_bytes()):
            if lump.startswith(b"MThd") and lump not in found:
                found[lump] = work / f"{name}.mid"
                found[lump].write_bytes(lump)
    return [file for file in found.values() if trustworthy(file)]


def _lumps(wad: bytes) -> list[tuple[str, bytes]]:
    """Name and content of each piece of music, `D_` before its name, in a WAD file."""
    _, n_lumps, directory = struct.unpack_from("<4sii", wad)
    rows = [struct.unpack_from("<ii8s", wad, directory + 16 * k) for k in range(n_lumps)]
    return [
        (name.rstrip(b"\0").decode("ascii")[2:].lower(), wad[start : start + size])
        for start, size, name in rows
        if name.startswith(b"D_")
    ]

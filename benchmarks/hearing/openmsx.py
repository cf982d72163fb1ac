"""The 31 tracks of Debian's `openttd-openmsx`: MIDI files of many styles, and their true beats."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path("/usr/share/games/openttd/baseset/openmsx")
TRACKS = 31


def tracks(folder: Path = FOLDER) -> dict[str, list[Path]]:
    """The tracks by half: in order of their names, the odd ones tune, the even ones test.

    Raises
    ------
    FileNotFoundError
        If they are not all there.
    """
    files = sorted(folder.glob("*.mid"))
    if len(files) != TRACKS:
        raise FileNotFoundError(
            f"{folder} holds {len(files)} of {TRACKS} tracks: apt-get install openttd-openmsx, or "
            "unpack it with `dpkg -x` and name the folder"
        )
    return {"tune": files[0::2], "test": files[1::2]}

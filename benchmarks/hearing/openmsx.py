"""The 31 tracks of Debian's `openttd-openmsx`: MIDI files of many styles, with annotated beats."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path("/usr/share/games/openttd/baseset/openmsx")
TRACKS = 31


def tracks(folder: Path = FOLDER) -> dict[str, list[Path]]:
    """The tracks by half: by name, odd ones are for tuning and even ones for testing.

    Raises
    ------
    FileNotFoundError
        If any is missing.
    """
    files = sorted(folder.glob("*.mid"))
    if len(files) != TRACKS:
        raise FileNotFoundError(
            f"{folder} has {len(files)} of {TRACKS} tracks: apt-get install openttd-openmsx, or "
            "unpack it with `dpkg -x` and pass the folder"
        )
    return {"OpenTTD, tune half": files[0::2], "OpenTTD, test half": files[1::2]}

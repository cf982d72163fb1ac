"""The 31 tracks of Debian's `openttd-openmsx`: MIDI files of many styles, and their true beats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np

from phosphene.song.beat_files import read_beats

FOLDER = Path("/usr/share/games/openttd/baseset/openmsx")
TRACKS = 31


@dataclass(frozen=True, eq=False)
class Truth:
    """The nominal beats and downbeats of a song, in seconds."""

    beats: np.ndarray
    downbeats: np.ndarray


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


def truth(midi: Path) -> Truth:
    """The grid that the file's tempo map and time signatures span, from its first note to its last.

    A beat is the note value under the signature, three of them in 6/8, 9/8 and 12/8; 4/4 where the
    file has none.
    """
    file = mido.MidiFile(midi)
    now, struck = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on" and message.velocity > 0:
            struck.append(now)
    pulse = read_beats(midi, now)
    first, last = struck[0] - 0.05, struck[-1] + 0.05

    def within(times: np.ndarray) -> np.ndarray:
        return times[(times >= first) & (times <= last)]

    return Truth(within(pulse.beats), within(pulse.downbeats))

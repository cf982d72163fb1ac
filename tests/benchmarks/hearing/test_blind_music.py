"""Which MIDI files are used as annotations, and how they are extracted from a WAD file."""

import struct
from pathlib import Path

import mido
import pytest

from benchmarks.hearing import blind
from benchmarks.hearing.midi_truth import trustworthy, truth

TICKS = 480


def _midi(path: Path, ticks: list[int], signature: tuple[int, int] | None = (3, 4)) -> Path:
    """A file of notes at `ticks`, at 120 BPM."""
    track = mido.MidiTrack()
    if signature:
        above, below = signature
        track.append(mido.MetaMessage("time_signature", numerator=above, denominator=below))
    now = 0
    for tick in ticks:
        track.append(mido.Message("note_on", note=60, velocity=80, time=tick - now))
        now = tick
    mido.MidiFile(tracks=[track], ticks_per_beat=TICKS).save(path)
    return path


def _loose(n: int) -> list[int]:
    return [TICKS * k + 60 for k in range(n)]  # an eighth of a quarter after each beat


@pytest.mark.parametrize(
    ("ticks", "signature", "trusted"),
    [
        ([0, 120, 160, 240, 480], (4, 4), True),  # sixteenths and triplets
        ([0, 480, 960], None, False),  # no time signature
        (sorted([0, 480, *_loose(2)]), (4, 4), False),  # half of the notes off the grid
        ([480 * k for k in range(18)] + [480 * 18 + 60, 480 * 19 + 60], (4, 4), True),  # a tenth
    ],
)
def test_a_file_with_a_metre_and_notes_on_its_grid_is_trusted(tmp_path, ticks, signature, trusted):
    assert trustworthy(_midi(tmp_path / "one.mid", ticks, signature)) is trusted


def test_other_files_are_not_trusted(tmp_path):
    path = tmp_path / "one.mid"
    path.write_bytes(b"MThd")
    assert not trustworthy(path)


def test_the_truth_spans_the_notes(tmp_path):
    found = truth(_midi(tmp_path / "one.mid", [480, 960, 2880]))
    assert found.beats.tolist() == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert found.downbeats.tolist() == [1.5, 3.0]


def test_music_is_extracted_from_a_wad_once(tmp_path):
    song = _midi(tmp_path / "song.mid", [0, 480]).read_bytes()
    lumps = [("MAP01", b"walls"), ("D_RUNNIN", song), ("D_STALKS", song), ("D_NOISE", b"MUS\x1a")]
    body = b"".join(content for _, content in lumps)
    rows, at = b"", 12
    for name, content in lumps:
        rows += struct.pack("<ii8s", at, len(content), name.encode())
        at += len(content)
    for wad in ("freedoom1.wad", "freedoom2.wad"):
        (tmp_path / wad).write_bytes(struct.pack("<4sii", b"IWAD", len(lumps), at) + body + rows)
    assert blind.freedoom(tmp_path, tmp_path) == [tmp_path / "runnin.mid"]
    assert (tmp_path / "runnin.mid").read_bytes() == song


@pytest.mark.parametrize(
    ("missing", "package"), [(blind.simutrans, "simutrans-data"), (blind.freedoom, "freedoom")]
)
def test_missing_files_are_named(tmp_path, missing, package):
    with pytest.raises(FileNotFoundError, match=f"apt-get install {package}"):
        missing(tmp_path) if package != "freedoom" else missing(tmp_path, tmp_path)

"""Beats from damaged and invented files: increasing times within the song, or a message."""

import json
import struct
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.errors import SongError
from phosphene.song.beats.beat_files import CLOSEST, read_beats
from phosphene.song.beats.pulse import Pulse
from tests.fuzz.hostile import fuzzed

DURATION = 10.0
NUMBERS = st.one_of(
    st.floats(0, 10),
    st.floats(),
    st.integers(),
    st.sampled_from([10**400, -1, 0, 1e308, "1", "²", "१", "nan", "inf", "1e400", "1_0", "0x1p3"]),
)


def reads(path: Path) -> None:
    """Whether a file gives beats, or a message with its name."""
    try:
        pulse = read_beats(path, DURATION)
    except SongError as refused:
        message = str(refused)
    else:
        is_pulse(pulse)
        return
    assert path.name in message


def is_pulse(pulse: Pulse) -> None:
    assert len(pulse.beats) >= 2
    assert pulse.beats[0] >= 0
    assert pulse.beats[-1] <= DURATION
    assert np.diff(pulse.beats).min() >= CLOSEST
    assert np.isin(pulse.downbeats, pulse.beats).all()
    assert 0 < pulse.tempo <= 60 / CLOSEST
    assert pulse.metre >= 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


LINES = st.lists(
    st.one_of(
        st.lists(NUMBERS | st.text(max_size=8), min_size=1, max_size=5).map(
            lambda columns: "\t".join(map(str, columns))
        ),
        st.tuples(st.floats(0, 10), st.sampled_from(" \t,;"), NUMBERS).map(
            lambda parts: "".join(map(str, parts))
        ),
        st.text(max_size=30),
    ),
    max_size=20,
)


@fuzzed(60, 2000)
@given(lines=LINES, ordered=st.booleans())
def test_text(folder: Path, lines: list[str], ordered: bool) -> None:
    text = "\n".join(sorted(lines) if ordered else lines)
    (folder / "song.beats").write_bytes(text.encode(errors="surrogatepass"))
    reads(folder / "song.beats")


@fuzzed(40, 1000)
@given(content=st.binary(max_size=200), ending=st.sampled_from(["txt", "beats", "jams", "mid"]))
def test_bytes(folder: Path, content: bytes, ending: str) -> None:
    (folder / f"song.{ending}").write_bytes(content)
    reads(folder / f"song.{ending}")


VALUES = st.recursive(
    NUMBERS | st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["time", "value", "position", "data"]), inner)
    ),
    max_leaves=8,
)
OBSERVATIONS = st.fixed_dictionaries({"time": NUMBERS, "value": VALUES})
ANNOTATIONS = st.fixed_dictionaries(
    {"namespace": st.sampled_from(["beat", "beat_position", "chord"]) | VALUES},
    optional={"data": st.lists(OBSERVATIONS | VALUES, max_size=8) | VALUES},
)


@fuzzed(60, 2000)
@given(document=st.fixed_dictionaries({"annotations": st.lists(ANNOTATIONS | VALUES)}) | VALUES)
def test_jams(folder: Path, document: object) -> None:
    (folder / "song.jams").write_text(json.dumps(document))
    reads(folder / "song.jams")


def midi(path: Path) -> bytes:
    """A MIDI file with tempi and time signatures."""
    said = [
        mido.MetaMessage("set_tempo", tempo=400_000),
        mido.MetaMessage("time_signature", numerator=3, denominator=4),
        mido.MetaMessage("key_signature", key="C"),
        mido.Message("note_on", note=60, time=200),
        mido.MetaMessage("set_tempo", tempo=600_000, time=900),
        mido.MetaMessage("time_signature", numerator=6, denominator=8, time=77),
    ]
    mido.MidiFile(ticks_per_beat=96, tracks=[mido.MidiTrack(said)]).save(path)
    return path.read_bytes()


@fuzzed(100, 2000)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 120), st.binary(min_size=1, max_size=4) | st.just(b"")),
        min_size=1,
        max_size=4,
    ),
    length=st.none() | st.integers(0, 120),
)
def test_midi(folder: Path, changes: list[tuple[int, bytes]], length: int | None) -> None:
    content = midi(folder / "song.mid")
    for place, new in changes:
        content = content[:place] + new + content[place + len(new) + (not new) :]
    if length is not None:
        track = content[22:length]
        content = content[:18] + struct.pack(">I", len(track)) + track
    (folder / "song.mid").write_bytes(content)
    reads(folder / "song.mid")

"""Beats from files of three kinds, and every mistake in them by its line."""

import json
import os
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

from phosphene.errors import SongError
from phosphene.song.beats.beat_files import read_beats


@pytest.fixture
def text(tmp_path: Path):
    def write(content: str, name: str = "song.beats") -> Path:
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    "content",
    [
        "0.5 1\n1.0 2\n1.5 3\n2.0 1\n2.5 2\n3.0 3\n",
        "# made by hand\n0.5\t1\n1.0\t2\n\n1.5\t3  # soft\n2.0\t1\n2.5\t2\n3.0\t3",
        "\ufeff0.5, 1\r\n1.0, 2\r\n1.5, 3\r\n2.0, 1\r\n2.5, 2\r\n3.0, 3\r\n",
        "0.5 0.5 1\n1 1 2\n1.5 1.5 3\n2 2 1\n2.5 2.5 2\n3.0 3.0 3\n",
        "5.000e-01 1.000e+00\n1.0 2.0\n1.5 3.0\n2 1\n2.5 2\n3 3",
    ],
)
def test_text(text, content: str) -> None:
    pulse = read_beats(text(content), 10.0)
    assert pulse.beats.tolist() == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert pulse.downbeats.tolist() == [0.5, 2.0]
    assert (pulse.metre, pulse.tempo, pulse.confidence) == (3, 120, 1.0)


@pytest.mark.parametrize(
    "content",
    [
        "0.500000\t0.500000\tverse\n1.000000\t1.000000\tbeat 1\n1.500000\t1.500000\tyeah, #1\n",
        "0.500000\t0.500000\t\n1.000000\t1.000000\t\n1.500000\t1.500000\t\n",
        "0.500000\t0.900000\t\n1.000000\t1.000000\t\n1.500000\t2.000000\tend\n",
        "0.500000\t0.900000\n1.000000\t1.000000\n1.500000\t2.000000\n",
        "0.500000\t0.500000\n1.000000\t1.000000\n1.500000\t1.500000\n",
        "0.5\t0.9\ta\n\\\t100.000000\t2000.000000\n1.0\t1.2\tb\n1.5\t1.9\tc\n",
        "0.5,New Point\n1.0,New Point\n1.5,New Point\n",
        "0.5,120.5,a quiet one\n1.0,120.7,x\n1.5,121.0,y\n",
        "0.5 0.5 verse one\n1.0 1.0 -\n1.5 1.5 1.2\n",
    ],
)
def test_labels_of_editors(text, content: str) -> None:
    pulse = read_beats(text(content, "labels.txt"), 10.0)
    assert pulse.beats.tolist() == [0.5, 1.0, 1.5]
    assert pulse.downbeats.tolist() == [0.5]


def test_numbers_in_labels_begin_bars(text) -> None:
    pulse = read_beats(text("0.5\t0.5\t2\n1.0\t1.2\tdrums\n1.5\t1.5\t1\n2\t2\t\n2.5\t3\t1"), 10.0)
    assert pulse.beats.tolist() == [0.5, 1.0, 1.5, 2.0, 2.5]
    assert pulse.downbeats.tolist() == [1.5, 2.5]
    assert pulse.metre == 2


def test_times_alone_make_bars_of_four_from_the_first(text) -> None:
    pulse = read_beats(text("\n".join(f"{k / 2}" for k in range(9))), 10.0)
    assert pulse.downbeats.tolist() == [0.0, 2.0, 4.0]


def test_beats_outside_the_song_are_dropped(text) -> None:
    assert read_beats(text("-1\n0\n1\n2\n3\n"), 2.5).beats.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("0.5\n1.0\nbar two\n", r"song.beats, line 3: got 'bar two'; expected a beat"),
        ("0.5 1\n\n1.0 1.5\n", "line 3: got '1.0 1.5'"),
        ("0.5\nnan\n", "line 2"),
        ("0.5\ninf\n", "line 2"),
        ("0.5 inf\n", "line 1"),
        ("0.5 -1\n1\n", "line 1"),
        ("1 2 3 4\n", "line 1"),
        ("0.5\n2.0\n1.0\n", r"beat 3, at 1 s, does not come after the previous one, at 2 s"),
        ("1.0\n1.0\n", "beat 2"),
        ("1.0\n1.0000001\n", "less than 0.02 s after it"),
        ("99\n100\n", r"has 0 beats within the song's 10.0 s"),
        ("0.5\n", "has 1 beats"),
    ],
)
def test_mistakes_in_text(text, content: str, message: str) -> None:
    with pytest.raises(SongError, match=message):
        read_beats(text(content), 10.0)


def test_a_missing_file(text) -> None:
    path = text("1\n2\n")
    with pytest.raises(SongError, match="no such file with beats") as error:
        read_beats(path.with_name("sonf.beats"), 10.0)
    assert "song.beats" in error.value.fix


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "song.txt").write_bytes(bytes(range(256)))
    with pytest.raises(SongError, match="is not text in UTF-8"):
        read_beats(tmp_path / "song.txt", 10.0)


def jams(namespace: str, data: Any) -> str:
    other = {"namespace": "chord", "data": [{"time": 0, "duration": 1, "value": "C"}]}
    return json.dumps(
        {"annotations": [other, {"namespace": namespace, "data": data}], "file_metadata": {}}
    )


TIMES, PLACES = [0.5, 1.0, 1.5, 2.0], [2, 1, 2, 1]


@pytest.mark.parametrize(
    ("namespace", "data"),
    [
        ("beat", [{"time": t, "duration": 0.0, "value": p, "confidence": None} for t, p in zip(TIMES, PLACES, strict=True)]),
        ("beat", {"time": TIMES, "duration": [0] * 4, "value": PLACES, "confidence": [1] * 4}),
        ("beat_position", [{"time": t, "duration": 0, "value": {"position": p, "measure": 1, "num_beats": 2, "beat_units": 4}} for t, p in zip(TIMES, PLACES, strict=True)]),
    ],
)  # fmt: skip
def test_jams(text, namespace: str, data: Any) -> None:
    pulse = read_beats(text(jams(namespace, data), "song.jams"), 10.0)
    assert pulse.beats.tolist() == TIMES
    assert pulse.downbeats.tolist() == [1.0, 2.0]
    assert pulse.metre == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"annotations": [\n  {"namespace": beat}]}', "song.jams, line 2: this is not JSON"),
        ("[]", "has no beats"),
        ('{"annotations": null}', "has no beats"),
        (jams("segment_open", []), "has no beats: no annotation of the namespace beat"),
        (jams("beat", [{"duration": 0}]), "observation 0"),
        (jams("beat", [{"time": "soon", "value": 1}]), "observation 0"),
        (jams("beat", ["x"]), "observation 0"),
        (jams("beat", []), "has 0 beats"),
        ('{"annotations": 5}', "has no beats"),
        ('{"annotations": [5, null, {"namespace": ["beat"]}]}', "has no beats"),
        (jams("beat", None), "data of the beats is None; expected a list"),
        (jams("beat", 5), "data of the beats is 5"),
        (jams("beat", {"time": 1, "value": 2}), "expected a list"),
        (jams("beat", {"time": [1, 2]}), "expected a list"),
        (jams("beat", [None, 5]), "observation 0"),
        (jams("beat", [{"time": 1, "value": {"position": [1]}}]), "observation 0"),
        (jams("beat", [{"time": 1, "value": float("inf")}]), "observation 0"),
        (jams("beat", [{"time": 10**400, "value": 1}]), "observation 0"),
        (jams("beat", []).replace("0", "1" * 5000), "is not a JAMS file"),
        ("[" * 100_000, "is not a JAMS file"),
    ],
)
def test_mistakes_in_jams(text, content: str, message: str) -> None:
    with pytest.raises(SongError, match=message):
        read_beats(text(content, "song.jams"), 10.0)


def midi(tmp_path: Path, *messages: mido.MetaMessage, kind: int = 1) -> Path:
    file = mido.MidiFile(type=kind, ticks_per_beat=480)
    file.tracks.append(mido.MidiTrack(messages))
    file.tracks.append(mido.MidiTrack([mido.Message("note_on", note=60, time=10)]))
    file.save(tmp_path / "song.mid")
    return tmp_path / "song.mid"


def tempo(bpm: float, after: int = 0) -> mido.MetaMessage:
    return mido.MetaMessage("set_tempo", tempo=round(60e6 / bpm), time=after)


def signature(above: int, below: int, after: int = 0) -> mido.MetaMessage:
    return mido.MetaMessage("time_signature", numerator=above, denominator=below, time=after)


def test_midi_counts_the_tempo_map_to_the_end_of_the_song(tmp_path: Path) -> None:
    # A bar of 4 at 120, then 3/4 at 60.
    path = midi(tmp_path, tempo(120), signature(4, 4), tempo(60, 1920), signature(3, 4))
    pulse = read_beats(path, 9.5)
    np.testing.assert_allclose(pulse.beats, [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9])
    np.testing.assert_allclose(pulse.downbeats, [0, 2, 5, 8])
    assert pulse.metre == 3


def test_midi_in_six_eight_has_two_beats_in_a_bar(tmp_path: Path) -> None:
    pulse = read_beats(midi(tmp_path, tempo(120), signature(6, 8)), 3.0)
    np.testing.assert_allclose(pulse.beats, [0, 0.75, 1.5, 2.25, 3.0])
    np.testing.assert_allclose(pulse.downbeats, [0, 1.5, 3.0])


def test_midi_without_tempo_is_120_in_four(tmp_path: Path) -> None:
    pulse = read_beats(midi(tmp_path), 4.2)
    np.testing.assert_allclose(pulse.beats, np.arange(9) / 2)
    np.testing.assert_allclose(pulse.downbeats, [0, 2, 4])


def test_a_tempo_that_changes_within_a_beat(tmp_path: Path) -> None:
    pulse = read_beats(midi(tmp_path, tempo(60), tempo(120, 240)), 3.0)
    np.testing.assert_allclose(pulse.beats[:4], [0, 0.75, 1.25, 1.75])


@pytest.mark.parametrize("power", [10, 30, 255])
def test_midi_with_more_beats_than_a_song_has(tmp_path: Path, power: int) -> None:
    path = midi(tmp_path, signature(4, 4))
    content = bytearray(path.read_bytes())
    content[content.index(b"\xff\x58") + 4] = power  # the denominator is this power of 2
    path.write_bytes(content)
    with pytest.raises(SongError, match=r"more than 50 beats per second.*4/"):
        read_beats(path, 10.0)


def test_midi_that_is_longer_than_the_song(tmp_path: Path) -> None:
    for below in (4, 1 << 54):
        path = midi(tmp_path, tempo(120), signature(3, below, after=480 * 10_000))
        assert read_beats(path, 1.2).beats.tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("name", ["song.beats", "song.jams", "song.mid"])
def test_pipes_are_refused(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(SongError, match="is a named pipe, not a file with beats"):
        read_beats(tmp_path / name, 10.0)


def test_mistakes_in_midi(tmp_path: Path) -> None:
    with pytest.raises(SongError, match="type 2"):
        read_beats(midi(tmp_path, kind=2), 4.0)
    path = tmp_path / "song.mid"
    path.write_bytes(b"no MIDI at all")
    with pytest.raises(SongError, match="is not a readable MIDI file"):
        read_beats(path, 4.0)
    content = midi(tmp_path, tempo(100)).read_bytes()
    for length in range(1, len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(SongError):
            read_beats(path, 0.1)

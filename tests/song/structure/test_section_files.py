import json

import mido
import pytest

from phosphene.errors import SongError
from phosphene.song.structure.section_files import read_sections

TWO = [(0.0, None, "intro"), (62.5, None, "Chorus 1")]


def jams(*rows: dict, namespace: str = "segment_open") -> str:
    return json.dumps({"annotations": [{"namespace": namespace, "data": list(rows)}]})


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.txt", "0 intro\n1:02.5 Chorus 1\n", TWO),
        ("a.txt", "# mine\n0.0, intro\n62.5; Chorus 1  # loud\n", TWO),
        ("a.txt", "0.0\t0.0\tintro\n62.5\t62.5\tChorus 1\n", TWO),
        ("a.txt", "0.0\t10\tintro\n\\\t100\t200\n62.5\t80.25\tChorus 1\n", [(0.0, 10.0, "intro"), (62.5, 80.25, "Chorus 1")]),
        ("a.lab", "0 10 intro\n62.5 80.25 Chorus 1", [(0.0, 10.0, "intro"), (62.5, 80.25, "Chorus 1")]),
        ("a.csv", "#,Name,Start\nM1,intro,0:00.0\nM2,Chorus 1,1:02.5\n", TWO),
        ("a.csv", "Name\tStart\tDuration\nintro\t0:00.0\t0\nChorus 1\t1:02.5\t0\n", TWO),
        ("a.lrc", "[ar: someone]\n[00:00.00][intro]\n[00:09.00]a line that is sung\n[01:02.50]Chorus 1\n", TWO),
        ("a.lrc", "[offset:+500]\n[00:00.50](intro)\n[01:03.00]Chorus 1\n", TWO),
        ("a.lrc", "[Offset : -500 ]\n[00:00.00][intro]\n[01:02.00]Chorus 1\n", [(0.5, None, "intro"), TWO[1]]),
        ("a.lrc", "[00:10.00][00:50.00]Chorus\n", [(10.0, None, "Chorus"), (50.0, None, "Chorus")]),
        ("a.jams", jams({"time": 0, "duration": 0, "value": "intro"}, {"time": 62.5, "duration": 9.5, "value": "Chorus 1"}), [(0.0, None, "intro"), (62.5, 72.0, "Chorus 1")]),
        ("a.json", jams({"time": 3, "duration": 4.0, "value": "A"}, namespace="segment_salami_upper"), [(3.0, 7.0, "A")]),
        ("a.txt", "62.5 Chorus 1\n0 intro\n500 too late\n", TWO),
    ],
)  # fmt: skip
def test_sections_are_read(tmp_path, name, text, found):
    path = tmp_path / name
    path.write_text(text)
    assert read_sections(path, 100.0) == found


def test_midi_markers_follow_the_tempo_map(tmp_path):
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=500_000))
    track.append(mido.MetaMessage("marker", text="intro"))
    track.append(mido.MetaMessage("set_tempo", tempo=1_000_000, time=4 * 480))  # at 2 s
    track.append(mido.MetaMessage("marker", text="drop", time=3 * 480))
    file = mido.MidiFile()
    file.tracks.append(track)
    file.save(tmp_path / "a.mid")
    assert read_sections(tmp_path / "a.mid", 100.0) == [(0.0, None, "intro"), (5.0, None, "drop")]


@pytest.mark.parametrize(("charset", "text"), [("utf-8", "Réfrain 夜"), ("latin-1", "Réfrain")])
def test_midi_markers_are_in_utf_8_or_latin_1(tmp_path, charset, text):
    track = mido.MidiTrack([mido.MetaMessage("marker", text=text)])
    mido.MidiFile(tracks=[track], charset=charset).save(tmp_path / "a.mid")
    assert read_sections(tmp_path / "a.mid", 100.0) == [(0.0, None, text)]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt", "0 intro\nchorus\n", r"a.txt, line 2: got 'chorus'; expected a section"),
        ("a.txt", "12.5\n", r"line 1: got '12.5'"),
        ("a.txt", "9\t3\tbackwards\n", r"line 1"),
        ("a.txt", "-1 early\n", r"line 1"),
        ("a.csv", "Name,Start\nintro,soon\n", r"line 2: got 'intro,soon'"),
        ("a.txt", "200 late\n", r"no section within the song's 100.0 s"),
        ("a.lrc", "[00:01.00]only lyrics\n", r"no section within"),
        ("a.jams", "{}", r"no sections: no annotation of the namespace segment_open"),
        ("a.jams", jams({"value": "A"}), r"observation 0 of the sections"),
        ("a.jams", "{", r"line 1: this is not JSON"),
        ("a.mid", "no", r"not a readable MIDI file"),
    ],
)
def test_mistakes_are_named(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(SongError, match=message):
        read_sections(path, 100.0)


def test_text_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"0 \xff\xfe")
    with pytest.raises(SongError, match="not text in UTF-8"):
        read_sections(tmp_path / "a.txt", 10.0)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SongError, match=r"none.txt: no such file with sections"):
        read_sections(tmp_path / "none.txt", 10.0)

"""Lyrics from LRC and SubRip files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.errors import SongError
from phosphene.song.lyrics import Line, read_lyrics

LRC = """[ar:Someone]
[00:01.00]first line
[00:03.50] <00:03.50>second <00:04.00>line

[00:06.00]
[00:02.00][00:07:25]again
"""
SRT = """1
00:00:01,000 --> 00:00:02,500
<i>first</i> line
in two

2
00:00:04,000 --> 00:00:05,000 X1:10
{\\an8}second

00:00:06.5 --> 00:00:07.05
without a number
"""


@pytest.fixture
def read(tmp_path):
    def make(name, text, duration=10.0):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_lyrics(path, duration)

    return make


def test_a_line_of_lrc_ends_where_the_next_begins(read):
    assert read("song.lrc", LRC) == [
        Line(1.0, 2.0, "first line"),
        Line(2.0, 3.5, "again"),
        Line(3.5, 6.0, "second line"),
        Line(7.25, 10.0, "again"),
    ]


def test_a_positive_offset_is_earlier_and_lines_at_one_time_are_together(read):
    text = "[offset:+500]\n[00:01.00]hello\n[00:01.00]hallo\n[00:12.00]late"
    assert read("song.lrc", text) == [Line(0.5, 10.0, "hello\nhallo")]


def test_lines_that_an_offset_moves_before_the_song_are_over(read):
    text = "[offset:2000]\n[00:00.50]title\n[00:01.50]one\n[00:05.00]two"
    assert read("song.lrc", text) == [Line(0.0, 3.0, "one"), Line(3.0, 10.0, "two")]


def test_srt(read):
    assert read("song.srt", SRT) == [
        Line(1.0, 2.5, "first line\nin two"),
        Line(4.0, 5.0, "second"),
        Line(6.005, 7.005, "without a number"),
    ]


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b"])
def test_only_line_ends_end_a_line(read, sign):
    both = f"one{sign}{sign}two"
    assert read("song.lrc", f"[00:01.00]{both}\r\n[00:02.00]\r\n") == [Line(1.0, 2.0, both)]
    assert read("song.srt", f"00:00:01,000 --> 00:00:02,000\r\n{both}") == [Line(1.0, 2.0, both)]


def test_lines_beyond_the_song_are_dropped_or_cut(read):
    assert read("song.srt", SRT, 4.5)[-1] == Line(4.0, 4.5, "second")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.txt", "hello", r"lyrics are \.lrc or \.srt files"),
        ("a.lrc", "", "is empty"),
        ("a.lrc", "[ar:x]", "no line of lyrics within the song's 10.0 s"),
        ("a.lrc", "[00:20.00]late", "no line of lyrics"),
        ("a.lrc", "[00:01.00]a\nwords", r"a\.lrc, line 2: got 'words'; expected `\[01:02"),
        ("a.lrc", "[offset:soon]\n[00:01.00]a", r"line 1: got '\[offset:soon\]'"),
        ("a.lrc", b"[00:01.00]\xff\xfe", "not text in UTF-8"),
        ("a.srt", "1\n00:00:01 --> 00:00:02\na", "a.srt, line 2: got '00:00:01 --> 00:00:02'"),
        ("a.srt", "00:00:02,000 --> 00:00:01,000\na", "line 1: .* not before the start"),
        ("a.srt", "just text", "line 1: got 'just text'"),
    ],
)
def test_a_bad_file_is_named_with_its_line(read, name, text, says):
    with pytest.raises(SongError, match=says):
        read(name, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SongError, match=r"song\.lrc: no such file with lyrics"):
        read_lyrics(tmp_path / "song.lrc", 10.0)


@given(st.text("[]0123456789:.,->\n a", max_size=60), st.sampled_from([".lrc", ".srt"]))
def test_any_text_is_read_or_refused(tmp_path_factory, text, ending):
    path = tmp_path_factory.getbasetemp() / f"any{ending}"
    path.write_text(text)
    try:
        lines = read_lyrics(path, 10.0)
    except SongError:
        return
    assert all(0.0 <= line.start <= line.end <= 10.0 and line.text for line in lines)

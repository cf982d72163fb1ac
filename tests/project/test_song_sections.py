from dataclasses import replace

import numpy as np
import pytest
import soundfile

from phosphene.errors import PhospheneError, ProjectError, SongError
from phosphene.project.file import make_project
from phosphene.project.listening import song_of
from phosphene.song import Section
from phosphene.testing import synthetic_song


@pytest.fixture
def clicks(tmp_path, monkeypatch):
    """A folder with song.wav, eight seconds with a click every half second, and an empty cache."""
    monkeypatch.setenv("PHOSPHENE_CACHE", str(tmp_path / "cache"))
    sound = np.zeros(8 * 22050)
    for beat in np.arange(0.0, 8.0, 0.5):
        sound[round(beat * 22050) : round(beat * 22050) + 400] = np.sin(np.arange(400) * 0.4)
    soundfile.write(tmp_path / "song.wav", 0.5 * sound, 22050)
    return tmp_path


@pytest.fixture
def sections(clicks, registry):
    def of(**song: object) -> list[tuple[float, float, str, str]]:
        data = {"song": {"file": "song.wav", "bpm": 120, **song}}
        made = song_of(make_project(data, clicks / "p.toml", registry).song, registry)
        return [(round(s.start, 1), round(s.end, 1), s.label, s.role) for s in made.sections]

    return of


def test_sections_are_given_by_position(sections):
    given = {"4s": "Chorus 1", "beat 1": "Intro", "75%": "theme"}
    placed = sections(sections=given)
    assert [part[:3] for part in placed] == [
        (0.0, 4.0, "Intro"),
        (4.0, 6.0, "Chorus"),
        (6.0, 8.0, "theme"),
    ]
    assert [part[3] for part in placed][:2] == ["intro", "chorus"]


def test_sections_are_read_from_a_file_beside_the_project(sections, clicks):
    (clicks / "form.txt").write_text("0 intro\n0:04 drop\n")
    assert sections(sections="form.txt") == [
        (0.0, 4.0, "intro", "intro"),
        (4.0, 8.0, "drop", "drop"),
    ]


def test_sections_shift_by_bars(sections):
    shifted = sections(sections={"0s": "intro", "4s": "drop"}, section_bars=-1)
    assert [part[:2] for part in shifted] == [(0.0, 2.0), (2.0, 8.0)]


@pytest.mark.parametrize(("corrections", "boundary"), [({}, 5.0), ({"downbeat": 2}, 4.5)])
def test_detected_sections_move_to_bars_only_if_those_are_corrected(
    clicks, registry, monkeypatch, corrections, boundary
):
    heard = replace(synthetic_song(8.0), sections=(Section(0, 5, "A"), Section(5, 8, "B")))
    monkeypatch.setattr("phosphene.song.listening.listen", lambda *_: heard)
    project = make_project(
        {"song": {"file": "song.wav", **corrections}}, clicks / "p.toml", registry
    )
    assert [part.start for part in song_of(project.song, registry).sections] == [0.0, boundary]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({}, ProjectError, r"song\.sections.*expected a file, or positions and names"),
        ({"30": "intro"}, ProjectError, r"song\.sections.*got '30'; expected bar 9"),
        ({"chorus": "intro"}, ProjectError, r"song\.sections.*expected bar 9"),
        ({"bar 1": " "}, ProjectError, r"song\.sections.*has no name"),
        (
            {"bar 99": "intro"},
            ProjectError,
            r"song\.sections: position 'bar 99' is outside the song",
        ),
        (
            {"2s": "a", "2.0s": "b"},
            ProjectError,
            r"song\.sections: '2s' and '2.0s' are the same time",
        ),
        ("none.txt", SongError, r"none.txt: no such file with sections"),
    ],
)
def test_a_mistake_names_its_entry(sections, given, error, message):
    with pytest.raises(PhospheneError, match=message) as raised:
        sections(sections=given)
    assert raised.type is error

"""How a film was made, written to it and read from it."""

import hashlib
import re
from fractions import Fraction

import numpy as np
import pytest

from phosphene.errors import ProjectError
from phosphene.film.ffmpeg import MARK
from phosphene.film.film import Film
from phosphene.film.mark import is_ours
from phosphene.film.record import LARGEST, Record, as_metadata, project_fields, read_record

TEXT = 'title = "a = b; #c \\\\ [d] é ☃ \\u001b"\n\n[song]\nfile = "x.wav"\n'
RECORD = Record(
    phosphene="0.1", source="a;b=c#.toml", song="what = love?.wav", seed=2**61,
    versions={"torch": "2.4"}, **project_fields(TEXT),
)  # fmt: skip


def film(path, record, **more):
    with Film(path, 64, 48, Fraction(15), record=record, **more) as made:
        made.write(np.zeros((48, 64, 3), np.uint8))
    return path


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm"])
def test_a_record_is_read_back_as_written(tmp_path, ending):
    path = film(tmp_path / f"film.{ending}", RECORD)
    assert read_record(path) == RECORD
    assert is_ours(path)


def test_a_project_of_the_largest_size_is_kept_in_full(tmp_path):
    text = "# " + "=\\;#\n" * ((LARGEST - 2) // 5)
    record = Record(phosphene="0.1", **project_fields(text))
    assert read_record(film(tmp_path / "film.mp4", record)).project == text
    assert is_ours(tmp_path / "film.mp4")


def test_names_that_are_not_utf_8_are_shown_with_question_marks(tmp_path):
    text = '[song]\nfile = "love\udcff.wav"\n'
    given = Record(phosphene="0.1", song="love\udcff.wav", **project_fields(text))
    record = read_record(film(tmp_path / "film.mp4", given))
    assert (record.song, record.project) == ("love?.wav", '[song]\nfile = "love?.wav"\n')
    assert record.digest == hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def test_of_a_larger_project_the_digest_is_kept():
    long = project_fields("#" * (LARGEST + 1))
    assert long["project"] == ""
    assert len(long["digest"]) == 64


def test_no_line_of_the_project_ends_the_metadata():
    lines = as_metadata(RECORD).splitlines()
    assert lines[0] == ";FFMETADATA1"
    assert lines[1] == f"comment={MARK}"
    assert len(lines) == 3


@pytest.mark.parametrize("ending", ["gif", "mp4"])
def test_a_film_without_a_record(tmp_path, ending):
    path = film(tmp_path / f"film.{ending}", None)
    with pytest.raises(ProjectError, match="has no record of how it was made"):
        read_record(path)


def test_a_foreign_file(tmp_path):
    (tmp_path / "film.mp4").write_text("a letter")
    with pytest.raises(ProjectError, match="was not made by Phosphene"):
        read_record(tmp_path / "film.mp4")
    with pytest.raises(ProjectError, match="cannot be read"):
        read_record(tmp_path / "none.mp4")


@pytest.mark.parametrize(
    ("json", "expected"),
    [("[1, 2", "its text"), ('{"phosphene": 3}', "phosphene"),
     ('{"phosphene": "1", "seed": -1}', "seed"),
     ('{"phosphene": "1", "project": ' + f'"{"a" * (LARGEST + 1)}"' + "}", "project"),
     ("[" * 100_000, "its text")],
    ids=["cut", "type", "range", "too long", "deep"],
)  # fmt: skip
def test_a_damaged_record_is_named(tmp_path, monkeypatch, json, expected):
    monkeypatch.setattr(
        "phosphene.film.film.as_metadata",
        lambda record: re.sub(
            "(?<=phosphene=).*", lambda _: json.replace("=", "\\="), as_metadata(record)
        ),
    )
    path = film(tmp_path / "film.mp4", RECORD)
    with pytest.raises(ProjectError, match=f"record of how it was made is damaged: {expected}"):
        read_record(path)

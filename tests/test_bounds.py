"""Values beyond the limits are rejected with their entry, before any work."""

import re
from pathlib import Path

import pytest

from phosphene import bounds
from phosphene.bounds import entry, file_name, limit_problems, parse_toml
from phosphene.errors import ProjectError
from phosphene.project.file import make_project, read_data
from phosphene.testing import synthetic_song, timeline

DOCS = Path(__file__).parent.parent / "docs"
SONG = {"song": {"file": "a.wav"}}


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000, "a = " + "{a = " * 100_000, "a." * 20_000 + "a = 1", "'a' ." * 20_000,
        "[" + "a." * 20_000 + "a]", "x = 1\ny = [[1], " + "[" * 33,
    ],
    ids=range(6),
)  # fmt: skip
def test_deep_nesting_is_rejected_before_parsing(text):
    with pytest.raises(ValueError, match=r"line \d is nested more than 32 deep"):
        parse_toml(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["', "[" * 35),
        ("a = '" + "." * 50 + "'  # " + "[" * 50, "." * 50),
        ('a = """' + '"\\"[\n' * 40 + '""""', '""[\n' * 40 + '"'),
        ("a = '''" + "{." * 40 + "''''", "{." * 40 + "'"),
        ("a = [" + "1.5, " * 100 + "]", [1.5] * 100),
        ("a = " + "[" * 32 + "]" * 32, eval("[" * 32 + "]" * 32)),
    ],
    ids=range(6),
)
def test_brackets_and_dots_in_strings_and_comments_are_ignored(text, value):
    assert parse_toml(text) == {"a": value}


def test_a_number_with_more_digits_than_python_reads_is_an_error(tmp_path):
    (tmp_path / "p.toml").write_text("a = " + "9" * 5000)
    with pytest.raises(ProjectError, match=r"not valid TOML.*4300 digits"):
        read_data(tmp_path / "p.toml")


def test_large_files_devices_and_folders_are_not_read(tmp_path):
    (tmp_path / "p.toml").write_text("#" * (bounds.BYTES + 1))
    with pytest.raises(ProjectError, match="a project file can be at most 4 MB"):
        read_data(tmp_path / "p.toml")
    with pytest.raises(ProjectError, match="is a device, not a project file"):
        read_data(Path("/dev/zero"))
    with pytest.raises(ProjectError, match="is a folder, not a project file"):
        read_data(tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"a": {"b": [1, float("nan")]}}, "a.b[1]: got nan: expected a finite number"),
        ({"a": 10**400}, "a: got a whole number of 401 digits: expected a finite number"),
        ({"a": -1e300}, "a: got -1e+300: expected a finite number, at most 9e+18"),
        ({"a": {"x" * 201: 1}}, f'a."{"x" * 57}...": a key of 201 characters; at most 200'),
        ({"a": "x" * 20_001}, "a: a text of 20001 characters; at most 20000"),
    ],
)
def test_values_beyond_the_limits_are_named(data, message):
    (problem,) = limit_problems(data)
    assert problem.startswith(message)
    with pytest.raises(ProjectError, match=re.escape(f"p.toml: {message}")):
        make_project(data | SONG, Path("p.toml"), None)


def test_deep_data_is_rejected_without_recursion():
    deep = []
    for _ in range(5000):
        deep = [deep]
    (problem,) = limit_problems({"a": deep})
    assert problem == "a" + "[0]" * 18 + "[0...: nested more than 32 deep"


@pytest.mark.parametrize("value", [2**62, 2.0**63, -(2**63), "x" * 20_000, True, None, 0.0, 5e-324])
def test_values_within_the_limits_pass(value):
    assert not list(limit_problems({"a": [{"b": value}]}))


@pytest.mark.parametrize(
    "wrong", ["", " ", "a\0b", "x" * 256, "é" * 128, "a/" * 2500, 3, None, ["a"]]
)
def test_invalid_file_names(wrong):
    with pytest.raises(ValueError, match=r"a name"):
        file_name(wrong)


def test_entries_are_named_as_they_are_written():
    assert entry("", "song") == "song"
    assert entry("prompts.at", "bar 9") == 'prompts.at."bar 9"'
    assert entry("a", "") == 'a.""'
    assert entry("a", "²") == 'a."²"'


def test_a_video_with_too_many_frames_is_rejected_before_allocation():
    assert timeline(synthetic_song(2.0), 240).n_frames == 480
    frames = timeline(synthetic_song(2.0))
    long = type(frames)(type("Song", (), {"duration": 1e6})(), frames.fps, frames.fps)
    with pytest.raises(ProjectError, match="needs 15,000,000 frames; at most 1,000,000"):
        long.n_frames  # noqa: B018


def test_the_docs_list_these_limits():
    text = (DOCS / "project-file.md").read_text(encoding="utf-8").partition("## Limits")[2]
    for limit in (
        f"{float(bounds.SLOWEST):g} to {float(bounds.FASTEST):g}", f"{bounds.FRAMES:,}",
        f"{bounds.MOMENT:,.0f}", "2^63", f"{bounds.LAYERS}", f"{bounds.TEXT:,} and {bounds.KEY}",
        f"at most {bounds.DEPTH}", f"{bounds.BYTES >> 20} MB",
    ):  # fmt: skip
        assert limit in text
    assert bounds.NUMBER == 2**63

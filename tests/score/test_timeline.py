from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from phosphene.errors import ProjectError
from phosphene.score.timeline import exact_fps
from phosphene.score.units import parse_part, parse_position, parse_span
from phosphene.testing import synthetic_song, timeline


@pytest.mark.parametrize(
    ("given", "exact"),
    [
        (15, Fraction(15)), ("23.976", Fraction(24000, 1001)), (29.97, Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)), ("30000/1001", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)), (24, Fraction(24)), ("119.88", Fraction(120000, 1001)),
    ],
)  # fmt: skip
def test_frame_rates_are_exact(given, exact):
    assert exact_fps(given) == exact


@pytest.mark.parametrize(
    ("given", "exact"),
    [(11 * 127 / 60, Fraction(1397, 60)), (12 * 128.4 / 60, Fraction("25.68")),
     ("14.9999999999", Fraction(15)), (0.1 + 1e-12, Fraction(1, 10)),
     ("12.34567891", Fraction("12.34567891"))],
)  # fmt: skip
def test_a_frame_rate_computed_from_a_tempo_is_one_that_ffmpeg_takes(given, exact):
    assert exact_fps(given) == exact
    assert exact_fps(str(exact)) == exact


@pytest.mark.parametrize(
    "wrong",
    [
        "abc",
        0,
        -1,
        241,
        "1/0",
        "nan",
        "inf",
        "",
        "²",
        1e-9,
        0.09,
        "1e99999999",
        "1e-99999999",
        "1/" + "9" * 5000,
        10**400,
        [15],
        None,
    ],
)
def test_invalid_frame_rates(wrong):
    with pytest.raises(ValueError, match="expected"):
        exact_fps(wrong)


@pytest.mark.parametrize(
    ("duration", "fps", "frames"),
    [(8.0, 15, 120), (8.01, 15, 121), (0.0001, 15, 1), (10.0, "23.976", 240), (1001 / 30, 29.97, 1000)],
)  # fmt: skip
def test_the_last_frame_shows_the_last_sample(duration, fps, frames):
    assert timeline(synthetic_song(duration), fps).n_frames == frames


@pytest.mark.parametrize(
    ("position", "seconds"),
    [
        ("30", 2.0), ("2.5s", 2.5), ("beat 1", 0.25), ("beat 2.5", 1.0), ("bar 2", 2.25),
        ("50%", 4.0), ("120", 8.0), ("0:03", 3.0),
    ],
)  # fmt: skip
def test_positions_in_seconds(position, seconds):
    frames = timeline(synthetic_song(8.0, bpm=120, first_beat=0.25), fps=30, project_fps=15)
    assert frames.at(parse_position(position)) == pytest.approx(seconds, abs=1e-12)


@pytest.mark.parametrize(
    ("span", "seconds"),
    [("20", 4 / 3), ("0.25s", 0.25), ("250ms", 0.25), ("1 beat", 0.5), ("4 bars", 8.0), ("25%", 2.0)],
)  # fmt: skip
def test_spans_in_seconds(span, seconds):
    frames = timeline(synthetic_song(8.0, bpm=120), fps=15)
    assert frames.length(parse_span(span)) == pytest.approx(seconds, abs=1e-9)
    several = frames.length(parse_span(span), np.array([0.0, 1.0]))
    np.testing.assert_allclose(several, [seconds, seconds], atol=1e-9)


def test_without_beats_the_grid_is_120_bpm():
    frames = timeline(synthetic_song(8.0, bpm=0))
    assert frames.at(parse_position("bar 2")) == 2.0


@pytest.mark.parametrize("position", ["9s", "bar 99", "200", "section 1", "150%"])
def test_a_position_outside_the_song_is_named(position):
    with pytest.raises(ProjectError, match=f"position '{position}' is outside"):
        timeline(synthetic_song(8.0)).at(parse_position(position))


def test_a_frame_contains_its_start():
    frames = timeline(synthetic_song(8.0), fps=30)
    assert [frames.frame_of(t) for t in (0.0, 0.0333, 0.5, 0.4999, 1 / 3)] == [0, 0, 15, 14, 10]


@pytest.fixture
def frames_of_a_form():
    """Eight seconds each of verse, chorus, verse and chorus."""
    song = synthetic_song(32.0, sections="ABAB")
    roles = ("verse", "chorus", "verse", "chorus")
    sections = tuple(replace(s, role=r) for s, r in zip(song.sections, roles, strict=True))
    return timeline(replace(song, sections=sections))


@pytest.mark.parametrize(
    ("position", "seconds"),
    [("section 2", 8.0), ("chorus", 8.0), ("Chorus 2", 24.0), ("verse 1", 0.0), ("verse 2", 16.0)],
)
def test_sections_are_positions_by_number_and_by_role(frames_of_a_form, position, seconds):
    assert frames_of_a_form.at(parse_position(position)) == seconds


@pytest.mark.parametrize(
    ("part", "spans"),
    [
        ("chorus", [(8.0, 16.0), (24.0, 32.0)]), ("chorus 2", [(24.0, 32.0)]),
        ("section 3", [(16.0, 24.0)]),
    ],
)  # fmt: skip
def test_parts_are_all_sections_of_a_role_or_one_of_them(frames_of_a_form, part, spans):
    assert frames_of_a_form.spans(parse_part(part)) == spans


@pytest.mark.parametrize("position", ["drop 1", "chorus 3", "section 5"])
def test_a_missing_section_is_an_error_that_lists_the_others(frames_of_a_form, position):
    expected = (
        f"position '{position}' is outside the song, which has 4 sections: verse 1-2, chorus 1-2"
    )
    with pytest.raises(ProjectError, match=expected):
        frames_of_a_form.at(parse_position(position))

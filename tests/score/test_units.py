import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.score.units import parse_part, parse_position, parse_span


@pytest.mark.parametrize(
    ("given_", "value", "unit"),
    [
        (30, 30, "frame"), ("30", 30, "frame"), ("frame 30", 30, "frame"), ("2.5s", 2.5, "s"),
        ("2.5 s", 2.5, "s"), ("1:30", 90, "s"), ("0:02.5", 2.5, "s"), ("beat 16", 16, "beat"),
        ("Bar 9", 9, "bar"), ("beat 2.5", 2.5, "beat"), ("section 2", 2, "section"),
        ("chorus", 1, "chorus"), ("Drop 2", 2, "drop"), ("50%", 50, "%"), ("12.5 %", 12.5, "%"), (0, 0, "frame"), (7.5, 7.5, "frame"),
    ],
)  # fmt: skip
def test_every_form_of_a_position(given_, value, unit):
    at = parse_position(given_)
    assert (at.value, at.unit) == (value, unit)


@pytest.mark.parametrize(
    ("given_", "value", "unit"),
    [
        (20, 20, "frame"), ("20", 20, "frame"), ("20 frames", 20, "frame"), ("0.25s", 0.25, "s"),
        ("250ms", 250, "ms"), ("1 beat", 1, "beat"), ("4 bars", 4, "bar"), ("0.5 bar", 0.5, "bar"),
        ("50%", 50, "%"),
    ],
)  # fmt: skip
def test_every_form_of_a_span(given_, value, unit):
    length = parse_span(given_)
    assert (length.value, length.unit) == (value, unit)


@pytest.mark.parametrize(
    "wrong",
    ["", "bar", "-1", "x", "2 parsecs", "1:99", True, None, [1], "1e", "²", "bar ²", "٣", -1.0],
)
def test_invalid_positions_are_refused_with_the_forms(wrong):
    with pytest.raises(ValueError, match="bar 9"):
        parse_position(wrong)


@pytest.mark.parametrize("wrong", ["bar 0", "beat 0.5", "section 0", "chorus 0"])
def test_bars_beats_and_sections_count_from_one(wrong):
    with pytest.raises(ValueError, match="count from 1"):
        parse_position(wrong)


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [("chorus", "chorus", None), (" Chorus 2", "chorus", 2), ("section 3", "section", 3)],
)
def test_every_form_of_a_part(text, name, number):
    part = parse_part(text)
    assert (part.name, part.number) == (name, number)


@pytest.mark.parametrize("wrong", ["section", "solo", "bar 2", "chorus two", "", 3, "drop 0"])
def test_invalid_parts_are_refused(wrong):
    with pytest.raises(ValueError, match=r"section 2, or a role|count from 1"):
        parse_part(wrong)


@given(st.text(max_size=12))
def test_any_text_is_a_span_or_a_value_error(text):
    try:
        length = parse_span(text)
    except ValueError:
        return
    assert length.value >= 0


@pytest.mark.parametrize("parse", [parse_position, parse_span])
@pytest.mark.parametrize("wrong", ["1000000001", "2000000000s", "9" * 400, 10**400, 1e300, 2e9])
def test_very_distant_positions_are_refused(parse, wrong):
    with pytest.raises(ValueError, match="expected at most 1000000000"):
        parse(wrong)


@pytest.mark.parametrize("given_", [1234567, 1234567.0, "1234567", 1e6 + 234567])
def test_large_numbers_are_exact(given_):
    assert parse_position(given_).value == 1234567

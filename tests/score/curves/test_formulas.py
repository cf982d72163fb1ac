from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phosphene.score.curves.envelopes import own_frames
from phosphene.score.curves.formulas import FormulaError, parse
from phosphene.score.curves.formulas.evaluate import curve
from phosphene.score.curves.formulas.names import _NAMES, NameValues
from phosphene.score.curves.formulas.words import FUNCTIONS, NAMES
from phosphene.testing import synthetic_song, timeline


def value(text, fps=10, song=None):
    song = song or synthetic_song(4.0)
    frames = timeline(song, fps)
    return curve(text, parse(text).tree, NameValues(song, frames), frames.n_frames)


@pytest.mark.parametrize(
    ("text", "at_frame_7"),
    [
        ("t", 0.7), ("frame", 7), ("frames", 40), ("fps", 10), ("duration", 4), ("bpm", 120),
        ("beat", 2.4), ("bar", 1.35), ("since_beat", 0.2), ("until_beat", 0.3), ("rms", 0.5),
        ("1 + 2 * 3 ** 2", 19), ("-2 ** 2", -4), ("2 ** -1", 0.5), ("7 // 2", 3), ("-7 % 3", 2),
        ("where(t > 0.5, 1, 2)", 1), ("where(rms > low, frame, t)", 7), ("1 if t > 1 else 2", 2),
        ("t > 0.5 and not frame == 3", 1), ("t > 1 or frame < 7", 0), ("(t > 1) | (t < 1)", 1),
        ("t > 0 and t > 0.5 and t > 0.9", 0), ("t >= 0.7", 1), ("frame != 7", 0),
        ("max(1, t, 3)", 3), ("min(t, 2)", 0.7), ("clip(frame, 0, 5)", 5), ("lerp(1, 3, 0.25)", 1.5),
        ("fract(2.25)", 0.25), ("round(2.5)", 2), ("sign(-t)", -1), ("abs(-3)", 3), ("mod(7, 4)", 3),
        ("sqrt(16) + log2(8) + log10(100) + exp(0)", 10), ("hypot(3, 4)", 5), ("pow(2, 3)", 8),
        ("sin(pi / 2) + cos(0) + tan(0)", 2), ("log(e)", 1), ("tau / pi", 2), ("floor(2.7)", 2),
        ("asin(1) / pi", 0.5), ("acos(0) / pi", 0.5), ("atan(1) / pi", 0.25), ("ceil(2.1)", 3),
        ("atan2(1, 0) / pi", 0.5), ("sinh(0) + cosh(0) + tanh(0)", 1), ("smoothstep(0, 2, 1)", 0.5),
        ("5 & 6", 4), ("5 | 6", 7), ("(t > 0.5) & (frame == 7)", 1), ("frame & -2", 6),
        ("cos(0) ** 500", 1), ("1.0 % 0.1", 0), ("1.0 // 0.1", 10), ("fmod(-7, 3)", -1),
        ("trunc(-2.7)", -2), ("asinh(sinh(2))", 2), ("acosh(cosh(2))", 2), ("atanh(tanh(2))", 2),
        ("expm1(0) + log1p(0)", 0), ("  1 +\n  2 ", 3), ("1e3", 1000), (".5", 0.5), ("+t", 0.7), ("where(0 == 0, 1, 1 / 0)", 1),
    ],
)  # fmt: skip
def test_values_of_formulas(text, at_frame_7):
    assert value(text)[7] == pytest.approx(at_frame_7, abs=1e-12)


def test_a_beat_begins_with_the_frame_that_holds_it():
    # 100 BPM from 0.05 s: beats at 0.05, 0.65, 1.25 ... in frames 0, 6 and 12 of 10 fps.
    song = synthetic_song(4.0, bpm=100, first_beat=0.05)
    since = value("since_beat", song=song)
    assert np.flatnonzero(since == 0.0)[:3].tolist() == [0, 6, 12]
    np.testing.assert_allclose(since[5:8], [0.5, 0.0, 0.1], atol=1e-12)
    np.testing.assert_allclose(
        value("until_beat", song=song)[4:8], [0.2, 0.1, 0.6, 0.5], atol=1e-12
    )


def test_until_beat_with_several_beats_in_a_frame():
    song = synthetic_song(4.0, bpm=185)
    np.testing.assert_allclose(value("until_beat", fps=1, song=song), 1.0, atol=1e-12)


def test_without_beats_the_grid_is_120_bpm():
    song = synthetic_song(4.0, bpm=0)
    np.testing.assert_allclose(
        value("since_beat", song=song)[:6], [0, 0.1, 0.2, 0.3, 0.4, 0], atol=1e-12
    )
    assert value("bpm", song=song)[0] == 120


ATTACKS = [
    ("__import__('os').system('ls')", 12), ("().__class__", 1), ("t.real", 1), ("t.__class__", 1),
    ("(1).__class__.__bases__", 1), ("__builtins__", 1), ("_x", 1), ("1 + __name__", 5),
    ("open('/etc/passwd')", 6), ("open(t)", 1), ("eval(t)", 1), ("exec(t)", 1), ("getattr(t, t)", 1),
    ("globals()", 1), ("breakpoint()", 1), ("print(t)", 1), ("lambda: 1", 1), ("(x := 5)", 2),
    ("[x for x in t]", 1), ("(x for x in t)", 1), ("{1: 2}", 1), ("f'{t}'", 2), ("'a' * 9", 1),
    ('"%s" % t', 1), ("t[0]", 2), ("9 ** 9 ** 9", 6), ("2 ** 65", 6), ("pow(2, 1e9)", 8),
    ("t ** (9 * 9 * 9)", 7), ("9" * 400, 1), ("1e999", 1), ("(" * 400 + "1" + ")" * 400, 61),
    ("-" * 1500 + "1", 62), ("1" + "+1" * 900, None), ("x" * 5000, 2001), ("sin(t", 4),
    ("1) + (2", 2), ("t; t", 2), ("import os", 1), ("yield t", 1), ("await t", 1), ("sin(*t)", 5),
    ("min(t, key=t)", 1), ("where(t)", 1), ("sin", 1), ("sin(t)(t)", 1), ("1 < t < 2", 1),
    ("t @ t", 1), ("1 << 99999", 1), ("~t", 1), ("t is t", 1), ("1j", 1), ("True", 1), ("...", 1),
    ("ｅval(t)", 1), ("t\x00", 2), ("# t", 1), ("", 1), ("sin(cos(t)) + sni(t)", 15), ("tt + 1", 1),
    ("t if t", 1), ("\\\nt", 1), ("b'x'", 2), ("max()", 1), ("atan2(1)", 1), ("1 / (t - t)", 1),
    ("2 ** (frame * 99)", 1), ("log(0 - 1 + 0 * t)", 1), ("not_a_feature", 1), ("and t", 1),
]  # fmt: skip


def test_there_are_enough_attacks():
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize(("text", "column"), ATTACKS)
def test_attempts_to_escape_or_hang_are_refused_at_their_column(text, column):
    with pytest.raises(FormulaError, match=r"^column \d+") as caught:
        value(text)
    assert column in (caught.value.column, None)


def test_a_nan_is_named_where_it_arises():
    with pytest.raises(FormulaError, match="column 5, at '1 / frame': the value is inf at frame 0"):
        value("2 + 1 / frame")


def test_a_misspelling_names_the_nearest_word():
    with pytest.raises(FormulaError, match=r"unknown name 'rsm'\. Did you mean 'rms'"):
        value("1 + rsm")
    with pytest.raises(FormulaError, match=r"unknown function 'sni'\. Did you mean 'sin'"):
        value("sni(t)")


@given(st.text(alphabet="t 1.+-*/%()<>=,&|sincoswhermaxpow_[]'", max_size=30))
def test_any_text_is_a_formula_or_a_formula_error(text):
    try:
        got = value(text)
    except FormulaError as error:
        refused = error
    else:
        assert np.all(np.isfinite(got))
        return
    assert 1 <= refused.column <= max(len(text), 1) + 1


def test_every_word_of_the_tables_has_a_meaning():
    assert NAMES.keys() == _NAMES.keys()
    assert all(function.description for function in FUNCTIONS.values())


def test_bitwise_operators_are_for_whole_numbers():
    with pytest.raises(FormulaError, match="column 1, at 't & 1': the value is nan at frame 1"):
        value("t & 1")


def test_only_the_frames_of_the_film_have_to_be_numbers():
    tree, frames = parse("sqrt(6 - frame)").tree, {"frame": np.arange(10.0)}
    got = curve("sqrt(6 - frame)", tree, frames, 10, range(2, 7))
    np.testing.assert_allclose(got[:7], np.sqrt(6 - np.arange(7.0)))
    np.testing.assert_array_equal(got[7:], 0.0)  # held
    with pytest.raises(FormulaError, match="nan at frame 7"):
        curve("sqrt(6 - frame)", tree, frames, 10, range(2, 8))


def test_an_excerpt_has_the_frames_that_it_shows():
    entire = timeline(synthetic_song(4.0), 10)
    assert entire.film == range(40)
    excerpt = replace(entire, shown=(Fraction(1), Fraction(5, 2)))
    assert excerpt.film == range(10, 25)
    assert own_frames(replace(excerpt, fps=Fraction(30))).film == range(10, 25)

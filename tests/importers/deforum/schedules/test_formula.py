"""Every operator and function, compared with numexpr in every frame, types included."""

import numexpr
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedules.schedule import read_schedule
from phosphene.importers.deforum.tables.layers import formula
from phosphene.score.curves.formulas import parse
from phosphene.score.curves.formulas.evaluate import curve

FRAMES = 40
OPERATORS = [
    "+", "-", "*", "/", "//", "%", "**", "&", "|", "<", "<=", ">", ">=", "==", "!=",
]  # fmt: skip
OPERANDS = ["t", "(t-20)", "(20-t)", "t/7", "(t-20)/4", "t*0.1", "3", "-3", "2.5", "-0.5", "0.1",
            "max_f", "s", "(t>9)", "(t<20)"]  # fmt: skip
OF_ONE = [
    "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
    "arcsinh", "arccosh", "arctanh", "log", "log10", "log2", "log1p", "exp", "expm1", "abs",
    "ceil", "floor", "trunc", "round", "sign", "copy", "ones_like", "real", "conj", "isnan",
    "isfinite",
]  # fmt: skip
OF_TWO = ["arctan2", "fmod", "hypot", "maximum", "minimum"]


def by_numexpr(text):
    """The value in each frame, or None if numexpr rejects the formula."""
    names = {"t": np.arange(FRAMES), "max_f": FRAMES - 1, "s": 5}  # int64, as one frame is
    try:
        values = numexpr.evaluate(text, local_dict=names)
        return None if np.iscomplexobj(values) else np.broadcast_to(values, FRAMES).astype(float)
    except (TypeError, ValueError, NotImplementedError, OverflowError, ZeroDivisionError):
        return None


def here(text):
    written = formula(read_schedule(f"0:({text})", FRAMES - 1, 5), FRAMES - 1)
    names = {"frame": np.arange(float(FRAMES)), "pi": np.pi, "e": np.e}
    return curve(written, parse(written).tree, names, FRAMES)


def check(text):
    with np.errstate(all="ignore"):
        expected = by_numexpr(text)
    if expected is None:
        return  # an error in Deforum
    if not np.all(np.isfinite(expected)):
        with pytest.raises(ProjectError):
            here(text)
        return
    try:
        got = here(text)
    except ProjectError as error:
        if "integer" in str(error) or "constant nan" in str(error):
            return  # listed, as it may not be exact
        raise
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-6, err_msg=text)


def integers_to_a_negative_power_of_0(a, op, b):
    return op == "**" and "t" in b and a in ("(t-20)", "(20-t)", "t", "(t>9)", "(t<20)")


@pytest.mark.parametrize("op", OPERATORS)
def test_every_operator_of_every_two_operands(op):
    for a in OPERANDS:
        for b in OPERANDS:
            if not integers_to_a_negative_power_of_0(a, op, b):  # this crashes numexpr
                check(f"({a}) {op} ({b})")


@pytest.mark.parametrize("function", OF_ONE)
def test_every_function(function):
    for a in OPERANDS:
        if a not in ("(t>9)", "(t<20)"):  # numexpr computes these in float32
            check(f"{function}({a}) * 1.5")
            check(f"{function}({a} * 0.01 + 0.3)")


@pytest.mark.parametrize("function", OF_TWO)
def test_every_function_of_two(function):
    for a in OPERANDS[:-2]:
        for b in OPERANDS[:-2]:
            check(f"{function}({a}, {b}) / 2")


@pytest.mark.parametrize(
    ("text", "at_frame_7"),
    [
        ("t & 5", 5), ("t & 8", 0), ("t | 8", 15), ("~t", -8), ("~(t > 5)", 0), ("(t-20) & 3", 3),
        ("-t % 4", 1), ("(t-10) // 4", -1), ("t // 0", 0), ("t % 0", 0), ("1.0 % 0.1 + 0*t", 0.1),
        ("(t*0.1 + 0.3) % 0.1", 0.0), ("(t*0.1 + 0.3) // 0.1", 10), ("(t > 5) + (t > 3)", 1),
        ("(t > 5) * 2", 2), ("2 ** (3 - t)", 0), ("t ** 2.0 & 1", 1), ("round(t / 2)", 4),
        ("cos(t - 7) ** 100", 1), ("where(t > 5, t, 2) & 3", 3), ("fmod(3 - t, 3)", -1),
        ("maximum(3, 4) & 5", 4), ("-2 ** 2 + 0 * t", -4), ("7 // -2 + 0 * t", -4),
    ],
)  # fmt: skip
def test_types_of_integers_and_conditions(text, at_frame_7):
    assert by_numexpr(text)[7] == pytest.approx(at_frame_7, abs=1e-12)
    assert here(text)[7] == pytest.approx(at_frame_7, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("t ^ 2", "exclusive or, not a power"), ("t << 2", "<<"), ("sin(t) & 1", "fractions"),
        ("t and 5", "numexpr has &"), ("not t", "numexpr has &"), ("1 < t < 5", "one comparison"),
        ("t if t else 2", "where"), ("t ** -1", "negative power"), ("where(t, 1, 2)", "condition"),
        ("sum(t)", "'sum'"), ("sin(t, 2)", "takes 1"), ("t.real", "t.real"), ("t[0]", "t[0]"),
        ("9 ** 9 ** 9", "64 bits"), ("t * 2 ** 70", "64 bits"), ("1e400", "inf"), ("1j", "1j"),
        ("t ** 50", "the integer frame ** 50 exceeds 9007199254740992"), ("'a'", "'a'"),
        ("1 / 0 + t", "division"), ("-" * 100 + "t", "levels deep"), ("+".join("t" * 300), "deep"),
        ("where(t > 9, 60000, 2) * 60000", "exceeds 2147483647"), ("lambda: t", "lambda"),
        ("".join(["(" * 40, "t", " % t)" * 40]), "nested levels"), ("t" * 5000, "longer than"), ("", ""),
    ],
)  # fmt: skip
def test_unsupported_formulas_name_the_reason(text, reason):
    with pytest.raises(ProjectError) as caught:
        here(text)
    assert reason in str(caught.value)


def test_nested_functions_stay_short():
    text = "arctanh(" * 24 + "t/99" + ")" * 24
    assert len(formula(read_schedule(f"0:({text})", 9, 5), 9)) < 200


@st.composite
def formulas(draw, depth=3):
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(OPERANDS))
    inner = formulas(depth=depth - 1)
    kind = draw(st.sampled_from(["binary", "binary", "one", "two", "where", "sign"]))
    if kind == "binary":
        return f"({draw(inner)} {draw(st.sampled_from(OPERATORS))} {draw(inner)})"
    if kind == "one":
        return f"{draw(st.sampled_from(OF_ONE))}(0.5 * {draw(inner)})"
    if kind == "two":
        return f"{draw(st.sampled_from(OF_TWO))}(0.5 * {draw(inner)}, 2.5 + {draw(inner)})"
    if kind == "where":
        return f"where({draw(inner)} > {draw(inner)}, {draw(inner)}, {draw(inner)})"
    return f"{draw(st.sampled_from('-~'))}({draw(inner)})"


@settings(max_examples=60, derandomize=True)
@given(formulas())
def test_random_nested_formulas(text):
    assume("**" not in text)
    check(text)

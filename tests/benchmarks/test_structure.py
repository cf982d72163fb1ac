import numpy as np
import pytest

from benchmarks.structure.forms import Form, form_of, similarity
from benchmarks.structure.modules import LIST, half_of
from benchmarks.structure.openmpt import Performance
from benchmarks.structure.scores import score


def pattern(*instruments: int) -> np.ndarray:
    """64 rows in which each instrument plays its own pitch on every fourth row."""
    cells = np.zeros((64, len(instruments), 2), np.uint8)
    for channel, instrument in enumerate(instruments):
        cells[::4, channel] = (48 + instrument, instrument)
    return cells


def played(*orders: int) -> Performance:
    """Patterns of eight seconds: 0 and 1 are similar, 2 and 3 are not, 4 and 5 always follow."""
    notes = {
        0: pattern(1, 2, 3), 1: pattern(1, 2, 3), 2: pattern(4, 5), 3: pattern(6, 7, 8),
        4: pattern(9), 5: pattern(10),
    }  # fmt: skip
    return Performance(
        np.zeros(0, np.float32), [(8.0 * k, k, p) for k, p in enumerate(orders)], notes
    )


@pytest.mark.parametrize(
    ("orders", "edges", "labels"),
    [
        ((0, 0, 2, 2), [0, 16, 32], "AB"),
        ((0, 1, 2, 3), [0, 16, 24, 32], "ABC"),
        ((0, 2, 1, 2), [0, 8, 16, 24, 32], "ABAB"),
        ((4, 5, 2, 4, 5, 2), [0, 48], "A"),
        ((4, 5, 2, 4, 5, 3), [0, 16, 24, 40, 48], "ABAC"),
    ],
)  # fmt: skip
def test_the_form_follows_the_patterns(orders, edges, labels):
    form = form_of(played(*orders), 8.0 * len(orders))
    assert form.edges.tolist() == edges
    assert "".join(form.labels) == labels


def test_likeness_is_symmetric_and_one_for_equals():
    rng = np.random.default_rng(0)
    one, other = rng.random((2, 256, 12))
    assert similarity(one, one) == 1.0
    assert similarity(one, other) == similarity(other, one) < 1.0


def test_scores_of_the_truth_are_one_and_a_late_boundary_counts_within_three_seconds():
    truth = Form(np.array([0.0, 10.0, 20.0, 30.0]), ["A", "B", "A"])
    right = score(truth, truth)
    assert (right.half, right.three, right.pairwise, right.count) == (1.0, 1.0, 1.0, 1.0)
    late = score(truth, Form(np.array([0.0, 12.0, 20.2, 30.0]), ["x", "y", "x"]))
    assert (late.half, late.three) == (0.5, 1.0)


def test_the_halves_of_the_list_do_not_change():
    names = [line.split()[1] for line in LIST.read_text().splitlines()]
    assert [half_of(name) for name in names].count("test") == 46
    assert len(set(names)) == 83

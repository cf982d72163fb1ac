import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from phosphene.composing.compose import prompt_weights, with_next


def test_the_articles_blend():
    # Prompts at frames 0, 40 and 80, 15 fps, morphs over the 20 frames before each.
    starts = np.arange(120) / 15
    weights = prompt_weights(starts, [0.0, 40 / 15, 80 / 15], [20 / 15] * 3)
    for frame in range(120):
        if 20 <= frame < 40:
            share = (frame - 20) / 20
            expected = [1 - share, share, 0]
        elif 60 <= frame < 80:
            share = (frame - 60) / 20
            expected = [0, 1 - share, share]
        else:
            expected = [frame < 20, 40 <= frame < 60, frame >= 80]
        np.testing.assert_allclose(weights[frame], expected, atol=1e-9)


def test_a_blend_longer_than_the_gap_is_cut_to_it():
    weights = prompt_weights(np.array([0.0, 0.5, 1.0]), [0.0, 1.0], [9.0, 9.0])
    np.testing.assert_allclose(weights, [[1, 0], [0.5, 0.5], [0, 1]])


def test_no_blend_is_a_cut():
    weights = prompt_weights(np.array([0.9, 1.0]), [0.0, 1.0], [0.0, 0.0])
    np.testing.assert_array_equal(weights, [[1, 0], [0, 1]])


@given(st.lists(st.floats(0, 10), min_size=1, max_size=6, unique=True), st.floats(0, 5))
def test_weights_add_up_to_one(keys, blend):
    weights = prompt_weights(np.linspace(0, 12, 50), sorted(keys), [blend] * len(keys))
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert weights.min() >= 0.0


def test_a_share_of_the_next_prompt_and_after_the_last_the_first():
    weights = np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]])
    got = with_next(weights, np.array([0.25, 0.5, 1.0]))
    np.testing.assert_allclose(got, [[0.75, 0.25, 0], [0.25, 0.25, 0.5], [1, 0, 0]])

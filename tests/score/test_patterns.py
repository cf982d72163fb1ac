import numpy as np
import pytest

from phosphene.score.patterns import parse_pattern
from phosphene.testing import synthetic_song, timeline


def test_steps_run_over_and_over_from_bar_one():
    # 120 BPM: eighths are 0.25 s apart. Bar 1 begins with the first beat, at 0.5 s.
    frames = timeline(synthetic_song(3.0, first_beat=0.5))
    times, heights = parse_pattern("x.o|. ").times(2, frames)
    np.testing.assert_allclose(times, np.arange(12) * 0.25)
    at_bar_one = 2
    np.testing.assert_allclose(heights[at_bar_one:], [1, 0, 0.5, 0, 1, 0, 0.5, 0, 1, 0])
    np.testing.assert_allclose(heights[:at_bar_one], [0.5, 0])


@pytest.mark.parametrize("wrong", ["", " ", "x..y", 3, None, ["x"]])
def test_what_is_no_pattern_is_refused_with_an_example(wrong):
    with pytest.raises(ValueError, match=r"x\.\.x\.\.x\."):
        parse_pattern(wrong)

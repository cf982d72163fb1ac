"""The steps of many frames at once are those of each frame."""

from dataclasses import replace

import numpy as np
from scores import score

from phosphene.painting.motion.step import step_matrices, step_matrix

N = 400


def test_the_steps_of_all_frames_are_equal_to_those_of_each_to_the_bit():
    random = np.random.default_rng(1)
    about = score(n=N)
    moves = {
        "zoom": np.exp(random.normal(0, 0.1, N)),
        "pan": random.normal(size=N) * (np.arange(N) % 3 > 0),
        "tilt": random.normal(size=N) * (np.arange(N) % 4 > 1),
        "field_of_view": random.uniform(20, 120, N),
    }
    for name in ("rotation", "dolly", "translation_x", "translation_y"):
        moves[name] = random.normal(size=N)
    about = replace(about, channels={**about.channels, **moves})
    steps = step_matrices(about.channels, 320, 200)
    for i in range(N):
        np.testing.assert_array_equal(steps[i], step_matrix(about.row(i), 320, 200))

"""Films of a model in training."""

import numpy as np

from training import films


def test_a_film_has_a_frame_for_each_row_of_weights(monkeypatch):
    monkeypatch.setattr(films, "SIZE", 64)
    share = np.linspace(0, 1, 3)
    frames = list(films.film(["a forest", "a blue ocean"], np.stack([1 - share, share], axis=1)))
    assert [frame.shape for frame in frames] == [(64, 64, 3)] * 3
    alone = list(films.scene("a forest", 2))
    assert np.array_equal(frames[0], alone[0])
    assert not np.array_equal(frames[2], alone[2])

import numpy as np

from phosphene.song.structure.segmentation import label, segment


def blocks(form: str, length: int, other: float = 0.0) -> np.ndarray:
    """Similarity of units: 1 within a letter, `other` between letters."""
    letters = np.array([letter for letter in form for _ in range(length)])
    return np.where(letters[:, None] == letters, 1.0, other).astype(np.float32)


def test_blocks_are_found_with_their_labels():
    alike = blocks("ABAC", 8)
    edges = segment(alike, 8)
    assert edges == [0, 8, 16, 24, 32]
    assert label(alike, edges) == (edges, [0, 1, 0, 2])


def test_a_uniform_song_is_one_section():
    alike = np.ones((50, 50), np.float32)
    assert label(alike, segment(alike, 8)) == ([0, 50], [0])


def test_noise_has_no_recurring_sections_of_few_units():
    rng = np.random.default_rng(3)
    noise = rng.uniform(0.4, 0.6, (64, 64)).astype(np.float32)
    alike = (noise + noise.T) / 2
    np.fill_diagonal(alike, 1.0)
    edges = segment(alike, 8)
    assert min(np.diff(edges)) >= 8


def test_regular_lengths_decide_an_unclear_boundary():
    """Unit 8 is as much like the units before as like those after it."""
    alike = blocks("AB", 8)
    alike[8] = alike[:, 8] = 0.5
    alike[8, 8] = 1.0
    assert segment(alike, 8) == [0, 8, 16]


def test_equal_neighbours_are_joined():
    alike = blocks("AAB", 8)
    assert label(alike, [0, 8, 16, 24]) == ([0, 16, 24], [0, 1])


def test_one_unit_is_one_section():
    alike = np.ones((1, 1), np.float32)
    assert label(alike, segment(alike, 4)) == ([0, 1], [0])

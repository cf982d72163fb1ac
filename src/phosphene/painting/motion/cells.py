"""Compiled kernels of the scene's noise: renewing its cells, locating and summing them."""

from __future__ import annotations

from statistics import NormalDist

import numba
import numpy as np

CELLS = 4  # cells of the field along each side of a latent pixel
LEVELS = 4096
# The values of new cells: normal quantiles, scaled to unit variance. Sums of cells are normal.
_quantiles = np.array([NormalDist().inv_cdf((k + 0.5) / LEVELS) for k in range(LEVELS)])
NORMAL = (_quantiles / _quantiles.std()).astype(np.float32)
LEVEL = np.uint64(LEVELS - 1)


def key_of(seed: int) -> np.uint64:
    """The start of a seed's stream of random words."""
    return np.uint64(seed * 0xD1342543DE82EF95 & (1 << 64) - 1)


@numba.njit(inline="always")
def _word(key, index):  # type: ignore[no-untyped-def]
    """64 random bits: SplitMix64, whose state after `index` steps is known.

    Steele et al., "Fast splittable pseudorandom number generators" (2014).
    """
    word = key + np.uint64(index + 1) * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@numba.njit(nogil=True, cache=True)
def mixed(field, keep, add, key):  # type: ignore[no-untyped-def]
    """A field times `keep`, plus `add` times new noise: four cells for each word."""
    new_field = np.empty(field.shape, np.float32)
    old, new = field.ravel(), new_field.reshape(field.size)
    keep, add = np.float32(keep), np.float32(add)
    for i in range(0, field.size, 4):
        word = _word(key, i)
        for k in range(i, i + 4):
            new[k] = keep * old[k] + add * NORMAL[word & LEVEL]
            word >>= np.uint64(16)
    return new_field


@numba.njit(nogil=True, cache=True, error_model="numpy")
def sources_of(back, height, width):  # type: ignore[no-untyped-def]
    """The source of each cell of the view, and how often each cell of the field is a source."""
    sources = np.empty(height * width, np.int32)
    reads = np.zeros(height * width, np.int32)
    leaning = back[2, 0] != 0.0 or back[2, 1] != 0.0
    depth = back[2, 2]
    for y in range(height):
        for x in range(width):
            if leaning:
                depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
            from_x = np.floor((back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth + 0.5)
            from_y = np.floor((back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth + 0.5)
            source = _wrapped(from_x, from_y, x, y, height, width)
            sources[y * width + x] = source
            reads[source] += 1
    return sources, reads


@numba.njit(nogil=True, cache=True, error_model="numpy")
def sources_at(places):  # type: ignore[no-untyped-def]
    """The same for a given place of each cell: float32, shape (2, height, width)."""
    _, height, width = places.shape
    sources = np.empty(height * width, np.int32)
    reads = np.zeros(height * width, np.int32)
    for y in range(height):
        for x in range(width):
            from_x = np.floor(np.float64(places[0, y, x]) + 0.5)
            from_y = np.floor(np.float64(places[1, y, x]) + 0.5)
            source = _wrapped(from_x, from_y, x, y, height, width)
            sources[y * width + x] = source
            reads[source] += 1
    return sources, reads


@numba.njit(inline="always")
def _wrapped(from_x, from_y, x, y, height, width):  # type: ignore[no-untyped-def]
    """The index of the cell at a place on the torus; the cell itself if the place is not finite."""
    if not (0.0 <= from_x < width and 0.0 <= from_y < height):
        from_x -= width * np.floor(from_x / width)
        from_y -= height * np.floor(from_y / height)
    # Near the horizon the place exceeds what a float can represent.
    inside = 0.0 <= from_x < width and 0.0 <= from_y < height
    return np.int32(from_y) * width + np.int32(from_x) if inside else y * width + x


@numba.njit(nogil=True, cache=True)
def sample(field, sources, reads, key, sums, view):  # type: ignore[no-untyped-def]
    """Sum the sampled cells of each latent pixel, and store them in `view` unless it is empty."""
    height, width, channels = field.shape
    cells = field.reshape(height * width, channels)
    left = reads.copy()
    rest = np.empty_like(cells)  # sum of the remaining parts of a split cell
    for y in range(height):
        for x in range(width):
            i = y * width + x
            source = sources[i]
            parts = left[source]
            total = sums[y // CELLS, x // CELLS]
            if reads[source] == 1:
                for c in range(channels):
                    total[c] += cells[source, c]
                    if len(view):
                        view[y, x, c] = cells[source, c]
                continue
            if parts == reads[source]:
                scale = np.float32(np.sqrt(np.float32(parts)))
                for c in range(channels):
                    rest[source, c] = scale * cells[source, c]
            # One of n parts with a given sum is normal with mean sum / n and variance 1 - 1 / n.
            share = np.float32(1.0) / np.float32(parts)
            deviation = np.sqrt(np.float32(1.0) - share)
            word = np.uint64(0)
            for c in range(channels):
                if c & 3 == 0:
                    word = _word(key, i * channels + c)
                part = share * rest[source, c] + deviation * NORMAL[word & LEVEL]
                word >>= np.uint64(16)
                rest[source, c] -= part
                total[c] += part
                if len(view):
                    view[y, x, c] = part
            left[source] -= 1

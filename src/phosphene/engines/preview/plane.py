"""The endless plane that `none` shows: three drawn tiles, each periodic in both directions.

A tile is a signed distance field of its lines. So a line is equally thin and sharp at every zoom,
and bilinear interpolation is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phosphene.song.store.cache import shelf_of
from phosphene.song.store.code import code_of

SHADES = 512  # entries of a palette
PERIOD = 512  # texels; a power of two, so that wrapping is a mask
STEP = 64  # units of distance per texel
SIDES = 4.0  # texels; distance within which the two sides of an open line have different signs
FAR = 48.0  # texels; the maximum distance to a line
OCTAVES = 10  # in a frame, near and far
TEXEL = 1.4  # size of a texel at the start, in px at 512
GOLDEN = np.pi * (3.0 - np.sqrt(5.0))  # angle between the hues of consecutive prompts

Field = NDArray[np.float64]


@cache
def tiles() -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """The tiles: rings, cells and circuits, from the cache if possible.

    Returns
    -------
    lines : ndarray, int16, shape (3, PERIOD, PERIOD)
        Distance to the nearest line in 1 / STEP texels. Its sign is the side of the line, so that
        it is linear across the line.
    hazes : ndarray, uint8, shape (3, PERIOD, PERIOD, 2)
        Smooth fields: the tone, which is an index into the palette, and the light between the
        lines.
    """
    found = shelf_of("preview", f"{code_of(drawn)}\nnumpy {np.__version__}").stored("tiles", drawn)
    return found["lines"], found["hazes"]


def drawn() -> dict[str, NDArray[Any]]:
    """Draw the `tiles`: their lines and hazes, by name."""
    random = np.random.default_rng(1971)
    lines = [np.round(STEP * draw(random)) for draw in (_rings, _cells, _circuits)]
    hazes = [np.stack([_cloud(random, 2.2), _cloud(random, 1.6)], -1) for _ in lines]
    return {
        "lines": np.stack(lines).astype(np.int16),
        "hazes": np.stack(hazes).astype(np.uint8),
    }


@lru_cache(maxsize=4)
def octave_rows(plane: int, coarsest: int) -> NDArray[np.float64]:
    """Tile, direction of both axes, offset in texels, and shade of each octave."""
    octaves = np.empty((OCTAVES, 6))
    for octave, row in enumerate(octaves, coarsest):
        random = np.random.default_rng((plane, octave + 2**40))
        row[0], row[1:3] = octave % 3, random.choice([-1.0, 1.0], 2)
        row[3:5], row[5] = random.random(2) * PERIOD, random.integers(SHADES)
    return octaves


def hues(prompts: Sequence[str]) -> list[float]:
    """The hue of each prompt in radians; equal prompts have equal hues. At least one."""
    known = list(dict.fromkeys(prompts))
    return [float(GOLDEN * known.index(prompt)) for prompt in prompts] or [0.0]


def _rings(random: np.random.Generator) -> Field:
    lines = _blank()
    for centre in _spread(random, 28):
        radius = 10.0 * 7.0 ** random.random()
        x, y = _around(centre, radius + 7.0)
        away = np.hypot(x, y)
        _draw(lines, centre, away - radius)
        _draw(lines, centre, away - 1.5)
        if random.random() < 0.4:  # a second ring, dashed
            off = np.abs((np.arctan2(y, x) * 12.0 / np.pi) % 2.0 - 1.0) - 0.5
            gap = np.maximum(off, 0.0) * np.pi / 12.0 * radius
            outer = away - radius - 7.0
            _draw(lines, centre, np.copysign(np.hypot(outer, gap), outer))
    return lines


def _cells(random: np.random.Generator) -> Field:

    seeds = _spread(random, 48)
    away = np.full((2, PERIOD, PERIOD), np.inf)  # squared; to the nearest seed and to the second
    nearest = np.zeros((2, PERIOD, PERIOD), np.intp)
    for index, seed in enumerate(seeds):
        x, y = _wrapped(np.arange(PERIOD) - seed[:, None]) ** 2
        here = x + y[:, None]
        first, second = here < away
        nearest[1] = np.where(first, nearest[0], np.where(second, index, nearest[1]))
        nearest[0][first] = index
        away[1] = np.minimum(away[1], np.maximum(away[0], here))
        away[0] = np.minimum(away[0], here)
    between = _wrapped(seeds[nearest[0]] - seeds[nearest[1]])
    edge = (away[1] - away[0]) / (2.0 * np.hypot(between[..., 0], between[..., 1]))
    edge *= np.sign(nearest[0] - nearest[1])
    return _nearer(edge, np.sqrt(away[0]) - 1.5)


def _circuits(random: np.random.Generator) -> Field:
    lines, step = _blank(), PERIOD // 8
    for node in np.ndindex(8, 8):
        start = step * np.array(node)
        for along in ((step, 0), (0, step), (step, step), (step, -step)):
            if random.random() < (0.34 if 0 in along else 0.12):
                _draw(lines, start + 0.5 * np.array(along), _segment(start, np.array(along)))
        if random.random() < 0.4:
            radius = random.choice([5.0, 10.0])
            _draw(lines, start, np.hypot(*_around(start, radius)) - radius)
    return lines


def _segment(start: Field, along: Field) -> Field:
    length = np.hypot(*along)
    x, y = _around(start + 0.5 * along, 0.5 * length)
    right, down = along / length
    beyond = np.maximum(np.abs(x * right + y * down) - 0.5 * length, 0.0)
    beside = x * down - y * right
    return _open(beside, beyond)


def _cloud(random: np.random.Generator, slope: float) -> Field:
    """Periodic noise whose amplitude falls with frequency; all values are equally frequent."""
    frequency = np.hypot(np.fft.fftfreq(PERIOD)[:, None], np.fft.rfftfreq(PERIOD)) * PERIOD
    frequency[0, 0] = np.inf
    amplitude = np.where(frequency < 24, frequency**-slope, 0.0)
    noise = np.fft.irfft2(np.fft.rfft2(random.standard_normal((PERIOD, PERIOD))) * amplitude)
    rank = np.empty(noise.size)
    rank[np.argsort(noise, axis=None)] = np.linspace(0.0, 255.0, noise.size)
    return rank.reshape(noise.shape)


def _spread(random: np.random.Generator, n: int) -> Field:
    """Points that are far apart, by best-candidate sampling with forty candidates each."""

    points = random.random((1, 2)) * PERIOD
    while len(points) < n:
        candidates = random.random((40, 2)) * PERIOD
        between = _wrapped(candidates[:, None] - points)
        away = (between**2).sum(-1).min(-1)
        points = np.vstack([points, candidates[np.argmax(away)]])
    return points


def _wrapped(offset: Field) -> Field:
    """The shortest offset on the torus."""
    return offset - PERIOD * np.round(offset / PERIOD)


def _around(centre: Field, reach: float) -> tuple[Field, Field]:
    """Offsets to the right of a centre, and down, of the texels near a shape of this reach."""
    half = min(int(reach + FAR), PERIOD // 2 - 1)
    side = np.arange(-half, half + 1)
    right, down = (side - c % 1.0 for c in centre)
    return right[None, :], down[:, None]


def _draw(lines: Field, centre: Field, shape: Field) -> None:
    half = shape.shape[0] // 2
    x, y = ((np.arange(-half, half + 1) + int(c // 1.0)) % PERIOD for c in centre)
    there = np.ix_(y, x)
    lines[there] = _nearer(lines[there], shape)


def _blank() -> Field:
    return np.full((PERIOD, PERIOD), FAR)


def _open(beside: Field, beyond: Field) -> Field:
    """Distance to a line with two ends, signed only close to it."""
    away = np.hypot(beside, beyond)
    return np.where(away < SIDES, np.copysign(away, beside), away)


def _nearer(first: Field, second: Field) -> Field:
    """Distance to the nearer of two lines; its sign changes across every line, and only there."""
    return np.copysign(np.minimum(np.abs(first), np.abs(second)), first * second)

"""The colour and detail match on the CPU, compiled and split into bands of rows over the cores.

The same arithmetic as `phosphene.painting.colour` and `phosphene.painting.detail`, with five passes
over a picture in place of about 150. Sums are taken per row, so that a result does not depend on
the number of cores.
"""

from __future__ import annotations

import numba
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from phosphene.painting.colour import (
    CONES,
    FROM_CONES,
    FROM_OPPONENTS,
    OPPONENTS,
    Palette,
    colour_map,
)
from phosphene.painting.detail import BINOMIAL, SPACINGS, detail_gains, hash_start
from phosphene.painting.motion.bands import LOOSE, in_bands
from phosphene.score.score import Row

TO_CONES, TO_OPPONENTS = CONES.astype(np.float32), OPPONENTS.astype(np.float32)
TO_ROOTS, TO_LINEAR = FROM_OPPONENTS.astype(np.float32), FROM_CONES.astype(np.float32)
# sRGB: a power law, and a line below a toe.
OFFSET, GAMMA, SLOPE = np.float32(0.055), np.float32(2.4), np.float32(12.92)
TOE, ENCODED_TOE = np.float32(0.0031308), np.float32(0.04045)
ZERO, HALF, ONE, THIRD = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(1.0 / 3.0)
SIDE, MIDDLE = np.float32(BINOMIAL[0]), np.float32(BINOMIAL[1])
# Minimax polynomials, the highest power first: log2(1 + t) / t from sqrt(1/2) - 1 to sqrt(2) - 1,
# with a relative error of 3e-8, and 2^f from -1/2 to 1/2, with one of 2e-9.
LOG = np.array([
    0.12583537, -0.20726894, 0.21571584, -0.23894495, 0.28791624,
    -0.36070368, 0.48091064, -0.72134735, 1.44269500,
], np.float32)  # fmt: skip
EXP = np.array([
    0.00015345807, 0.00133999312, 0.00961848897, 0.05550328779, 0.24022646890, 0.69314720574, 1.0,
], np.float32)  # fmt: skip
ROOT_HALF = np.int32(0x3F3504F3)  # the bits of sqrt(1/2)
# A float32 has an exponent with a bias of 127, and a fraction of 23 bits.
BIAS, MANTISSA, FRACTION = np.int32(127), np.int32(23), np.int32(0x7FFFFF)
UNIFORM = np.float32(2.0**-24)
SPREAD = np.float32(12.0**0.5)  # of uniform noise, so that its deviation is 1
# Fast-math flags that change no order, which the exponent's split below relies on.
ORDERED = {"contract", "nsz"}


def hold_on_cpu(
    picture: torch.Tensor, palette: Palette, detail: torch.Tensor, row: Row
) -> torch.Tensor:
    """Match a picture's colours and detail; parameters as of `phosphene.painting.anchors.hold`."""
    pixels = picture[0].contiguous().numpy()
    _, height, width = pixels.shape
    lab, held = np.empty((2, 3, height, width), np.float32)
    sums = np.empty((height, 3, 4))
    in_bands(height, _to_oklab, pixels, lab, held, sums)
    own = _palette(sums.sum(0) / (height * width))
    matched = colour_map(own, palette, max(row.colour_match, 0.0))
    # Lightness and noise: as they are, blurred once, and blurred twice.
    planes = np.empty((len(SPACINGS) + 1, 2, height, width), np.float32)
    start = np.uint32(hash_start(row.seed))
    in_bands(height, _match, lab, *(part.numpy() for part in matched), start, held, planes)
    squares = np.empty((len(SPACINGS), height, 2))
    for level, spacing in enumerate(SPACINGS):
        in_bands(height, _soften, planes, level, spacing, squares)
    deviations = torch.from_numpy(np.sqrt(squares.sum(1) / (height * width))).float()
    gain, added = detail_gains(deviations[:, 0], detail, max(row.detail_match, 0.0))
    factors = _factors(gain, added / deviations[:, 1]).numpy()
    in_bands(height, _to_srgb, planes, factors, lab, held)
    return torch.from_numpy(held)[None]


def _palette(means: NDArray[np.float64]) -> Palette:
    """The palette of colours with these means of their products, and, last, of themselves."""
    products, mean = torch.from_numpy(means[:, :3]), torch.from_numpy(means[:, 3:])
    return Palette(mean.float(), (products - mean @ mean.T).float())


def _factors(gain: torch.Tensor, grain: torch.Tensor) -> torch.Tensor:
    """The factor of each plane in the sum of the scaled bands and the rest; shape (n_bands + 1, 2).

    A band is the difference of two planes, so a factor is the difference of two gains.
    """
    scales = torch.stack([F.pad(gain, (0, 1), value=1.0), F.pad(grain, (0, 1))], 1)
    return torch.cat([scales[:1], scales.diff(dim=0)])


@numba.njit(fastmath=ORDERED)
def _power(base, exponent):  # type: ignore[no-untyped-def]
    """base ** exponent for float32 above 0, within two units in the last place; 0 is almost 0."""
    bits = np.int32(np.float32(base).view(np.int32) - ROOT_HALF)
    whole = np.float32(np.int32(bits >> MANTISSA))  # of the logarithm
    above = np.int32((bits & FRACTION) + ROOT_HALF).view(np.float32) - np.float32(1.0)
    log = LOG[0]
    for k in range(1, len(LOG)):
        log = log * above + LOG[k]
    log *= above
    octave = np.floor((log + whole) * exponent + HALF)
    rest = (whole * exponent - octave) + log * exponent
    power = EXP[0]
    for k in range(1, len(EXP)):
        power = power * rest + EXP[k]
    return power * np.int32((np.int32(octave) + BIAS) << MANTISSA).view(np.float32)


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def _to_oklab(picture, lab, spare, sums, first, last):  # type: ignore[no-untyped-def]
    """Convert rows to OKLab, and sum the colours and their products in each row."""
    channels, _, width = lab.shape
    for y in range(first, last):
        for k in range(channels):
            for x in range(width):
                value = picture[k, y, x]
                curve = _power((value + OFFSET) * (ONE / (ONE + OFFSET)), GAMMA)
                lab[k, y, x] = curve if value > ENCODED_TOE else value * (ONE / SLOPE)
        for k in range(channels):
            for x in range(width):
                spare[k, y, x] = _power(_dot(TO_CONES, k, lab, y, x), THIRD)
        for k in range(channels):
            for x in range(width):
                lab[k, y, x] = _dot(TO_OPPONENTS, k, spare, y, x)
        for i in range(channels):
            total = 0.0
            for x in range(width):
                total += np.float64(lab[i, y, x])
            sums[y, i, channels] = total
            for j in range(i, channels):
                total = 0.0
                for x in range(width):
                    total += np.float64(lab[i, y, x]) * np.float64(lab[j, y, x])
                sums[y, i, j] = sums[y, j, i] = total


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def _match(lab, change, towards, start, matched, planes, first, last):  # type: ignore[no-untyped-def]
    """Match the colours, and draw the noise of `phosphene.painting.detail.white`."""
    channels, _, width = lab.shape
    for y in range(first, last):
        for k in range(channels):
            one, two, three, offset = change[k, 0], change[k, 1], change[k, 2], towards[k, 0]
            for x in range(width):
                by = one * lab[0, y, x] + two * lab[1, y, x] + three * lab[2, y, x] + offset
                matched[k, y, x] = lab[k, y, x] + by
        for x in range(width):
            planes[0, 0, y, x] = matched[0, y, x]
        for x in range(width):
            word = np.uint32(start + np.uint32(y * width + x))
            word = np.uint32(np.uint32(word ^ (word >> np.uint32(16))) * np.uint32(0x7FEB352D))
            word = np.uint32(np.uint32(word ^ (word >> np.uint32(15))) * np.uint32(0x846CA68B))
            word = np.uint32(word ^ (word >> np.uint32(16)))
            uniform = np.float32(np.int32(word >> np.uint32(8))) * UNIFORM
            planes[0, 1, y, x] = (uniform - HALF) * SPREAD


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def _soften(planes, level, spacing, squares, first, last):  # type: ignore[no-untyped-def]
    """Blur planes into those of the next level, and sum the squares of what that removes."""
    _, count, height, width = planes.shape
    down = np.empty(width + 2 * spacing, np.float32)  # mirrored at both ends
    for y in range(first, last):
        above, below = abs(y - spacing), height - 1 - abs(height - 1 - y - spacing)
        for k in range(count):
            for x in range(width):
                sides = planes[level, k, above, x] + planes[level, k, below, x]
                down[x + spacing] = SIDE * sides + MIDDLE * planes[level, k, y, x]
            for x in range(spacing):
                down[x] = down[2 * spacing - x]
                down[width + 2 * spacing - 1 - x] = down[width - 1 + x]
            total = np.float32(0.0)
            for x in range(width):
                soft = SIDE * (down[x] + down[x + 2 * spacing]) + MIDDLE * down[x + spacing]
                planes[level + 1, k, y, x] = soft
                removed = planes[level, k, y, x] - soft
                total += removed * removed
            squares[level, y, k] = total


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def _to_srgb(planes, factors, spare, held, first, last):  # type: ignore[no-untyped-def]
    """Convert matched rows to sRGB, with the lightness that the planes add up to."""
    channels, _, width = held.shape
    for y in range(first, last):
        for x in range(width):
            light = np.float32(0.0)
            for k in range(3):
                light += factors[k, 0] * planes[k, 0, y, x] + factors[k, 1] * planes[k, 1, y, x]
            held[0, y, x] = light
        for k in range(channels):
            for x in range(width):
                root = _dot(TO_ROOTS, k, held, y, x)
                spare[k, y, x] = root * root * root
        for k in range(channels):
            for x in range(width):
                linear = min(max(_dot(TO_LINEAR, k, spare, y, x), ZERO), ONE)
                curve = (ONE + OFFSET) * _power(linear, ONE / GAMMA) - OFFSET
                held[k, y, x] = curve if linear > TOE else linear * SLOPE


@numba.njit(fastmath=LOOSE)
def _dot(matrix, k, lab, y, x):  # type: ignore[no-untyped-def]
    return matrix[k, 0] * lab[0, y, x] + matrix[k, 1] * lab[1, y, x] + matrix[k, 2] * lab[2, y, x]

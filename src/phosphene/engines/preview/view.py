"""Compiled drawing of the endless plane, the user's image and sparks, in bands of rows."""

from __future__ import annotations

import math

import numba
import numpy as np

from phosphene.engines.preview.plane import PERIOD, SHADES, STEP
from phosphene.painting.motion.bands import LOOSE

LIVE = 3  # octaves in a pixel
# Unsigned, so that numba does not check every index for a negative value.
MASK = np.uint64(PERIOD - 1)
NEXT = np.uint64(1)
SHADE = np.uint64(SHADES - 1)
TONES = np.uint64(SHADES // 256)  # shades for each tone
APART = np.uint64(SHADES // 5)  # between the shades of a line and of the haze beside it
NEAR = np.int16(2 * STEP)
HALO = 0.12  # of the shorter side: width of the glow around an image


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def shine(lines, hazes, turn, lean, place, octaves, palette, unit, share, light, first, last):  # type: ignore[no-untyped-def]
    """Add the light of one plane: three octaves of lines and haze."""
    height, width, _ = light.shape
    area = abs(turn[0, 0] * turn[1, 1] - turn[0, 1] * turn[1, 0])
    straight = 1.0 / math.sqrt(area)  # px a texel of the coarsest octave
    thin = np.float32(1.0 / (STEP * max(1.15 * unit, 1.0)))
    leaning = lean[0] != 0.0 or lean[1] != 0.0
    scale, coarsest = straight, 0
    one = np.float32(1.0)
    weights = np.ones(LIVE, np.float32)
    for y in range(first, last):
        down = y - 0.5 * (height - 1)
        for x in range(width):
            across = x - 0.5 * (width - 1)
            depth = 1.0 + lean[0] * across + lean[1] * down
            if depth < 0.05:
                continue
            if leaning or x == 0:
                scale = straight * depth * math.sqrt(depth)
                mantissa, exponent = math.frexp(scale / unit)
                # The coarsest octave fades out as the finest fades in.
                going = np.float32(2.0 * mantissa - 1.0)
                going = going * going * (np.float32(3.0) - going - going)
                weights[0] = one - going
                weights[2] = going
                coarsest = exponent - 2
            if coarsest < 0 or coarsest + LIVE > len(octaves):
                continue
            world_x = (turn[0, 0] * across + turn[0, 1] * down) / depth + place[0]
            world_y = (turn[1, 0] * across + turn[1, 1] * down) / depth + place[1]
            red = green = blue = np.float32(0.0)
            size = float(1 << coarsest)
            for n in range(LIVE):
                octave = octaves[np.uint64(coarsest + n)]
                at_x = world_x * size * octave[1] + octave[3]
                at_y = world_y * size * octave[2] + octave[4]
                left, top = math.floor(at_x), math.floor(at_y)
                e, s = np.float32(at_x - left), np.float32(at_y - top)
                i, j = np.uint64(np.int64(left)) & MASK, np.uint64(np.int64(top)) & MASK
                i1, j1 = (i + NEXT) & MASK, (j + NEXT) & MASK
                tile = np.uint64(octave[0])
                p, q = lines[tile, j, i], lines[tile, j, i1]
                u, v = lines[tile, j1, i], lines[tile, j1, i1]
                if abs(p) >= NEAR:  # no line here: only its sides meet
                    p, q, u, v = abs(p), abs(q), abs(u), abs(v)
                upper = np.float32(p) + e * np.float32(q - p)
                lower = np.float32(u) + e * np.float32(v - u)
                line = (upper + s * (lower - upper)) * np.float32(scale / size) * thin
                line *= line
                near, far = one + line, one + np.float32(0.012) * line
                part = one / (near * far)
                core = part * far
                tone = TONES * np.uint64(hazes[tile, j, i, 0])
                shade = (tone + np.uint64(octave[5])) & SHADE
                lit = weights[n] * (core * core * np.float32(1.3) + np.float32(0.2) * part * near)
                cloud = np.float32(hazes[tile, j, i, 1])
                mist = weights[n] * cloud * cloud * np.float32(0.25 / 255.0**2)
                m = (shade + APART) & SHADE
                red += lit * palette[shade, 0] + mist * palette[m, 0]
                green += lit * palette[shade, 1] + mist * palette[m, 1]
                blue += lit * palette[shade, 2] + mist * palette[m, 2]
                size *= 2.0
            light[y, x, 0] += share * red
            light[y, x, 1] += share * green
            light[y, x, 2] += share * blue


@numba.njit(nogil=True, cache=True, fastmath=LOOSE, error_model="numpy")
def develop(light, image, sizes, back, picture, first, last):  # type: ignore[no-untyped-def]
    """Tone-map the light, over the user's image if there is one."""
    _, height, width = picture.shape
    one = np.float32(1.0)
    area = abs(
        back[0, 0] * (back[1, 1] * back[2, 2] - back[1, 2] * back[2, 1])
        - back[0, 1] * (back[1, 0] * back[2, 2] - back[1, 2] * back[2, 0])
        + back[0, 2] * (back[1, 0] * back[2, 1] - back[1, 1] * back[2, 0])
    )
    halo = HALO * min(width, height)
    colour = np.zeros(3, np.float32)
    for y in range(first, last):
        for x in range(width):
            cover = shown = np.float32(0.0)
            depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
            if len(sizes) > 0 and depth > 0.0:
                from_x = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth
                from_y = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth
                inside_x = min(max(from_x, 0.0), width - 1.0)
                inside_y = min(max(from_y, 0.0), height - 1.0)
                outside = math.hypot(from_x - inside_x, from_y - inside_y)
                if outside < halo:
                    # Log2 of the number of its pixels in one of the frame's.
                    density = 0.5 * math.log2(area / (depth * depth * depth))
                    # Beyond its resolution it fades into the drawing.
                    drawn = min(max((-0.5 - density) / 2.5, 0.0), 1.0)
                    faint = min(max((-2.0 - density) / 5.0, 0.0), 1.0)
                    near = np.float32((1.0 - outside / halo) ** 2)
                    shown = near * np.float32(1.0 - drawn * drawn * (3.0 - 2.0 * drawn))
                    cover = near * np.float32(1.0 - 0.8 * faint)
                    blur = max(density, math.log2(1.0 + 0.5 * outside))
                    if blur <= 0.0:
                        _sharp(image, sizes, inside_x, inside_y, colour)
                    else:
                        _blurred(image, sizes, blur, inside_x, inside_y, colour)
            for channel in range(3):
                lit = light[y, x, channel] * (one - shown)
                lit = one - one / (one + lit + np.float32(0.6) * lit * lit)
                under = cover * colour[channel]
                picture[channel, y, x] = under + (one - under) * lit


@numba.njit(nogil=True, cache=True)
def _sharp(image, sizes, from_x, from_y, colour):  # type: ignore[no-untyped-def]
    """Catmull-Rom interpolation, exact at pixels."""
    _, height, width = sizes[0]
    left, top = int(from_x), int(from_y)
    colour[:] = 0.0
    for j in range(-1, 3):
        row = min(max(top + j, 0), height - 1) * width
        down = _bump(abs(from_y - top - j))
        for i in range(-1, 3):
            at = 3 * (row + min(max(left + i, 0), width - 1))
            weight = np.float32(down * _bump(abs(from_x - left - i)))
            for channel in range(3):
                colour[channel] += weight * image[at + channel]
    for channel in range(3):
        colour[channel] = min(max(colour[channel], np.float32(0.0)), np.float32(1.0))


@numba.njit(nogil=True, cache=True)
def _bump(away):  # type: ignore[no-untyped-def]
    if away < 1.0:
        return 1.0 + away * away * (1.5 * away - 2.5)
    return 2.0 + away * (-4.0 + away * (2.5 - 0.5 * away))


@numba.njit(nogil=True, cache=True)
def _blurred(image, sizes, blur, from_x, from_y, colour):  # type: ignore[no-untyped-def]
    """Trilinear interpolation: within and between two sizes of the image."""
    blur = min(blur, len(sizes) - 1.0)
    colour[:] = 0.0
    for level in range(int(blur), min(int(blur) + 2, len(sizes))):
        share = 1.0 - abs(blur - level)
        offset, height, width = sizes[level]
        at_x = min(max((from_x + 0.5) * width / sizes[0, 2] - 0.5, 0.0), width - 1.0)
        at_y = min(max((from_y + 0.5) * height / sizes[0, 1] - 0.5, 0.0), height - 1.0)
        left, top = int(at_x), int(at_y)
        for j in range(2):
            row = min(top + j, height - 1) * width
            down = share * (1.0 - abs(at_y - top - j))
            for i in range(2):
                at = offset + 3 * (row + min(left + i, width - 1))
                weight = np.float32(down * (1.0 - abs(at_x - left - i)))
                for channel in range(3):
                    colour[channel] += weight * image[at + channel]


@numba.njit(nogil=True, cache=True, error_model="numpy")
def strike(picture, places, sizes, colours):  # type: ignore[no-untyped-def]
    """Add sparks: light that decreases around each place."""
    _, height, width = picture.shape
    for n in range(len(places)):
        x, y, size = places[n, 0], places[n, 1], sizes[n]
        reach = 3.0 * size
        if not (-reach < x < width + reach and -reach < y < height + reach):
            continue
        for j in range(max(int(y - reach), 0), min(int(y + reach) + 2, height)):
            for i in range(max(int(x - reach), 0), min(int(x + reach) + 2, width)):
                away = ((x - i) ** 2 + (y - j) ** 2) / (size * size)
                lit = np.float32(math.exp(-away))
                for channel in range(3):
                    dark = np.float32(1.0) - picture[channel, j, i]
                    picture[channel, j, i] += dark * lit * colours[n, channel]

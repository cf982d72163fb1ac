"""The camera's pose over the endless plane in every frame, exact at any depth.

The product of a Score's steps soon exceeds the range of floats: a zoom of 1.05 is 10^42 after 2,000
frames. So a pose consists of parts that stay small or are exact:

    place on the plane = 2^-octave * turn @ pixel / (1 + lean @ pixel) + position

The scale of `turn` stays near 1, `octave` is an integer, and `position` is a sum of integers with
as many bits as the zoom requires. The drawing is periodic in every octave, so a frame needs only
the remainder of its position.

A camera that pans and tilts would soon look along the plane. So a film with perspective has several
planes. Each faces the camera in one frame, its anchor, and fades into the next plane as it turns
away; both move with the camera.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phosphene.engines.preview.plane import PERIOD
from phosphene.painting.motion.step import Matrix

COARSER = 6  # octaves below the one at the centre, for distant parts
SPAN = math.radians(60.0)  # tilt from one plane to the next
BITS = 40  # fractional bits of a position
SEEN = 2  # planes in a frame, at most
POSE = 11  # plane, octave, turn (4), lean (2), position (2), share

Vector = NDArray[np.float64]
# Octave, turn (4), lean (2) relative to an anchor, and the last step's addition to the position.
# Plain floats, because NumPy is ten times slower for many small matrices in sequence.
_Stage = tuple[int, float, float, float, float, float, float, float, float]


@dataclass(frozen=True)
class Pose:
    """A plane as a frame sees it.

    Parameters
    ----------
    plane : int
        Which of the film's planes.
    octave : int
        The coarsest octave.
    turn : ndarray, shape (2, 2)
        Texels of that octave per pixel, at the centre of the frame.
    lean : ndarray, shape (2,)
        Growth of the distance per pixel; 0 if the camera faces the plane.
    position : ndarray, shape (2,)
        Position of the frame's centre in texels of that octave, from 0 to `PERIOD`.
    share : float
        Share of the frame's light.
    """

    plane: int
    octave: int
    turn: Matrix
    lean: Vector
    position: Vector
    share: float


def poses(table: Vector) -> list[list[Pose]]:
    """The rows of a `pose_table` as `Pose`: one or two planes per frame."""
    return [
        [
            Pose(int(row[0]), int(row[1]), row[2:6].reshape(2, 2), row[6:8], row[8:10], row[10])
            for row in frame[frame[:, 10] > 0.0]
        ]
        for frame in table
    ]


def pose_table(steps: Matrix, width: int, height: int, texel: float) -> Vector:
    """The planes in every frame: one, or two during a fade.

    Parameters
    ----------
    steps : ndarray, shape (n_frames, 3, 3)
        From `phosphene.painting.motion.step.step_matrices`; the first is not applied.
    width, height : int
        Size of the frame in px.
    texel : float
        Size of a texel of octave 0 in an anchor's frame, in px.

    Returns
    -------
    ndarray, shape (n_frames, 2, 11)
        Plane, octave, turn (row by row), lean, position and share, as in `Pose`. With one plane,
        the second row is zeros.
    """
    centre = np.array([[1, 0, (width - 1) / 2], [0, 1, (height - 1) / 2], [0, 0, 1]])
    there = np.linalg.inv(centre) @ steps @ centre
    back = np.linalg.inv(there).reshape(-1, 9).tolist()
    there = there.reshape(-1, 9).tolist()
    anchors, fades = _anchors(back, 0.5 * math.hypot(width, height))
    table = np.zeros((len(steps), SEEN, POSE))
    for plane, anchor in enumerate(anchors):
        before = anchors[plane - 1] if plane else -1
        after = anchors[plane + 1] if plane + 1 < len(anchors) else len(steps)
        onward = _placed(_travel(back[anchor + 1 : after]), texel)
        homeward = _placed(_travel(there[anchor : before + 1 : -1]), texel)[1:]
        end, begin = anchor + len(onward), anchor - len(homeward)
        table[anchor:end, 0, 0] = table[begin:anchor, 1, 0] = plane
        table[anchor:end, 0, 1:10], table[anchor:end, 0, 10] = onward, 1.0 - fades[anchor:end]
        table[begin:anchor, 1, 1:10] = homeward[::-1]
        table[begin:anchor, 1, 10] = fades[begin:anchor]
    faded = table[:, 0, 10] <= 0.0
    table[faded, 0], table[faded, 1] = table[faded, 1], 0.0
    table[table[:, 1, 10] <= 0.0, 1] = 0.0
    return table


def _anchors(back: Sequence[Sequence[float]], reach: float) -> tuple[list[int], Vector]:
    """The anchor of every plane, and the share of the next plane in each frame."""
    anchors, fades = [0], np.zeros(len(back))
    while True:
        last = anchors[-1]
        tilts = _tilts(back[last + 1 :], reach)
        away = int(np.argmax(tilts))
        if tilts[away] < 0.5 * SPAN:
            return anchors, fades
        part = np.clip(3.0 * tilts[:away] / min(tilts[away], SPAN) - 1.0, 0.0, 1.0)
        fades[last : last + away] = part * part * (3.0 - 2.0 * part)
        anchors.append(last + away)


def _tilts(steps: Sequence[Sequence[float]], reach: float) -> Vector:
    """The largest tilt of a plane since its anchor, up to where it disappears."""
    tilts, stages = [0.0], _travel(steps)
    next(stages)  # the anchor itself
    for _ in steps:
        stage = next(stages, None)
        tilts.append(np.pi if stage is None else max(tilts[-1], _tilt(stage, reach)))
        if tilts[-1] > SPAN:
            break
    return np.array(tilts)


def _tilt(stage: _Stage, reach: float) -> float:
    """The plane's foreshortening in radians, or more for a wide field of view."""
    _, a, b, c, d, e, f, _, _ = stage
    across, area = a * a + b * b + c * c + d * d, abs(a * d - b * c)
    longest = 0.5 * (across + math.sqrt(max(across * across - 4.0 * area * area, 0.0)))
    foreshortened = math.acos(min(area / longest, 1.0))
    return max(foreshortened, math.atan(1.2 * reach * math.hypot(e, f)))


def _travel(steps: Iterable[Sequence[float]]) -> Iterator[_Stage]:
    """The pose at the anchor, and after each step until the horizon is reached.

    A step maps a pixel of its frame, relative to the centre, to its place in the frame before.
    """
    octave, a, b, c, d, e, f = 0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    yield octave, a, b, c, d, e, f, 0.0, 0.0
    for s00, s01, s02, s10, s11, s12, s20, s21, s22 in steps:
        depth = e * s02 + f * s12 + s22
        if not depth > 1e-6:  # at 0 the centre of the frame lies on the horizon
            return
        e, f = (s00 * e + s10 * f + s20) / depth, (s01 * e + s11 * f + s21) / depth
        x, y = (a * s02 + b * s12) / depth, (c * s02 + d * s12) / depth
        s00, s01, s10, s11 = s00 - s02 * e, s01 - s02 * f, s10 - s12 * e, s11 - s12 * f
        a, b = (a * s00 + b * s10) / depth, (a * s01 + b * s11) / depth
        c, d = (c * s00 + d * s10) / depth, (c * s01 + d * s11) / depth
        area = abs(a * d - b * c)
        if not (0.0 < area < math.inf and math.isfinite(x) and math.isfinite(y)):
            return
        doublings = math.frexp(math.sqrt(area))[1]
        octave -= doublings
        a, b, c, d, x, y = (math.ldexp(value, -doublings) for value in (a, b, c, d, x, y))
        yield octave, a, b, c, d, e, f, x, y


def _placed(stages: Iterator[_Stage], texel: float) -> Vector:
    """Octave, turn, lean and position of each pose; the position is the sum of all shifts."""
    travelled = list(stages)
    bits = max(stage[0] for stage in travelled) + BITS
    across = down = 0
    positions = []
    for octave, *_, x, y in travelled:
        across += _fixed(x / texel, bits - octave)
        down += _fixed(y / texel, bits - octave)
        away = bits - BITS - octave + COARSER
        positions.append([(place >> away) % (PERIOD << BITS) for place in (across, down)])
    placed = np.array(travelled, np.float64)
    placed[:, 0] -= COARSER
    placed[:, 1:5] = np.ldexp(placed[:, 1:5] / texel, -COARSER)
    placed[:, 7:] = np.array(positions, np.float64) / (1 << BITS)
    return placed


def _fixed(value: float, bits: int) -> int:
    """A number as an integer with this many fractional bits."""
    mantissa, exponent = math.frexp(value)
    integer, up = int(mantissa * 2.0**53), exponent - 53 + bits
    return integer << up if up >= 0 else integer >> -up

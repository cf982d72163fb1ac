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
from phosphene.painting.step import Matrix

COARSER = 6  # octaves below the one at the centre, for distant parts
SPAN = math.radians(60.0)  # tilt from one plane to the next
BITS = 40  # fractional bits of a position

Vector = NDArray[np.float64]


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


@dataclass(frozen=True)
class _Stage:
    """A pose relative to an anchor; `shift` is the last step's addition to the position."""

    octave: int
    turn: Matrix
    lean: Vector
    shift: Vector

    def tilt(self, reach: float) -> float:
        """Radians by which the plane is foreshortened, or more for a wide field of view."""
        across = float(np.sum(self.turn**2))
        area = abs(float(np.linalg.det(self.turn)))
        longest = math.sqrt(0.5 * (across + math.sqrt(max(across**2 - 4.0 * area**2, 0.0))))
        foreshortened = math.acos(min(area / longest**2, 1.0))
        return max(foreshortened, math.atan(1.2 * reach * float(np.hypot(*self.lean))))


def poses(steps: Sequence[Matrix], width: int, height: int, texel: float) -> list[list[Pose]]:
    """The planes in every frame: one, or two while one fades into the other.

    Parameters
    ----------
    steps : sequence of ndarray, shape (3, 3), length n_frames
        From `phosphene.painting.step.step_matrix`; the first is not applied.
    width, height : int
        Size of the frame in px.
    texel : float
        Size of a texel of octave 0 in an anchor's frame, in px.

    Returns
    -------
    list of list of Pose, length n_frames
    """
    centre = np.array([[1, 0, (width - 1) / 2], [0, 1, (height - 1) / 2], [0, 0, 1]])
    there = [np.linalg.inv(centre) @ step @ centre for step in steps]
    back = [np.linalg.inv(step) for step in there]
    anchors, fades = _anchors(back, 0.5 * math.hypot(width, height))
    seen: list[list[Pose]] = [[] for _ in steps]
    for plane, anchor in enumerate(anchors):
        before = anchors[plane - 1] if plane else -1
        after = anchors[plane + 1] if plane + 1 < len(anchors) else len(steps)
        onward = _travel(back[anchor + 1 : after])
        homeward = _travel(there[anchor : before + 1 : -1])
        for frame, stage in enumerate(_placed(onward, texel), anchor):
            seen[frame].append(Pose(plane, *stage, 1.0 - fades[frame]))
        for away, stage in enumerate(_placed(homeward, texel)):
            if away > 0:
                seen[anchor - away].append(Pose(plane, *stage, fades[anchor - away]))
    return [[pose for pose in both if pose.share > 0.0] for both in seen]


def _anchors(back: Sequence[Matrix], reach: float) -> tuple[list[int], Vector]:
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


def _tilts(steps: Sequence[Matrix], reach: float) -> Vector:
    """The largest tilt of a plane since its anchor, up to where it is not visible any more."""
    tilts, stages = [0.0], _travel(steps)
    next(stages)  # the anchor itself
    for _ in steps:
        stage = next(stages, None)
        tilts.append(np.pi if stage is None else max(tilts[-1], stage.tilt(reach)))
        if tilts[-1] > SPAN:
            break
    return np.array(tilts)


def _travel(steps: Iterable[Matrix]) -> Iterator[_Stage]:
    """The pose at the anchor, and after each step until the horizon is reached.

    A step maps a pixel of its frame, relative to the centre, to its place in the frame before.
    """
    octave, turn, lean = 0, np.eye(2), np.zeros(2)
    yield _Stage(octave, turn, lean, np.zeros(2))
    for step in steps:
        depth = lean @ step[:2, 2] + step[2, 2]
        if not depth > 1e-6:  # at 0 the centre of the frame lies on the horizon
            return
        lean = (step[:2, :2].T @ lean + step[2, :2]) / depth
        shift = turn @ step[:2, 2] / depth
        turn = turn @ (step[:2, :2] - np.outer(step[:2, 2], lean)) / depth
        area = abs(float(np.linalg.det(turn)))
        if not (0.0 < area < np.inf and np.isfinite(shift).all()):
            return
        doublings = math.frexp(math.sqrt(area))[1]
        octave -= doublings
        turn, shift = np.ldexp(turn, -doublings), np.ldexp(shift, -doublings)
        yield _Stage(octave, turn, lean, shift)


def _placed(stages: Iterator[_Stage], texel: float) -> Iterator[tuple[int, Matrix, Vector, Vector]]:
    """The octave, turn, lean and position of each pose; the position is the sum of all shifts."""
    travelled = list(stages)
    bits = max(stage.octave for stage in travelled) + BITS
    position = [0, 0]
    for stage in travelled:
        coarsest = stage.octave - COARSER
        for axis in range(2):
            position[axis] += _fixed(stage.shift[axis] / texel, bits - stage.octave)
        here = [((place >> (bits - BITS - coarsest)) % (PERIOD << BITS)) for place in position]
        turn = np.ldexp(stage.turn / texel, -COARSER)
        yield coarsest, turn, stage.lean, np.array(here) / (1 << BITS)


def _fixed(value: float, bits: int) -> int:
    """A number as an integer with this many fractional bits."""
    mantissa, exponent = math.frexp(value)
    integer, up = int(mantissa * 2.0**53), exponent - 53 + bits
    return integer << up if up >= 0 else integer >> -up

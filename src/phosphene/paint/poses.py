"""Where the camera stands over the endless plane in every frame, exact at any depth.

The steps of a Score multiply up to a homography that soon no float can hold: a zoom of 1.05 is
10^42 after 2,000 frames. So a pose is kept in parts that each stay small or are exact:

    place on the plane = 2^-octave * turn @ pixel / (1 + lean @ pixel) + position

`turn` stays near 1 in scale, `octave` is an integer, and `position` is a sum of integers that have as
many bits as the film is deep. What is drawn has a period in every octave, so a frame needs only the
remainder of its position.

A camera that pans and tilts soon looks along the plane. So a film with perspective has several
planes. Each is met face to face in one frame, its anchor, and fades into the next one as it leans
away; both move with the camera.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phosphene.paint.plane import PERIOD
from phosphene.paint.step import Matrix

COARSER = 6  # octaves below the one at the centre that are kept, for what is far away
LEANS = 0.6  # distortion at which the next plane takes over: a pan of about 30 degrees
BITS = 40  # of a position, after the point
WORST = 1e6  # distortion of a plane that cannot be seen

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Pose:
    """A plane as a frame sees it.

    Parameters
    ----------
    plane : int
        Which of the film's planes.
    octave : int
        The coarsest octave that is kept.
    turn : ndarray, shape (2, 2)
        Texels of that octave per pixel, at the centre of the frame.
    lean : ndarray, shape (2,)
        Growth of the distance per pixel; 0 where the camera faces the plane.
    position : ndarray, shape (2,)
        Of the centre of the frame, in texels of that octave, from 0 to `PERIOD`.
    distortion : float
        0 where the camera faces the plane.
    share : float
        Of the frame's light.
    """

    plane: int
    octave: int
    turn: Matrix
    lean: Vector
    position: Vector
    distortion: float
    share: float = 1.0


@dataclass(frozen=True)
class _Stage:
    """A pose relative to another; `shift` is what the last step adds to the position."""

    octave: int
    turn: Matrix
    lean: Vector
    shift: Vector
    distortion: float


def poses(steps: Sequence[Matrix], width: int, height: int, texel: float) -> list[list[Pose]]:
    """The planes that every frame sees: one, or two while one fades into the other.

    Parameters
    ----------
    steps : sequence of ndarray, shape (3, 3), length n_frames
        From `phosphene.paint.step.step_matrix`; the first is not applied.
    width, height : int
        Size of the frame in px.
    texel : float
        Size of a texel of octave 0, in px, where a plane is met.

    Returns
    -------
    list of list of Pose, length n_frames
    """
    centre = np.array([[1, 0, (width - 1) / 2], [0, 1, (height - 1) / 2], [0, 0, 1]])
    there = [np.linalg.inv(centre) @ step @ centre for step in steps]
    back = [np.linalg.inv(step) for step in there]
    reach = 0.5 * math.hypot(width, height)
    anchors = _anchors(back, reach)
    seen: list[list[Pose]] = [[] for _ in steps]
    for plane, anchor in enumerate(anchors):
        first = anchors[plane - 1] + 1 if plane else 0
        after = anchors[plane + 1] if plane + 1 < len(anchors) else len(steps)
        onward = _travel(back[anchor + 1 : after], reach)
        homeward = _travel(there[anchor:first:-1], reach)
        for frame, pose in enumerate(_placed(onward, plane, texel), anchor):
            seen[frame].append(pose)
        for frame, pose in zip(
            range(anchor - 1, first - 1, -1), _placed(homeward, plane, texel)[1:], strict=True
        ):
            seen[frame].append(pose)
    return [_shared(*planes) for planes in seen]


def _anchors(back: Sequence[Matrix], reach: float) -> list[int]:
    anchors, last = [0], len(back) - 1
    while (left := _leaves(back, anchors[-1], reach)) is not None:
        # A step that is a cut by itself is followed by a plane of its own.
        met = left if left == anchors[-1] + 1 else _leaves(back, left, reach)
        anchors.append(last if met is None else met)
        if anchors[-1] == last:
            break
    return anchors


def _leaves(back: Sequence[Matrix], anchor: int, reach: float) -> int | None:
    """The first frame that sees the plane of another one at an angle."""
    for frame, stage in enumerate(_travel(back[anchor + 1 :], reach), anchor):
        if stage.distortion > LEANS:
            return frame
    return None


def _travel(steps: Sequence[Matrix], reach: float) -> Iterator[_Stage]:
    """The pose before the first step, where the camera faces the plane, and after each one.

    A step takes a pixel of the frame that it leads to, from the centre, to its place in the one
    before.
    """
    octave, turn, lean = 0, np.eye(2), np.zeros(2)
    yield _Stage(octave, turn, lean, np.zeros(2), 0.0)
    for done, step in enumerate(steps):
        depth = lean @ step[:2, 2] + step[2, 2]
        # At 0 the centre of the frame lies on the horizon.
        lean = (step[:2, :2].T @ lean + step[2, :2]) / max(depth, 1e-6)
        shift = turn @ step[:2, 2] / max(depth, 1e-6)
        turn = turn @ (step[:2, :2] - np.outer(step[:2, 2], lean)) / max(depth, 1e-6)
        area = abs(turn[0, 0] * turn[1, 1] - turn[0, 1] * turn[1, 0])
        if not (depth > 1e-6 and 0.0 < area < np.inf):
            yield from [_Stage(octave, np.eye(2), np.zeros(2), np.zeros(2), WORST)] * (
                len(steps) - done
            )
            return
        doublings = math.frexp(math.sqrt(area))[1]
        octave, turn, shift = octave - doublings, np.ldexp(turn, -doublings), np.ldexp(shift, -doublings)
        yield _Stage(octave, turn, lean, shift, _distortion(turn, lean, reach))


def _distortion(turn: Matrix, lean: Vector, reach: float) -> float:
    """How far a corner's distance differs, and the logarithm of how much is foreshortened."""
    area = abs(turn[0, 0] * turn[1, 1] - turn[0, 1] * turn[1, 0])
    both = 0.5 * float(np.sum(turn**2)) / area  # the mean of the axes' ratio and its inverse
    foreshortened = math.log(both + math.sqrt(max(both * both - 1.0, 0.0)))
    return min(float(np.hypot(*lean)) * reach + foreshortened, WORST)


def _placed(stages: Iterator[_Stage], plane: int, texel: float) -> list[Pose]:
    """Poses with their positions: the sums of all shifts."""
    travelled = list(stages)
    bits = max(stage.octave for stage in travelled) + BITS
    across = down = 0
    placed = []
    for stage in travelled:
        across += _fixed(stage.shift[0] / texel, bits - stage.octave)
        down += _fixed(stage.shift[1] / texel, bits - stage.octave)
        coarsest = stage.octave - COARSER
        whole = bits - BITS - coarsest
        position = [((sum_ >> whole) % (PERIOD << BITS)) / (1 << BITS) for sum_ in (across, down)]
        turn = np.ldexp(stage.turn / texel, -COARSER)
        placed.append(
            Pose(plane, coarsest, turn, stage.lean, np.array(position), stage.distortion)
        )
    return placed


def _fixed(value: float, bits: int) -> int:
    """A number as an integer with so many bits after the point."""
    mantissa, exponent = math.frexp(value)
    whole, up = int(mantissa * 2.0**53), exponent - 53 + bits
    return whole << up if up >= 0 else whole >> -up


def _shared(one: Pose, other: Pose | None = None) -> list[Pose]:
    """What a frame sees, by how much less the one leans than the other."""
    if other is None:
        return [one]
    part = np.clip(3.0 * one.distortion / (one.distortion + other.distortion) - 1.0, 0.0, 1.0)
    share = float(part * part * (3.0 - 2.0 * part))
    both = replace(one, share=1.0 - share), replace(other, share=share)
    return [pose for pose in both if pose.share > 0.0]

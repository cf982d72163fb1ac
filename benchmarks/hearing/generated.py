"""Songs of the project's generator, from seeds that were not used in training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from training.hearing.compose import compose
from training.hearing.metre import Metre
from training.hearing.score import Piece
from training.hearing.songs import HELD_OUT
from training.hearing.studio import record

RATE = 22050
EACH = 12  # songs of each kind
_RAMP = 1.1  # the fastest beat of a ramp against the slowest


@dataclass(frozen=True)
class Kind:
    """The properties of a kind of songs: a metre, and a condition on each piece."""

    metre: Metre | None
    holds: Callable[[Piece], bool]


def _anything(piece: Piece) -> bool:
    return True


def _ramp(piece: Piece) -> bool:
    steps = np.diff(piece.beats)
    return bool(steps.max() > _RAMP * steps.min())


def _swing(piece: Piece) -> bool:
    return piece.clock.swing > 0.5


def _pickup(piece: Piece) -> bool:
    return piece.pickup > 0


KINDS = {
    "of any kind": Kind(None, _anything),
    "tempo changes": Kind(None, _ramp),
    "3/4": Kind(Metre((3,)), _anything),
    "6/8": Kind(Metre((1, 1), 3), _anything),
    "swing": Kind(None, _swing),
    "pick-ups": Kind(None, _pickup),
}


def songs(kind: Kind, first_seed: int = HELD_OUT) -> Iterator[tuple[Piece, np.ndarray]]:
    """`EACH` songs of a kind, and their samples at `RATE`."""
    made = 0
    for seed in count(first_seed):
        rng = np.random.default_rng(seed)
        piece = compose(rng, metre=kind.metre)
        if kind.holds(piece):
            yield piece, record(piece, rng)
            made += 1
        if made == EACH:
            return

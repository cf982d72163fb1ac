"""How a device trains: how many samples make a step, how far it goes, in what precision."""

from typing import NamedTuple

import torch


class Pace(NamedTuple):
    """batch: samples of one backward pass. parts: of those in a step, one thread each.

    crops: the picture coder's batch. peak: Muon's highest rate. half: computes in bfloat16, which
    is the faster where it is multiplied in tiles and ten times slower elsewhere. worn: the share of
    the pictures that is moved and coded again and again (`worn.py`). rollout: the teacher's steps
    that one of the student's learns (`distil.py`). piece: pictures that are coded at once.
    """

    batch: int
    parts: int
    crops: int
    peak: float
    half: bool
    worn: float
    rollout: int
    piece: int


PACES = {
    "cuda": Pace(256, 1, 64, 1e-3, True, 0.25, 4, 100),
    "cpu": Pace(8, 2, 4, 4e-4, torch.cpu._is_amx_tile_supported(), 0.1, 2, 25),
}
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
PACE = PACES[DEVICE.type]

"""Training settings per device: batch size, learning rate, precision."""

from typing import NamedTuple

import torch


class Settings(NamedTuple):
    """batch: samples per backward pass. parts: backward passes per step, one thread each.

    crops: the VAE's batch size. peak: Muon's highest learning rate. half: compute in bfloat16,
    which is faster on matrix units and ten times slower without. degraded: share of the pictures
    that go through the feedback loop (`degraded.py`). rollout: teacher steps per student step
    (`distil.py`). piece: pictures encoded at once.
    """

    batch: int
    parts: int
    crops: int
    peak: float
    half: bool
    degraded: float
    rollout: int
    piece: int


BY_DEVICE = {
    "cuda": Settings(256, 1, 64, 1e-3, True, 0.25, 4, 100),
    "cpu": Settings(8, 2, 4, 4e-4, torch.cpu._is_amx_tile_supported(), 0.1, 2, 25),
}
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
SETTINGS = BY_DEVICE[DEVICE.type]

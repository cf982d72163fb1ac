"""Degraded pictures stay aligned: the inverse of a camera motion moves a picture back."""

import torch

from training.degraded import camera_motions, warped


def waves(size: int = 48) -> torch.Tensor:
    """A smooth picture, (1, 3, size, size)."""
    across = torch.sin(torch.arange(size) * 0.3)
    return (across[:, None] * across[None]).expand(1, 3, size, size).contiguous()


def test_a_shift_by_whole_pixels_is_exact():
    step = torch.eye(3)[None].clone()
    step[:, 0, 2], step[:, 1, 2] = 3, -2
    picture = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(0))
    found = warped(picture, step)
    assert torch.allclose(found[:, :, :14, 3:], picture[:, :, 2:, :-3], atol=1e-4)


def test_a_motion_and_its_inverse_cancel():
    steps = camera_motions(1, 48, 48, torch.Generator().manual_seed(1))
    picture = waves()
    away = warped(picture, steps)
    back = warped(away, torch.linalg.inv(steps))
    middle = (slice(None), slice(None), slice(8, 40), slice(8, 40))
    assert (away - picture)[middle].abs().max() > 0.1
    assert (back - picture)[middle].abs().max() < 0.03

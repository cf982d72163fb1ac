import os

import cv2
import numpy as np
import pytest
import torch

from phosphene.errors import ProjectError
from phosphene.painting.pictures import read_image, to_bytes, to_levels


def test_bytes_are_rounded():
    levels = torch.tensor([0.0, 0.5, 1.0, 10.4 / 255, 10.6 / 255, 254.7 / 255]).view(1, 1, 1, 6)
    got = to_bytes(levels.expand(1, 3, 1, 6))
    assert got.shape == (1, 6, 3)
    assert got[0, :, 0].tolist() == [0, 128, 255, 10, 11, 255]


def test_halves_are_rounded_to_even_levels():
    # As torch.round on a device: at the middle between two levels, and one float beside it.
    middles = ((torch.arange(255) + 0.5) / 255.0).expand(3, 5, 255).clone()
    middles[1] = middles[1].nextafter(torch.ones(()))
    middles[2] = middles[2].nextafter(torch.zeros(()))
    expected = (middles * 255.0).round().to(torch.uint8).permute(1, 2, 0)
    assert torch.equal(to_levels(middles[None]), expected)


def test_values_beyond_the_range_are_clamped():
    beyond = torch.tensor([-0.2, 1.3, float("inf")]).view(1, 3, 1, 1)
    assert to_levels(beyond).flatten().tolist() == [0, 255, 255]


@pytest.mark.parametrize("size", [(64, 48), (48, 64), (50, 50), (31, 97)])
def test_an_image_covers_the_frame_in_its_own_colours(tmp_path, size):
    image = np.zeros((90, 120, 3), np.uint8)
    image[..., 2] = 200  # red, in OpenCV's order
    cv2.imwrite(str(tmp_path / "red.png"), image)
    picture = read_image(tmp_path / "red.png", *size)
    assert picture.shape == (1, 3, size[1], size[0])
    torch.testing.assert_close(picture.mean((0, 2, 3)), torch.tensor([200 / 255, 0.0, 0.0]))


def test_a_file_that_is_not_an_image_is_refused(tmp_path):
    (tmp_path / "no.png").write_text("no picture")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("no.png", "missing.png", "pipe", "link", "n" * 300):
        with pytest.raises(ProjectError, match=name):
            read_image(tmp_path / name, 64, 64)

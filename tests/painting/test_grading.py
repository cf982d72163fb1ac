"""The grade of the frames that are shown."""

import numpy as np
import pytest
import torch

from phosphene.painting.grading import grade, grade_matrix
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Row


def row(**channels):
    still = {name: channel.neutral for name, channel in CHANNELS.items()}
    return Row(0, still | channels, np.ones(1), 0, True)


def graded(colour, **channels):
    picture = torch.tensor(colour, dtype=torch.float32).view(1, 3, 1, 1)
    return grade(picture, row(**channels)).flatten().tolist()


def test_at_rest_the_picture_itself():
    picture = torch.rand(1, 3, 4, 4)
    assert grade(picture, row()) is picture


def test_arrays_are_graded_as_tensors_are_to_the_bit():
    picture, about = torch.rand(1, 3, 5, 7), row(brightness=1.3, saturation=0.7, hue=40.0)
    array = grade(picture.numpy(), about)
    assert isinstance(array, np.ndarray)
    np.testing.assert_array_equal(array, grade(picture, about).numpy())
    assert grade(picture.numpy(), row(brightness=4.0)).max() == 1.0


def test_brightness_scales():
    assert graded([0.2, 0.4, 0.1], brightness=2.0) == pytest.approx([0.4, 0.8, 0.2])


def test_zero_saturation_is_the_grey_of_the_same_luma():
    grey = 0.2126 * 0.8 + 0.7152 * 0.4 + 0.0722 * 0.2
    assert graded([0.8, 0.4, 0.2], saturation=0.0) == pytest.approx([grey] * 3)


def test_a_third_of_a_turn_takes_red_to_green():
    assert graded([0.5, 0.2, 0.2], hue=120.0) == pytest.approx([0.2, 0.5, 0.2], abs=1e-6)


@pytest.mark.parametrize("channels", [{"hue": 77.0}, {"saturation": 1.7}])
def test_greys_stay(channels):
    assert graded([0.3, 0.3, 0.3], **channels) == pytest.approx([0.3] * 3, abs=1e-6)


def test_a_full_turn_is_the_identity():
    np.testing.assert_allclose(grade_matrix(row(hue=360.0)), np.eye(3), atol=1e-12)

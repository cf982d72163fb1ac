"""Pictures of the user's, as they are read."""

import numpy as np
import pytest
from PIL import Image

from phosphene.footage.stills import read_still
from phosphene.painting.pictures import read_floats


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_photo_of_a_phone_is_upright_as_it_is_as_first_picture(tmp_path, mode):
    """Phones store what the sensor saw, and in EXIF how to turn it."""
    path = tmp_path / "photo.jpg"
    wide = Image.linear_gradient("L").resize((60, 40)).convert(mode)
    turned = wide.getexif()
    turned[0x0112] = 6  # a quarter turn clockwise
    wide.save(path, exif=turned)
    found = read_still(path, "overlay[0].image")
    assert found.shape == (60, 40, 4)
    first = read_floats(path, 40, 60)[0].transpose(1, 2, 0) * 255.0
    np.testing.assert_allclose(found[..., :3], first, atol=0.5)


@pytest.mark.parametrize(("mode", "alpha"), [("RGB", 255), ("L", 255), ("RGBA", 90), ("LA", 90)])
def test_alpha_is_kept_and_a_picture_without_is_opaque(tmp_path, mode, alpha):
    path = tmp_path / "picture.png"
    Image.new("RGBA", (6, 4), (200, 200, 200, 90)).convert(mode).save(path)
    np.testing.assert_array_equal(read_still(path, "")[2, 3], (200, 200, 200, alpha))

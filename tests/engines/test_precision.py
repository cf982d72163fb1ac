"""The number format of a device, and what it does to a picture."""

from unittest import mock

import pytest
import torch
from scores import card, score

from phosphene.engines.loading import load_engine
from phosphene.engines.precision import working_format
from phosphene.engines.presets import PRESETS
from phosphene.project.schema import Model

SIZE = 96


def engine(matrix_units, about):
    with mock.patch("torch.cpu._is_amx_tile_supported", return_value=matrix_units):
        return load_engine(PRESETS["worlds"], Model(device="cpu", steps=2), about)


@pytest.fixture(scope="module")
def engines():
    about = score(n=2, width=SIZE, height=SIZE, strength=0.5)
    return about, engine(False, about), engine(True, about)


@pytest.mark.parametrize(
    ("device", "matrix_units", "working"),
    [
        ("cuda", False, torch.float16),
        ("cpu", True, torch.bfloat16),
        ("cpu", False, torch.float32),
        ("mps", True, torch.float32),
    ],
)
def test_bfloat16_only_where_a_cpu_has_matrix_units_for_it(device, matrix_units, working):
    with mock.patch("torch.cpu._is_amx_tile_supported", return_value=matrix_units):
        assert working_format(torch.device(device)) is working


def test_bfloat16_paints_the_picture_that_float32_paints(engines):
    about, exact, fast = engines
    picture, row = card(SIZE, SIZE), about.row(1)
    assert {part.dtype for part in (exact._unet, exact._vae)} == {torch.float32}
    assert {part.dtype for part in (fast._unet, fast._vae)} == {torch.bfloat16}
    one, other = exact.img2img(picture, row), fast.img2img(picture, row)
    assert (one - other).abs().mean() < 1 / 255
    assert (one - picture).abs().mean() > 10 / 255  # and it is not the picture that went in


def test_what_is_fed_back_is_finer_than_bfloat16(engines):
    about, _, fast = engines
    painted = fast.img2img(card(SIZE, SIZE), about.row(1))
    assert painted.dtype == torch.float32
    rounded = painted * 2 - 1
    assert (rounded != rounded.bfloat16().float()).float().mean() > 0.9

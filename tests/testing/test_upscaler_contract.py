import numpy as np
import pytest

from phosphene.errors import ProjectError
from phosphene.plugins.loading import load_built_ins
from phosphene.screen.upscalers import UpscalerSpec, find_upscaler
from phosphene.testing import ContractError, UpscalerContract, check_upscaler


class TestLanczos(UpscalerContract):
    spec = load_built_ins().upscalers["lanczos"]


def blocks(picture, factor):
    return picture.repeat(factor, 0).repeat(factor, 1)


def spoils(picture):
    picture[:] = 0
    return blocks(255 - picture, 2)


numbers = iter(range(1000))


@pytest.mark.parametrize(
    ("upscale", "expected"),
    [
        (lambda picture: picture, r"returned uint8 of shape \(48, 64, 3\)"),
        (lambda picture: blocks(picture, 2) / 255, "returned float64 of shape"),
        (lambda picture: None, "returned NoneType"),
        (lambda picture: 1 / 0, "ZeroDivisionError"),
        (lambda picture: blocks(picture[..., ::-1], 2), r"the colour \(200, 60, 20\) became \(20, 60, 200\)"),
        (lambda picture: blocks(picture[::-1], 2), "reduced again, it differs by"),
        (spoils, "changed the picture"),
        (lambda picture: blocks(picture, 2) ^ (next(numbers) & 2), "gave a different result"),
    ],
)  # fmt: skip
def test_each_violation_is_named(upscale, expected):
    with pytest.raises(ContractError, match=f"(?s){expected}"):
        check_upscaler(UpscalerSpec("odd", "", lambda factor: upscale, (2,)))


def test_lanczos_keeps_a_wave_that_blocks_do_not():
    wave = 128 + 90 * np.sin(np.arange(64) / 1.3)
    picture = np.broadcast_to(wave[None, :, None], (64, 64, 3)).astype(np.uint8)
    large = load_built_ins().upscalers["lanczos"].load(2)(picture)[64, 20:-20, 0]
    true = 128 + 90 * np.sin((np.arange(128) / 2 - 0.25) / 1.3)[20:-20]
    assert np.abs(large - true).max() < 6


def test_an_unsupported_factor():
    specs = {"two": UpscalerSpec("two", "", lambda factor: spoils, (2,))}
    assert find_upscaler("two", 2, specs).name == "two"
    with pytest.raises(
        ProjectError, match=r"video\.upscale is 4; the upscaler 'two' enlarges by 2"
    ):
        find_upscaler("two", 4, specs)
    with pytest.raises(ProjectError, match="unknown upscaler 'tow'"):
        find_upscaler("tow", 2, specs)

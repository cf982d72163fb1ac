"""The bundled depth of `worlds`: its contract, its weights, and a long film through it."""

import tomllib
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from scores import card, score

from phosphene.engines.depths.estimated import input_size
from phosphene.engines.depths.network import MULTIPLE, SIDE, WEIGHTS
from phosphene.painting.depth import with_depth
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Depth
from phosphene.testing import check_depth

ROOT = Path(__file__).parents[3]


class Keeper:
    """Keeps the moved picture, which has no dark pixels."""

    device = torch.device("cpu")

    def first(self, row):
        return 0.5 + 0.5 * card(64, 64)

    def img2img(self, picture, row):
        return picture


def test_it_keeps_the_contract(registry):
    check_depth(registry.depths["worlds"])


def test_its_weights_are_small_and_in_the_wheel():
    weights = load_file(WEIGHTS)
    assert {weight.dtype for weight in weights.values()} == {torch.float16}
    assert sum(weight.numel() for weight in weights.values()) <= 1_500_000
    assert WEIGHTS.stat().st_size <= 3_000_000
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    package = ROOT / "src" / "phosphene"
    inside = {path for one in about["package-data"]["phosphene"] for path in package.glob(one)}
    assert WEIGHTS in inside


@pytest.mark.parametrize(
    ("size", "expected"),
    [((256, 256), (128, 128)), ((1280, 720), (128, 224)), ((720, 1280), (224, 128)),
     ((512, 64), (128, 1024)), ((64, 48), (128, 160))],
)  # fmt: skip
def test_the_input_has_the_proportions_of_the_film(size, expected):
    assert input_size(*size, SIDE, MULTIPLE) == expected


def test_sixty_frames_have_no_holes(registry):
    """A hole would be black; the picture has no pixel below a half."""
    about = score(n=60, width=64, height=64, translation_x=-1.5, dolly=0.02, strength=0.5)
    depth = Depth.model_validate({"source": "worlds", "every": 4})
    engine = with_depth(Keeper(), registry.depths["worlds"], depth, about)
    frames = torch.cat([frame.picture for frame in paint(about, engine)])
    assert len(frames) == 60
    assert float(frames.min()) > 0.4
    assert float(frames[-1].std()) > 0.01

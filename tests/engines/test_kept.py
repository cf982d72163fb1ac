"""A process that paints one film after another loads a model once, with the same frames."""

from dataclasses import replace

import pytest
import torch
from scores import score

from phosphene.engines import loading
from phosphene.engines.kept import PIPELINES, Kept
from phosphene.engines.presets import PRESETS
from phosphene.errors import EngineError
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model


@pytest.fixture
def keeps(monkeypatch):
    monkeypatch.setattr(PIPELINES, "on", True)
    yield
    PIPELINES.forget()


WORLDS = replace(PRESETS["worlds"], graphs=False)  # which take long to trace


def pictures(about, **model):
    engine = loading.load_engine(WORLDS, Model(name="worlds", **model), about)
    return [frame.picture for frame in paint(about, engine)]


def test_a_model_is_loaded_once_and_other_films_are_the_same_to_the_bit(keeps, monkeypatch):
    first = score(prompts=("an ocean at dusk", "a forest"), strength=0.4, zoom=1.02)
    second = score(prompts=("a neon city at night", "a reef"), strength=0.5, width=64, height=64)
    monkeypatch.setattr(PIPELINES, "on", False)
    alone = pictures(second)
    monkeypatch.setattr(PIPELINES, "on", True)
    pictures(first)
    monkeypatch.setattr(loading, "load_pipeline", None)
    assert all(map(torch.equal, pictures(second), alone))


def test_another_quality_is_another_pipeline(keeps, monkeypatch):
    about = score(prompts=("an ocean at dusk", "a forest"), n=1)
    pictures(about, quality="draft")
    monkeypatch.setattr(loading, "load_pipeline", None)
    with pytest.raises(EngineError):
        pictures(about, quality="fine")


def test_one_value_is_kept_at_most_and_only_where_it_is_wanted():
    kept = Kept()
    kept.keep("a", 1)
    assert kept.get("a") is None
    kept.on = True
    kept.keep(None, 1)
    assert kept.get(None) is None
    kept.keep("a", 1)
    assert (kept.get("a"), kept.get("b"), kept.get("a")) == (1, None, None)

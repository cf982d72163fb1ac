"""A process that paints one film after another loads a model once, with the same frames."""

import gc
import weakref
from dataclasses import replace

import pytest
import torch
from scores import score

from phosphene.engines import loading
from phosphene.engines.presets import PRESETS
from phosphene.engines.runtime.cuda_graphs import Graphs, Recording
from phosphene.engines.runtime.pipeline_cache import PIPELINE_CACHE, PipelineCache
from phosphene.errors import EngineError
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model


@pytest.fixture
def caching(monkeypatch):
    monkeypatch.setattr(PIPELINE_CACHE, "enabled", True)
    yield
    PIPELINE_CACHE.clear()


WORLDS = replace(PRESETS["worlds"], graphs=False)  # tracing takes long


def pictures(about, **model):
    engine = loading.load_engine(WORLDS, Model(name="worlds", **model), about)
    return [frame.picture for frame in paint(about, engine)]


def test_a_model_is_loaded_once_and_later_films_are_the_same_to_the_bit(caching, monkeypatch):
    first = score(prompts=("an ocean at dusk", "a forest"), strength=0.4, zoom=1.02)
    second = score(prompts=("a neon city at night", "a reef"), strength=0.5, width=64, height=64)
    monkeypatch.setattr(PIPELINE_CACHE, "enabled", False)
    alone = pictures(second)
    monkeypatch.setattr(PIPELINE_CACHE, "enabled", True)
    pictures(first)
    monkeypatch.setattr(loading, "load_pipeline", None)
    assert all(map(torch.equal, pictures(second), alone))


def test_the_graphs_of_the_film_before_are_freed_when_the_next_is_loaded(caching, monkeypatch):
    results = []

    def record(work):
        result = work()
        results.append(weakref.ref(result))
        return Recording(lambda: None, result)

    monkeypatch.setattr(loading, "_recording", lambda model, device: Graphs(record))
    about = score(prompts=("an ocean at dusk", "a forest"), n=1)
    gc.disable()
    try:
        pictures(about)
        before = tuple(results)
        loading.load_engine(WORLDS, Model(name="worlds"), about)
        assert before
        assert [result() for result in before] == [None] * len(before)
    finally:
        gc.enable()


def test_another_quality_is_another_pipeline(caching, monkeypatch):
    about = score(prompts=("an ocean at dusk", "a forest"), n=1)
    pictures(about, quality="draft")
    monkeypatch.setattr(loading, "load_pipeline", None)
    with pytest.raises(EngineError):
        pictures(about, quality="fine")


def test_the_cache_holds_one_value_and_only_if_enabled():
    cache = PipelineCache()
    cache.put("a", 1)
    assert cache.get("a") is None
    cache.enabled = True
    cache.put(None, 1)
    assert cache.get(None) is None
    cache.put("a", 1)
    assert (cache.get("a"), cache.get("b"), cache.get("a")) == (1, None, None)

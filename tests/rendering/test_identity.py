"""What the frames of a film depend on."""

import importlib.util
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from scores import score

from phosphene.composing.compose import compose
from phosphene.directing.direct import brief_of, directed
from phosphene.painting.engine import EngineSpec
from phosphene.plugins import Plugin
from phosphene.plugins.kinds import guarded
from phosphene.project.file import make_project
from phosphene.project.listening import song_of
from phosphene.project.tables.model import Model
from phosphene.rendering.identity import identity
from phosphene.rendering.render import Render
from phosphene.score.captions import Caption, Lettering
from phosphene.song.features.builtin import FEATURES


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine out of a plugin of one file, with this code."""
    path = tmp_path / "phosphene_mosaic.py"

    def make(code: str, wrap: Callable[..., Any] = lambda load: load) -> EngineSpec:
        path.write_text(f"def load(model, score):\n    {code}\n")
        found = importlib.util.spec_from_file_location("phosphene_mosaic", path)
        module = importlib.util.module_from_spec(found)
        monkeypatch.setitem(sys.modules, "phosphene_mosaic", module)
        found.loader.exec_module(module)
        return EngineSpec("mosaic", "tiles", wrap(module.load))

    return make


def made_of(spec: EngineSpec) -> dict[str, str]:
    return identity(score(), spec, Model(), Path("film.mp4"), None)


def test_another_version_of_an_engines_plugin_is_another_film(engine):
    first = made_of(engine("return 1"))
    assert made_of(engine("return 1")) == first
    other = made_of(engine("return 2"))
    assert [name for name in first if first[name] != other[name]] == ["engine's code"]


WRAPS = {
    "partial": lambda load: partial(load, 3),
    "decorated partial": lambda load: wraps(load)(partial(load)),
    "guarded partial": lambda load: (
        guarded(
            Plugin("mosaic", "phosphene-mosaic", "1.0"),
            {("engines", "m"): EngineSpec("m", "", partial(load, 3))},
        )["engines", "m"].load
    ),
    "closure": lambda load: lambda *given: load(*given),
}


@pytest.mark.parametrize("wrap", WRAPS)
def test_another_version_is_noticed_whatever_wraps_it(engine, wrap):
    first = made_of(engine("return 1", WRAPS[wrap]))
    assert made_of(engine("return 1", WRAPS[wrap])) == first
    other = made_of(engine("return 2", WRAPS[wrap]))
    assert [name for name in first if first[name] != other[name]] == ["engine's code"]


def test_a_partial_is_identified_by_what_it_calls(engine):
    spec = engine("return 1")
    bound = EngineSpec("mosaic", "tiles", partial(spec.load, 3))
    assert made_of(bound) == made_of(spec)


def test_negative_prompts_captions_and_their_fonts_are_part_of_a_film(tmp_path):
    fonts = [tmp_path / name for name in ("one.ttf", "copy.ttf", "other.ttf")]
    for font, content in zip(fonts, (b"one", b"one", b"other"), strict=True):
        font.write_bytes(content)

    def changed(**changes):
        spec = EngineSpec("none", "", lambda model, score: None)
        one, other = (
            identity(about, spec, Model(), Path("film.mp4"), None)
            for about in (titled, replace(titled, **changes))
        )
        return [name for name in one if one[name] != other[name]]

    def titles(text, font):
        return (Caption(text, 0, 2, 0, Lettering(font, 0.1, (0.5, 0.5), (255,) * 3, 0.0)),)

    titled = replace(score(), captions=titles("a", fonts[0]))
    assert changed(captions=titles("b", fonts[0])) == ["captions"]
    assert changed(captions=titles("a", fonts[1])) == []
    assert changed(captions=titles("a", fonts[2])) == ["captions"]
    assert changed(own_negatives=(None, "worse")) == ["prompts"]
    assert changed(own_negatives=(None, "bad")) == []


def test_which_frames_are_repainted_is_part_of_a_film():
    """As by the cadence of a scene, which is in no channel."""
    spec = EngineSpec("none", "", lambda model, score: None)
    every = score()
    other = replace(every, diffuses=np.arange(len(every)) % 2 == 0)
    one, two = (identity(each, spec, Model(), Path("f.mp4"), None) for each in (every, other))
    assert [name for name in one if one[name] != two[name]] == ["repainted frames"]


def test_additions_to_a_model_are_identified_by_content(tmp_path):
    def added(name, content, **more):
        (tmp_path / name).write_bytes(content)
        lora = {"path": str(tmp_path / name), **more}
        spec = EngineSpec("sd15", "", lambda model, score: None)
        model = Model.model_validate({"lora": [lora]})
        return identity(score(), spec, model, Path("film.mp4"), None)

    first = added("a.safetensors", b"one")
    assert added("b.safetensors", b"one") == first
    for other in (added("a.safetensors", b"two"), added("c.safetensors", b"one", weight=0.5)):
        assert [name for name in first if first[name] != other[name]] == ["additions to the model"]


def test_a_song_read_from_the_cache_gives_the_same_fingerprint(tmp_path, registry):
    """As the one that was just analysed: no curve and no text differs in a bit."""
    rate, clicks = 22050, np.zeros(22050 * 4)
    for number, time in enumerate(np.arange(0.25, 3.9, 0.5)):
        begin = round(time * rate)
        clicks[begin : begin + 400] = (1.0 if number % 4 == 0 else 0.6) * np.hanning(400)
    soundfile.write(tmp_path / "clicks.wav", clicks, rate)
    levels = [
        {"use": "level", "feature": name, "to": {"zoom": 0.1, "hue": 9.0}}
        for name in [*FEATURES, "rms", "low", "mid", "high", "onset"]
    ]
    beats = [{"use": "beat", "to": {"strength": -0.3}}, {"use": "orbit", "period": "1 bar"}]
    data = {"song": {"file": "clicks.wav", "tracker": "librosa"}, "motion": [*levels, *beats]}

    def heard():
        project = make_project(deepcopy(data), tmp_path / "p.toml", registry)
        song = song_of(project.song, registry)
        film = Render(project, tmp_path / "film.mp4", registry)
        text = directed(
            registry.directors["form"],
            song,
            brief_of(song, "the sea", None, "worlds"),
            {"file": "clicks.wav"},
        )
        return song.shelf.from_cache, film.fingerprint(project, compose(project, song)), text

    first, again = heard(), heard()
    assert (first[0], again[0]) == (False, True)
    assert first[1:] == again[1:]

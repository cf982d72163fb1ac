"""Warnings about a Score before it is painted."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from scores import score

from phosphene.project.tables.model import Model
from phosphene.rendering import reports
from phosphene.rendering.reports import (
    warn_of_image,
    warn_of_size,
    warn_of_unsupported,
    warn_of_words,
)

BASE = "a temple on mountains at dawn with stars"


@pytest.fixture
def worlds(registry):
    return registry.engines["worlds"]


def warnings_in(caplog):
    return " ".join(record.getMessage() for record in caplog.records)


@pytest.fixture
def encodes_its_own(worlds, monkeypatch):
    """`worlds` as a model whose own pipeline encodes prompts."""
    monkeypatch.setattr("phosphene.rendering.reports.family_of", lambda source: None)
    return worlds


def test_the_words_that_are_cut_off_are_named_with_the_style(encodes_its_own, caplog):
    long = ", ".join([BASE] * 6) + ", digital art"
    warn_of_words(encodes_its_own, score(prompts=(long, "a forest")))
    said = warnings_in(caplog)
    assert "worlds reads 46 tokens of a prompt" in said
    assert "stars, digital art' at the end of 'a temple on mountains" in said


def test_an_end_that_prompts_share_is_reported_once(encodes_its_own, caplog):
    prompts = tuple(
        f"{', '.join([start] + [BASE] * 6)}, ocean" for start in ("a forest", "a desert")
    )
    warn_of_words(encodes_its_own, score(prompts=prompts))
    assert warnings_in(caplog).count("at the end of 2 prompts") == 1


def test_weights_that_a_model_does_not_read_are_named(encodes_its_own, caplog):
    warn_of_words(encodes_its_own, score(prompts=("a (forest:1.3)", "a desert")))
    assert "worlds does not weigh words" in warnings_in(caplog)


def test_worlds_reads_long_prompts_and_weights(worlds, caplog):
    about = score(prompts=(", ".join([BASE] * 6), "a (forest:1.3)"))
    warn_of_words(worlds, replace(about, negative=""))
    assert warnings_in(caplog) == ""


def test_a_prompt_that_fits_gives_no_warning(worlds, caplog):
    warn_of_words(worlds, replace(score(prompts=("a temple", "a forest")), negative=""))
    assert warnings_in(caplog) == ""


@pytest.mark.parametrize(
    ("name", "size", "native", "says"),
    [
        ("worlds", (256, 256), True, ""),
        ("worlds", (512, 512), True, "paints at 256x256, and each frame is enlarged to 512x512"),
        ("worlds", (1280, 720), True, "paints at 336x192"),
        ("worlds", (512, 512), False, "repeats the scene at 512x512"),
        ("sd15", (1024, 1024), True, ""),
        ("none", (1024, 1024), True, ""),
    ],
)
def test_a_film_beyond_the_trained_size_gives_a_warning(registry, caplog, name, size, native, says):
    about = score(width=size[0], height=size[1])
    warn_of_size(registry.engines[name], Model(native_size=native), about)
    said = warnings_in(caplog)
    assert says in said
    assert bool(said) == bool(says)


@pytest.mark.parametrize(
    ("name", "strength", "video", "warned"),
    [
        ("worlds", 0.55, {"image": "i.png"}, True),
        ("worlds", 0.55, {"image": "i.png", "image_hold": "2 bars"}, False),
        ("worlds", 0.05, {"image": "i.png"}, False),
        ("worlds", 0.55, {}, False),
        ("none", 0.55, {"image": "i.png"}, False),
    ],
)
def test_an_image_that_is_painted_over_at_once_gives_a_warning(
    registry, project, caplog, name, strength, video, warned
):
    image = Path(video["image"]) if "image" in video else None
    about = replace(score(n=30, strength=strength), image=image)
    warn_of_image(registry.engines[name], project(video=video), about)
    assert ("image_hold" in warnings_in(caplog)) == warned


@pytest.mark.parametrize(
    ("free", "expected"),
    [(5e9, "needs about 9.0 GB of disk while it is rendered; 5.0 GB are free"), (50e9, "")],
)
def test_a_full_disk_is_foreseen(monkeypatch, caplog, tmp_path, free, expected):
    monkeypatch.setattr(reports.shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    with caplog.at_level("WARNING", "phosphene"):
        reports.report_space(tmp_path / "film.mp4", 4e9, 9e9)
    assert expected in caplog.text
    assert bool(expected) == bool(caplog.text)


@pytest.mark.parametrize("name", ["lora", "control", "ip_adapter", "guide", "mask", "overlay"])
def test_a_channel_without_what_it_multiplies_is_reported(worlds, caplog, name):
    warn_of_unsupported(worlds, Model(), score(**{name: 0.5}))
    assert f"motion drives {name}, which is ignored without [[" in warnings_in(caplog)

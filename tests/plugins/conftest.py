"""Fixtures that install plugins for a test, as packages in a folder on the path."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from plugin_packages import make_environment, write_package

from phosphene.cli import cli
from phosphene.plugins import Plugin, trial


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and records in a folder of the test."""
    for variable in ("CONFIG", "CACHE"):
        monkeypatch.setenv(f"PHOSPHENE_{variable}", str(tmp_path / variable.lower()))
    return tmp_path / "config" / "plugins.json"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_settings: Path) -> Iterator[Path]:
    """A folder of installed packages."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture
def package(site: Path) -> Callable[..., Path]:
    """Install phosphene-NAME: ``package("wobble", body, version="2.0")``."""

    def write(name: str, *arguments: object, **options: object) -> Path:
        return write_package(site, name, *arguments, **options)  # type: ignore[arg-type]

    return write


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A new virtual environment with access to the packages of this one: its Python and folder."""
    return make_environment(tmp_path_factory.mktemp("environment"))


@pytest.fixture(scope="module")
def phosphene(
    environment: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Result]]:
    """Run a command in that environment; a plugin that hangs is killed after half a second."""
    python, site = environment
    home = tmp_path_factory.mktemp("home")
    run_answer = trial.run_answer

    def with_timeout(plugin: Plugin, seconds: float, *task: str) -> dict[str, Any]:
        return run_answer(plugin, 0.5 if plugin.name == "hangs" else seconds, *task)

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        patch.setattr(sys, "executable", str(python))
        patch.setattr(trial, "run_answer", with_timeout)
        patch.setenv("PHOSPHENE_CONFIG", str(home / "config"))
        patch.setenv("PHOSPHENE_CACHE", str(home / "cache"))
        patch.setenv("COLUMNS", "400")
        yield lambda *words: CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of noise."""
    path = tmp_path_factory.mktemp("song") / "song.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(0).standard_normal(22050), 22050)
    return path

"""Plugins made for a test: packages in a folder on the path, as pip would leave them there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from plugin_packages import write_package


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's decisions and records, in a folder of the test's own."""
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

"""Fixtures that import settings files."""

import json
import tomllib
from pathlib import Path

import pytest

from phosphene.composing.compose import compose
from phosphene.importers.deforum import Settings, import_settings, read_settings
from phosphene.project.file import make_project
from phosphene.testing import synthetic_song


@pytest.fixture
def import_and_compose(registry):
    """Import settings and compose them: ``imported, score = import_and_compose(zoom="0:(1.01)")``."""

    def run(duration=20.0, **entries):
        result = import_settings(Settings(Path("settings.txt"), entries), None, Path())
        project = make_project(tomllib.loads(result.text), Path("test.toml"), registry)
        return result, compose(project, synthetic_song(duration))

    return run


@pytest.fixture
def import_read_and_compose(registry):
    """Import settings that `saved` has read, and compose them."""

    def run(settings, duration=20.0):
        result = import_settings(settings, None, Path())
        project = make_project(tomllib.loads(result.text), Path("test.toml"), registry)
        return result, compose(project, synthetic_song(duration))

    return run


@pytest.fixture
def saved(tmp_path):
    """Write a settings file, and read it."""

    def save(**entries):
        path = tmp_path / "settings.txt"
        path.write_text(json.dumps(entries))
        return read_settings(path)

    return save

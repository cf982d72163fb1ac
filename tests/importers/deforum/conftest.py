"""Imports of settings files in memory."""

import json
import tomllib
from pathlib import Path

import pytest

from phosphene.composing.compose import compose
from phosphene.importers.deforum import Settings, imported, read_settings
from phosphene.project.file import make_project
from phosphene.testing import synthetic_song


@pytest.fixture
def brought(registry):
    """Import settings and compose them: ``imported, score = brought(zoom="0:(1.01)")``."""

    def bring(duration=20.0, **entries):
        made = imported(Settings(Path("settings.txt"), entries), None, Path())
        project = make_project(tomllib.loads(made.text), Path("test.toml"), registry)
        return made, compose(project, synthetic_song(duration))

    return bring


@pytest.fixture
def brought_file(registry):
    """Import settings that were read, and compose them."""

    def bring(settings, duration=20.0):
        made = imported(settings, None, Path())
        project = make_project(tomllib.loads(made.text), Path("test.toml"), registry)
        return made, compose(project, synthetic_song(duration))

    return bring


@pytest.fixture
def saved(tmp_path):
    """Write a settings file, and read it."""

    def save(**entries):
        path = tmp_path / "settings.txt"
        path.write_text(json.dumps(entries))
        return read_settings(path)

    return save

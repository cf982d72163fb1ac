"""What tests share: quiet threads, the plugins, and projects made in memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from phosphene.plugins import Registry, load_plugins
from phosphene.project import Project
from phosphene.project_file import make_project

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_plugins()


@pytest.fixture
def project(registry: Registry) -> Callable[..., Project]:
    """Make a project of layers: ``project({"use": "beat", ...}, video={"fps": 30})``."""

    def make(*motion: dict[str, Any], **tables: Any) -> Project:
        data = {"song": {"file": "song.wav"}, "motion": list(motion), **tables}
        return make_project(data, Path("test.toml"), registry)

    return make

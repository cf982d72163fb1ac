"""The READMEs in plugins/ list every parameter, and their projects are valid."""

import importlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from phosphene.plugins import load_plugins
from phosphene.project.file import make_project

PACKAGES = sorted((Path(__file__).parents[2] / "plugins").glob("phosphene-*"))
ROW = re.compile(r"^\| `(\w+)` \| `?(.*?)`? \| (.+) \|$", re.MULTILINE)


def modulators_of(package, monkeypatch):
    """The modulators of a package, by name."""
    monkeypatch.syspath_prepend(package / "src")
    module = importlib.import_module(package.name.replace("-", "_"))
    found = []
    getattr(module, "register_modulators", lambda register: None)(found.append)
    return {cls.name: cls for cls in found}


def page_of(package):
    return (package / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_parameter_is_listed_with_its_default(package, monkeypatch):
    for cls in modulators_of(package, monkeypatch).values():
        own = cls.model_fields
        listed = {name: default for name, default, _ in ROW.findall(page_of(package))}
        assert list(listed) == list(own)
        for name, field in own.items():
            given = tomllib.loads(f"it = {listed[name]}")["it"]
            assert cls(**{name: given}) == cls(), f"{name} = {field.default!r}"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_project_in_its_readme_is_valid(package, monkeypatch):
    registry = load_plugins()
    known = registry.modulators | modulators_of(package, monkeypatch)
    origin = {("modulators", name): registry.plugins[0] for name in known}
    registry = replace(registry, modulators=known, origin=registry.origin | origin)
    blocks = re.findall(r"^```toml\n(.*?)^```", page_of(package), re.MULTILINE | re.DOTALL)
    for block in blocks:
        project = make_project(
            {"song": {"file": "song.flac"}} | tomllib.loads(block), package / "p.toml", registry
        )
        assert project.motion
    assert blocks

"""docs/modulators: every modulator, parameter and channel has its place, and the pages are up to date."""

import importlib.util
import re
from pathlib import Path

import pytest

from phosphene.score.channels import CHANNELS

DOCS = Path(__file__).parent.parent / "docs"
FIX = "run: python docs/make_modulator_pages.py"


@pytest.fixture(scope="module")
def maker():
    path = DOCS / "make_modulator_pages.py"
    spec = importlib.util.spec_from_file_location("make_modulator_pages", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def modulators(maker, registry):
    return maker.built_in(registry)


def test_every_modulator_has_an_example_and_a_plot(modulators):
    for name in modulators:
        assert (DOCS / "modulators" / "examples" / f"{name}.toml").is_file(), f"{name}: write one"
        assert (DOCS / "pictures" / f"plot-{name}.png").is_file(), f"{name}: {FIX}"


def test_the_pages_are_up_to_date(maker, registry):
    pages = maker.pages(registry)
    for path, text in pages.items():
        assert path.is_file(), f"{path.name}: {FIX}"
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is old; {FIX}"
    assert set((DOCS / "modulators").glob("*.md")) == set(pages)


def test_every_parameter_is_documented(modulators):
    for name, cls in modulators.items():
        assert cls.__doc__, name
        page = (DOCS / "modulators" / f"{name}.md").read_text(encoding="utf-8")
        for parameter, field in cls.model_fields.items():
            assert field.description, f"{name}.{parameter}: give it a description"
            assert f"| `{parameter}` |" in page, f"{name}.{parameter}: {FIX}"


def test_every_channel_is_documented():
    channels = (DOCS / "channels.md").read_text(encoding="utf-8")
    for name, channel in CHANNELS.items():
        assert channel.description, name
        assert f"| `{name}` |" in channels
        for page in ("keyframes", "expression"):
            text = (DOCS / "modulators" / f"{page}.md").read_text(encoding="utf-8")
            assert f"| `{name}` |" in text, f"{page}: {FIX}"


def test_an_example_shows_its_own_modulator(maker, modulators, registry):
    for name in modulators:
        assert name in [layer.use for layer in maker.example(name, registry).motion]


def test_links_lead_somewhere():
    for page in (DOCS / "modulators").glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"

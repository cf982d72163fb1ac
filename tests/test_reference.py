"""docs/reference lists every public name, and each of them has a docstring for it to show."""

import re
from pathlib import Path

import pytest

import phosphene
from phosphene import hookspecs, testing

PAGES = Path(__file__).parent.parent / "docs" / "reference"
HOOKS = [name for name in vars(hookspecs) if name.startswith("register_")]
LISTS = [
    ("public-names.md", "phosphene", phosphene.__all__),
    ("testing.md", "phosphene.testing", testing.__all__),
    ("hooks.md", "phosphene.hookspecs", HOOKS),
]
NAMES = [(module, name) for _, module, names in LISTS for name in names]


@pytest.mark.parametrize(("page", "module", "names"), LISTS, ids=lambda part: str(part)[:20])
def test_a_page_shows_each_public_name_once(page, module, names):
    text = (PAGES / page).read_text(encoding="utf-8")
    shown = re.findall(rf"^::: {re.escape(module)}\.(\w+)$", text, re.MULTILINE)
    assert sorted(shown) == sorted(names)


def test_each_hook_is_followed_by_its_example():
    text = (PAGES / "hooks.md").read_text(encoding="utf-8")
    for name in HOOKS:
        _, _, after = text.partition(f"::: phosphene.hookspecs.{name}\n")
        assert f"docs/reference/examples/{name}.py" in after.partition(":::")[0]


@pytest.fixture(scope="module")
def package():
    """Phosphene as the site reads it: from its source."""
    griffe = pytest.importorskip("griffe", reason="comes with the extra docs")
    return griffe.load("phosphene", search_paths=[Path(phosphene.__file__).parents[1]])


@pytest.mark.parametrize(("module", "name"), NAMES, ids=[name for _, name in NAMES])
def test_a_public_name_and_its_public_members_have_docstrings(package, module, name):
    shown = package[f"{module}.{name}".removeprefix("phosphene.")]
    assert shown.docstring, name
    for member in shown.members.values():
        plain = member.is_public and not member.is_special
        if plain and (member.is_function or member.is_class):
            assert member.docstring, member.path

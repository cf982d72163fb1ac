"""Example packages, the template and the docs' code see of Phosphene what docs/ lists as public."""

import ast
import re
from pathlib import Path

import pytest

import phosphene
from phosphene import testing

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
LISTED = {
    "phosphene": set(re.findall(r"`(\w+)`", GUIDE.partition("## Public names")[2].partition(";")[0])),
    "phosphene.testing": set(testing.__all__),
}  # fmt: skip
DOTTED = r"phosphene(?!\.api$)(\.\w+)+"  # a module in a text; phosphene.api is an entry-point group


def code_in_docs():
    """Every Python file or block that the author of a plugin sees, and its text."""
    template = ROOT / "src" / "phosphene" / "scaffold" / "template"
    for path in [
        *ROOT.glob("plugins/*/**/*.py"),
        *template.glob("*.py.txt"),
        *ROOT.glob("docs/reference/**/*.py"),
    ]:
        yield pytest.param(path.read_text(encoding="utf-8"), id=str(path.relative_to(ROOT)))
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/*.md")]:
        blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
        for number, text in enumerate(blocks):
            yield pytest.param(text, id=f"{page.relative_to(ROOT)}:{number}")


def names_in(code):
    """What code imports from Phosphene: modules, and names as ``module:name``."""
    tree = ast.parse(code)
    hosts = set()  # what `phosphene` is called in the code
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
                if alias.name == "phosphene":
                    hosts.add(alias.asname or alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}:{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and re.fullmatch(DOTTED, str(node.value)):
            yield node.value  # for import_module, setattr and the like
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) in hosts:
            yield f"phosphene:{node.attr}"


def not_public(code):
    """What code imports from Phosphene that is not public."""
    for taken in names_in(code):
        module, _, name = taken.partition(":")
        if module.partition(".")[0] != "phosphene":
            continue
        listed = LISTED.get(module)
        if f"{module}.{name}" in LISTED or (listed is not None and (not name or name in listed)):
            continue
        yield taken


@pytest.mark.parametrize("code", code_in_docs())
def test_only_public_names_are_used(code):
    assert not list(not_public(code))


def test_the_public_names_are_listed_and_can_be_imported():
    assert set(phosphene.__all__) <= set(dir(phosphene))
    assert {"At", "Section"} <= set(phosphene.__all__)
    for name in dir(phosphene):
        getattr(phosphene, name)


def test_the_docs_list_every_public_name():
    assert LISTED["phosphene"] == set(phosphene.__all__)
    for name in testing.__all__:
        assert hasattr(testing, name)


@pytest.mark.parametrize(
    ("code", "taken"),
    [
        ("import phosphene.score", "phosphene.score"),
        ("from phosphene.score.curves.hits import hits", "phosphene.score.curves.hits:hits"),
        ("from phosphene import score", "phosphene:score"),
        ("from phosphene import *", "phosphene:*"),
        ("from phosphene.testing import songs", "phosphene.testing:songs"),
        ("import phosphene as host; host.modulator", "phosphene:modulator"),
        ("import_module('phosphene.project.schema')", "phosphene.project.schema"),
        ("def f():\n    from phosphene.plugins import load_plugins", "phosphene.plugins:load_plugins"),
    ],
)  # fmt: skip
def test_private_names_are_detected(code, taken):
    assert list(not_public(code)) == [taken]


@pytest.mark.parametrize(
    "code",
    [
        "from phosphene import Modulator, hits",
        "from phosphene import testing",
        "from phosphene.testing import ModulatorContract",
        "import phosphene; phosphene.API_VERSION",
        "import phosphene_wobble; from phosphene_wobble.inside import x",
        "entry_points(group='phosphene.api')",
    ],
)
def test_public_names_are_accepted(code):
    assert not list(not_public(code))

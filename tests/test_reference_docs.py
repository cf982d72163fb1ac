"""docs/reference: what stands there is what the docstrings say, and every public name says it."""

import re

import make_reference_pages as maker
import pytest
from docstrings import below_assignment, markdown, signature

FIX = "run: python docs/make_reference_pages.py"


@pytest.fixture(scope="module")
def pages():
    return maker.pages()


def test_the_pages_are_what_the_command_would_write(pages):
    for path, text in pages.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is old; {FIX}"
    assert set(maker.FOLDER.glob("*.md")) == set(pages)


def parts(page):
    """The headings of a page, and what stands below each."""
    _, *found = re.split(r"^## ", page, flags=re.MULTILINE)
    return {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in found}


def test_every_hook_and_public_name_says_what_it_is(pages):
    for page in pages.values():
        for name, text in parts(page).items():
            prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
            assert prose.strip(), f"{name}: give it a docstring; {FIX}"


def test_every_member_that_is_public_says_what_it_is(pages):
    for page in pages.values():
        for title, text in re.findall(r"^### (.+)\n\n```text\n.+?\n```\n\n(.*)", page, re.M):
            assert re.match(r"[^#\s]", text), title
        assert not re.findall(r"^- `\w+`(?: \(default .+\))?: (?:None)?$", page, re.MULTILINE)


def test_types_are_told_as_the_source_writes_them(pages):
    """Else a page would change with the versions of NumPy and Python."""
    for path, page in pages.items():
        odd = re.findall(r"numpy\.ndarray|typing\.|<class|0x", page)
        assert not odd, f"{path.name}: a module lacks `from __future__ import annotations`"


def test_links_lead_somewhere(pages):
    for page in pages.values():
        for target in re.findall(r"\]\(([^)#]+)\)", page):
            assert (maker.FOLDER / target).exists(), target


def test_a_docstring_becomes_markdown():
    given = """Read a span.

Parameters
----------
given : int, str
    As ``written``
    by a user.
strict : bool

Raises
------
ValueError
    If not.
"""
    assert markdown(given) == (
        "Read a span.\n\n**Parameters**\n\n- `given` (int, str): As `written` by a user.\n"
        "- `strict` (bool)\n\n**Raises**\n\n- ValueError: If not."
    )


def test_a_signature_is_written_as_in_python():
    def short(a: "int", b: "str" = "x", *rest: "float") -> "bool": ...

    assert (
        signature("short", short)
        == "```text\nshort(a: int, b: str = 'x', *rest: float) -> bool\n```"
    )

    def long(first: "dict[str, list[int]]", second: "dict[str, list[tuple[float, ...]]]"): ...

    assert signature("longer_than_one_line_has_room_for", long) == (
        "```text\nlonger_than_one_line_has_room_for(\n    first: dict[str, list[int]],\n"
        "    second: dict[str, list[tuple[float, ...]]],\n)\n```"
    )


@pytest.mark.parametrize(
    ("name", "says"), [("A", "The first."), ("B", "In a branch."), ("C", ""), ("D", "Typed.")]
)
def test_a_value_is_described_below_its_assignment(name, says):
    source = (
        'A = 1\n"""The first."""\nif A:\n    C = 3\nelse:\n    B = 2\n    """In a branch."""\n'
        'D: int = 4\n"""Typed."""\n'
    )
    assert below_assignment(source, name) == says

"""Docstrings in NumPy's form, and signatures, as Markdown."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

WIDTH = 96  # of a signature on one line
SECTION = re.compile(r"^(Parameters|Attributes|Returns|Yields|Raises)\n-+\n", re.MULTILINE)
NOTHING = (inspect.Signature.empty, None, "None")


def described(name: str, what: Any) -> Iterator[str]:
    """A function, or a class with its fields and public members: paragraphs of Markdown."""
    if not is_base(what):
        yield signature(name, what)
    yield markdown(inspect.getdoc(what) or "")
    if not inspect.isclass(what):
        return
    fields = getattr(what, "model_fields", {})
    members = {key: one for key, one in vars(what).items() if _is_public(key, one)}
    stated = vars(what).get("__annotations__", {}).keys() - fields if is_base(what) else ()
    source = textwrap.dedent(inspect.getsource(what))
    brief = [
        *(f"- `{key}`: {_one_line(below_assignment(source, key))}" for key in sorted(stated)),
        *(
            f"- `{key}` (default `{field.get_default()}`): {field.description}"
            for key, field in fields.items()
        ),
        *(
            f"- `{key}`: {_one_line(member.__doc__)}"
            for key, member in members.items()
            if _is_brief(key, member)
        ),
    ]
    if brief:
        yield "\n".join(brief)
    for key, one in members.items():
        if not _is_brief(key, one):
            yield from (f"### {name}.{key}", signature(key, getattr(what, key)))
            yield markdown(inspect.getdoc(one) or "")


def is_base(what: Any) -> bool:
    """Whether a class is there to be subclassed or followed, and not to be made."""
    return hasattr(what, "model_fields") or getattr(what, "_is_protocol", False)


def _is_public(name: str, member: Any) -> bool:
    callable_or_property = isinstance(member, property | classmethod) or inspect.isfunction(member)
    return not name.startswith(("_", "model_post")) and callable_or_property


def _is_brief(name: str, member: Any) -> bool:
    return isinstance(member, property) or name.startswith("test_")


def signature(name: str, what: Any) -> str:
    """How it is called, as Python writes it."""
    found = inspect.signature(what)
    shown = [_parameter(one) for one in found.parameters.values() if one.name != "self"]
    gives = "" if found.return_annotation in NOTHING else f" -> {found.return_annotation}"
    line = f"{name}({', '.join(shown)}){gives}"
    if len(line) > WIDTH:
        inside = textwrap.indent(",\n".join(shown), "    ")
        line = f"{name}(\n{inside},\n){gives}"
    return f"```text\n{line}\n```"


def _parameter(one: inspect.Parameter) -> str:
    kind = "" if one.annotation is one.empty else f": {one.annotation}"
    default = "" if one.default is one.empty else f" = {one.default!r}"
    return f"{'*' * (one.kind is one.VAR_POSITIONAL)}{one.name}{kind}{default}"


def markdown(docstring: str) -> str:
    """A docstring as Markdown: its sections as lists."""
    text, *sections = SECTION.split(docstring)
    parts = [text.strip()]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        entries, _, after = body.partition("\n\n")
        parts += [f"**{title}**", "\n".join(_entries(entries)), after.strip()]
    return "\n\n".join(part for part in parts if part).replace("``", "`")


def _entries(body: str) -> Iterator[str]:
    """`name : type`, and the indented lines below it, as items of a list."""
    for entry in re.split(r"\n(?=\S)", body.strip()):
        head, _, about = entry.partition("\n")
        name, _, kind = head.partition(" : ")
        shown = f"`{name}` ({kind})" if kind else name
        yield f"- {shown}: {_one_line(about)}" if about.strip() else f"- {shown}"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def below_assignment(source: str, name: str) -> str:
    """The text below the assignment of a name, as Python has no docstrings of values."""
    for node in ast.walk(ast.parse(source)):
        for body in (getattr(node, "body", []), getattr(node, "orelse", [])):
            for one, after in pairwise(body) if isinstance(body, list) else ():
                targets = getattr(one, "targets", [getattr(one, "target", None)])
                text = getattr(getattr(after, "value", None), "value", None)
                names = [getattr(target, "id", "") for target in targets]
                if names == [name] and isinstance(text, str):
                    return inspect.cleandoc(text)
    return ""

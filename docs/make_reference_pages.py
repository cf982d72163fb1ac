"""Write docs/reference: hooks, public names and the kit for tests, from their docstrings.

    python docs/make_reference_pages.py

A new hook needs an example plugin: docs/reference/examples/HOOK.py, which the tests use.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from docstrings import below_assignment, described, signature

import phosphene
from phosphene import hookspecs, testing

FOLDER = Path(__file__).parent / "reference"
HOOKS = (
    "Each is called once, before anything is composed; none is called for a frame. The example of "
    "each is a whole plugin, and the tests use it as a user would."
)
PUBLIC = (
    "What `from phosphene import ...` gives. With [`phosphene.testing`](testing.md) that is all "
    "that a plugin may rely on; everything else may change."
)
MADE = "<!-- Made by docs/make_reference_pages.py; change the docstring instead. -->"


def hooks() -> dict[str, Callable[..., Any]]:
    """Every hook and its specification, in the order in which they are written."""
    return {name: hook for name, hook in vars(hookspecs).items() if name.startswith("register_")}


def pages() -> dict[Path, str]:
    """Every page and its text."""
    public = {name: phosphene._PUBLIC.get(name, f"phosphene:{name}") for name in phosphene.__all__}
    kit = {name: f"{_home(name)}:{name}" for name in testing.__all__}
    return {
        FOLDER / "hooks.md": _hooks_page(),
        FOLDER / "public-names.md": _names_page("Public names", PUBLIC, public),
        FOLDER / "testing.md": _names_page("The kit for tests", inspect.getdoc(testing) or "", kit),
    }


def _hooks_page() -> str:
    parts = [MADE, "# Hooks", HOOKS]
    for name, hook in hooks().items():
        example = (FOLDER / "examples" / f"{name}.py").read_text(encoding="utf-8")
        parts += [f"## {name}", signature(name, hook), inspect.getdoc(hook) or ""]
        parts.append(f"```python\n{example}```")
    return "\n\n".join(parts) + "\n"


def _names_page(title: str, about: str, places: Mapping[str, str]) -> str:
    parts = [MADE, f"# {title}", about]
    for name, place in places.items():
        parts += [f"## {name}", *paragraphs(name, place)]
    return "\n\n".join(parts) + "\n"


def paragraphs(name: str, place: str) -> list[str]:
    """What is said of a public name that is at `module:attribute`."""
    module, _, attribute = place.partition(":")
    home = importlib.import_module(module)
    what = getattr(home, attribute)
    if inspect.isclass(what) or inspect.isfunction(what):
        return [text for text in described(name, what) if text]
    return [below_assignment(inspect.getsource(home), attribute)]


def _home(name: str) -> str:
    """The module of a name of the kit."""
    what = getattr(testing, name)
    return getattr(what, "__module__", testing.songs.__name__)


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/reference/{path.name}")


if __name__ == "__main__":
    main()

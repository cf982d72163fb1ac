"""A new plugin package: complete, installable, and with passing tests.

The template is the package of a plugin called wobble; for another name the words are replaced.
"""

from __future__ import annotations

import builtins
import os
import re
from importlib import resources
from pathlib import Path

from phosphene.errors import ProjectError

#: Where each file of the template goes.
FILES = {
    ".github/workflows/publish.yml": "publish.yml",
    ".github/workflows/tests.yml": "tests.yml",
    ".gitignore": "gitignore",
    "LICENSE": "LICENSE",
    "README.md": "README.md",
    "pyproject.toml": "pyproject.toml",
    "src/phosphene_wobble/__init__.py": "plugin.py",
    "tests/test_wobble.py": "tests.py",
}
_FORM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LONGEST = 60  # letters of a name: what is made of it must fit into a file name
_ITS_NAMES = ("ClassVar", "Callable", "Field", "ModulatorContract")


def write_package(name: str, folder: Path) -> Path:
    """Write the package of a new plugin: pyproject, code, README, tests, licence and CI.

    Parameters
    ----------
    name : str
        Of the plugin and its modulator: ``wobble``, or ``phosphene-wobble``.
    folder : Path
        Where the package's own folder, ``phosphene-NAME``, is made.

    Returns
    -------
    Path
        The package's folder.

    Raises
    ------
    ProjectError
        If the name is not allowed or taken, or the folder exists or cannot be written.
    """
    plugin = plugin_name(name)
    package = folder / f"phosphene-{plugin}"
    if os.path.lexists(package):
        raise ProjectError(f"{package} exists already", "Choose another name, or another folder.")
    try:
        for target, text in _texts(plugin).items():
            file = package / target
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ProjectError(
            f"{package} cannot be written: {error.strerror}", "Choose another folder."
        ) from None
    return package


def plugin_name(given: str) -> str:
    """The name of a plugin, from what a user calls it or its package.

    Raises
    ------
    ProjectError
        If it is not the name of a package, or has a meaning already.
    """
    name = re.sub(r"[-_.]+", "-", given.strip().lower()).removeprefix("phosphene-")
    if not _FORM.fullmatch(name) or len(name) > LONGEST:
        raise ProjectError(
            f"{given!r} cannot be the name of a plugin",
            f"Use at most {LONGEST} letters, digits and single hyphens, a letter first: my-wobble.",
        )
    import phosphene
    from phosphene.plugins.loading import load_built_ins

    registry = load_built_ins()
    taken = {name: kind for kind, name in registry.origin if kind in ("modulators", "engines")}
    taken |= {plugin.name: "plugins" for plugin in registry.plugins}
    if name in taken:
        raise ProjectError(
            f"'{name}' is a {taken[name].removesuffix('s')} of Phosphene itself",
            f"Choose another name, such as my-{name}.",
        )
    used = {*phosphene.__all__, *_ITS_NAMES, *dir(builtins)}
    if _class_name(name) in used:
        raise ProjectError(
            f"'{name}' would hide {_class_name(name)}, which its code needs",
            f"Choose another name, such as my-{name}.",
        )
    return name


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _texts(plugin: str) -> dict[str, str]:
    """Every file of the package, and its content, by path."""
    words = {
        "phosphene_wobble": f"phosphene_{plugin.replace('-', '_')}",
        "test_wobble": f"test_{plugin.replace('-', '_')}",
        "Wobble": _class_name(plugin),
        "A wobble": f"{plugin.capitalize()}",
        "wobble": plugin,
    }
    template = resources.files("phosphene.scaffold") / "template"
    found = re.compile("|".join(words))

    def replaced(text: str) -> str:
        return found.sub(lambda match: words[match[0]], text)

    return {
        replaced(target): replaced((template / f"{source}.txt").read_text(encoding="utf-8"))
        for target, source in FILES.items()
    }

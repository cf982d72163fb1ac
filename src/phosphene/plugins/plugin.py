"""A plugin as it was found, before anything of it was imported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

GROUP = "phosphene"
HOST = "phosphene"  # the package of the built-ins

READY = "ready"
BROKEN = "broken"
INCOMPATIBLE = "incompatible"
DISABLED = "disabled"
NOT_ASKED = "not asked for"
NOT_TRUSTED = "not trusted"


@dataclass(eq=False)
class Plugin:
    """One plugin: where it comes from, what it offers, and why it was left out.

    Parameters
    ----------
    name : str
        Of its entry point, or of its file.
    package, version : str
        Empty for a single file.
    module : str
        What is imported: the entry point's value; empty for a single file.
    file : Path or None
        Where the module is; None where it was not found.
    apis : tuple of str
        The versions of the API that it states.
    state : str
        READY, or why it is left out in a word; `why` says it in a sentence, `fix` what to do.
    hooks : list of str
        What it implements, once that is known.
    items : list of (kind, name)
        What it registers, once that is known.
    """

    name: str
    package: str
    version: str
    module: str = ""
    file: Path | None = None
    apis: tuple[str, ...] = ()
    state: str = READY
    why: str = ""
    fix: str = ""
    hooks: list[str] = field(default_factory=list)
    items: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        if self.package:
            return f"{self.name} ({self.package} {self.version})"
        return f"{self.name} ({self.file})"

    @property
    def built_in(self) -> bool:
        """Whether it comes with Phosphene."""
        return self.package == HOST

    @property
    def source(self) -> str:
        """Package, version and file, as errors name them."""
        file = f" ({self.file})" if self.file else ""
        return f"{self.package} {self.version}{file}" if self.package else str(self.file)

    @property
    def error(self) -> str:
        """Why it can not work; empty where it can, or where the user left it out."""
        return self.why if self.state in (BROKEN, INCOMPATIBLE) else ""

    @property
    def remedy(self) -> str:
        """What to do where it is broken: in commands."""
        if self.built_in:
            return "Install Phosphene again."
        if not self.package:
            return f"Mend or remove {self.file}, or `phosphene plugins disable {self.name}`."
        return (
            f"`phosphene plugins install --upgrade {self.package}`, or "
            f"`phosphene plugins disable {self.name}`, or "
            f"`phosphene plugins uninstall {self.package}`."
        )

    def owns(self, file: str) -> bool:
        """Whether a file of code belongs to it: its own file, or one of its package's folder."""
        if self.file is None:
            return False
        if self.file.name == "__init__.py":
            return Path(file).is_relative_to(self.file.parent)
        return file == str(self.file)

    def leave_out(self, state: str, why: str, fix: str = "") -> None:
        """Note why it is not loaded."""
        self.state, self.why, self.fix = state, why, fix or self.remedy

    def called(self, name: str) -> bool:
        """Whether a user who says `name` means this plugin: its own name, or its package's."""
        own = {canonical(self.name), canonical(self.package)} - {""}
        return canonical(name) in own


def canonical(name: str) -> str:
    """A package's name as indexes compare it: https://peps.python.org/pep-0503."""
    return re.sub(r"[-_.]+", "-", name).lower()

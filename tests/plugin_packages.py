"""Plugins made for tests: packages as pip would leave them in a folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import textwrap
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

HEADER = """
from typing import ClassVar
import numpy as np
from pydantic import Field
from phosphene import Modulator, hookimpl
"""
GOOD = """
class Wobble(Modulator):
    '''Wobbles.'''
    name: ClassVar = "NAME"
    reach: float = Field(1.0, description="degrees per frame")

    def curves(self, song, timeline):
        return {"rotation": np.full(timeline.n_frames, self.reach)}

@hookimpl
def register_modulators(register):
    register(Wobble)
"""


def code_of(name: str, body: str = GOOD) -> str:
    """The source of a plugin; NAME stands for its modulator's name."""
    return HEADER + textwrap.dedent(body).replace("NAME", name)


def write_package(
    folder: Path,
    name: str,
    body: str = GOOD,
    version: str = "1.2.0",
    requires: Sequence[str] = (),
    apis: Sequence[str] = (),
    points: str | None = None,
) -> Path:
    """Write phosphene-NAME into a folder, as pip leaves it there; gives its module's file."""
    module = f"phosphene_{name}"
    source = folder / f"{module}.py"
    source.write_text(code_of(name, body))
    about = folder / f"{module}-{version}.dist-info"
    about.mkdir()
    lines = [f"Metadata-Version: 2.1\nName: phosphene-{name}\nVersion: {version}\n"]
    lines += [f"Requires-Dist: {requirement}\n" for requirement in requires]
    (about / "METADATA").write_text("".join(lines))
    stated = "".join(f"{api} = {module}\n" for api in apis)
    named = f"[phosphene]\n{name} = {module}\n" if points is None else points
    (about / "entry_points.txt").write_text(f"{named}\n[phosphene.api]\n{stated}")
    (about / "INSTALLER").write_text("pip\n")
    written = [source, *about.iterdir(), about / "RECORD"]
    (about / "RECORD").write_text(
        "".join(f"{path.relative_to(folder).as_posix()},,\n" for path in written)
    )
    return source


def make_environment(folder: Path) -> tuple[Path, Path]:
    """A virtual environment that sees what this one has: its python, and its site-packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    ours = sysconfig.get_path("purelib")
    (site / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    return Path(sysconfig.get_path("scripts", vars={"base": str(folder)})) / "python", site


def write_wheel(
    folder: Path, name: str, points: str = "", requires: Sequence[str] = (), code: str = "x = 1"
) -> Path:
    """Write the wheel of NAME 0.3.0 with one module, as a build backend would; gives its path."""
    about = f"{name}-0.3.0.dist-info"
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.3.0\n"]
    lines += [f"Requires-Dist: {requirement}\n" for requirement in requires]
    files = {
        f"{name}.py": code,
        f"{about}/METADATA": "".join(lines),
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": points,
    }
    files[f"{about}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{about}/RECORD"])
    path = folder / f"{name}-0.3.0-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return path

"""Tracker modules of Debian packages, whose form follows from their order lists.

`modules.txt` lists them: the first 16 digits of the SHA-256 of each file, its package and its name.
They last 40 s to 10 minutes and have at least three sections. Download the packages
(``apt-get download``) and unpack them with ``dpkg -x`` into one folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.structure.forms import Form, form_of
from benchmarks.structure.openmpt import RATE, play

LIST = Path(__file__).with_name("modules.txt")
_ENDINGS = {".it", ".mod", ".s3m", ".xm"}


def half_of(name: str) -> str:
    """``tune`` or ``test``, by the hash of a name such as ``bb/bb.s3m``."""
    digest = hashlib.sha256(name.replace("/", "--").encode()).digest()
    return "test" if digest[0] & 1 else "tune"


def files(folder: Path, half: str) -> dict[str, Path]:
    """The modules of one half by name.

    Raises
    ------
    FileNotFoundError
        If a module is not in the folder; the message names it.
    """
    listed = dict(line.split(maxsplit=1) for line in LIST.read_text().splitlines())
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _ENDINGS and path.is_file():
            found[hashlib.sha256(path.read_bytes()).hexdigest()[:16]] = path
    missing = [name for digest, name in listed.items() if digest not in found]
    if missing:
        raise FileNotFoundError(
            f"{folder} lacks {len(missing)} of {len(listed)} modules, such as {missing[0]}: unpack "
            "its Debian package there with `dpkg -x`"
        )
    return {name: found[digest] for digest, name in listed.items() if half_of(name) == half}


def songs(folder: Path, half: str, lib: Any) -> Iterator[tuple[str, Form, NDArray[np.float32]]]:
    """Name, form and sound of the modules of one half, at `RATE`."""
    for name, path in files(folder, half).items():
        played = play(path, lib)
        loudest = max(float(np.abs(played.samples).max()), 1e-6)
        form = form_of(played, len(played.samples) / RATE)
        yield name, form, played.samples * np.float32(0.9 / loudest)

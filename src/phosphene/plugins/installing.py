"""Installing a plugin: what it is, is found out from its wheel before anything is installed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib.metadata import EntryPoints, distributions
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from phosphene.errors import PluginError, ProjectError
from phosphene.plugins.discovery import API_GROUP, incompatible
from phosphene.plugins.pip import run_pip
from phosphene.plugins.plugin import GROUP, HOST, canonical


@dataclass(frozen=True)
class Wheel:
    """What a wheel says of its package.

    Parameters
    ----------
    package, version : str
    plugins : tuple of str
        Its entry points for Phosphene.
    why : str
        Why this Phosphene can not use it; empty where it can.
    """

    package: str
    version: str
    plugins: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Change:
    """What an installation did to a package; `before` is empty where it is new."""

    package: str
    before: str
    after: str


def install(
    wanted: Sequence[str], source: Sequence[str] = (), changes: Sequence[str] = ()
) -> tuple[list[Wheel], list[Change]]:
    """Install plugins, after their wheels have shown that they are plugins for this Phosphene.

    Parameters
    ----------
    wanted : sequence of str
        What pip takes: names, folders, wheels, URLs, `git+https://...`, `--editable` and a folder.
    source : sequence of str
        Options for pip that say where packages come from, and how they are built.
    changes : sequence of str
        Options for pip that say what is installed, such as `--upgrade`.

    Returns
    -------
    list of Wheel
        The plugins' packages.
    list of Change
        All that is other than before in this environment.

    Raises
    ------
    ProjectError
        If there is no such file or folder, or it is no plugin; then nothing was installed.
    PluginError
        If it is one for another Phosphene; then nothing was installed.
    PipError
        If pip can not find, build or install it.
    """
    from phosphene import __version__

    for word in wanted:
        _check_path(word)
    with tempfile.TemporaryDirectory() as folder:
        run_pip("wheel", "--no-deps", "--wheel-dir", folder, *source, *wanted)
        wheels = [described(path) for path in sorted(Path(folder).glob("*.whl"))]
    for wheel in wheels:
        _check(wheel)
    before = _versions()
    # Phosphene itself stands in the request, so that pip keeps what Phosphene needs as it needs it.
    run_pip("install", *source, *changes, *wanted, f"{HOST}=={__version__}")
    after = _versions()
    changed = [
        Change(package, before.get(package, ""), version)
        for package, version in sorted(after.items())
        if before.get(package) != version
    ]
    return wheels, changed


def _check_path(word: str) -> None:
    """Refuse a path to nothing in our words: in pip's it is an invalid requirement."""
    is_path = word.startswith(".") or (os.sep in word and "://" not in word and "@" not in word)
    if is_path and not Path(word.partition("[")[0]).exists():
        raise ProjectError(
            f"{word}: there is no such file or folder. Nothing was installed.",
            "Check the path; a package of the index is named without slashes.",
        )


def described(path: Path) -> Wheel:
    """Read the metadata of a wheel; nothing in it is imported.

    Raises
    ------
    ProjectError
        If it is no wheel.
    """
    try:
        with ZipFile(path) as archive:
            names = {name.partition("/")[2]: name for name in archive.namelist() if _about(name)}
            metadata = HeaderParser().parsestr(archive.read(names["METADATA"]).decode())
            points = (
                EntryPoints._from_text_for(  # type: ignore[attr-defined]
                    archive.read(names["entry_points.txt"]).decode(), None
                )
                if "entry_points.txt" in names
                else EntryPoints()
            )
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        raise ProjectError(f"{path.name}: the wheel can not be read: {error}") from None
    apis = tuple(point.name for point in points if point.group == API_GROUP)
    return Wheel(
        package=str(metadata["Name"]),
        version=str(metadata["Version"]),
        plugins=tuple(point.name for point in points if point.group == GROUP),
        why=incompatible(apis, metadata.get_all("Requires-Dist", [])),
    )


def _about(name: str) -> bool:
    return name.count("/") == 1 and name.partition("/")[0].endswith(".dist-info")


def _check(wheel: Wheel) -> None:
    about = f"{wheel.package} {wheel.version}"
    if canonical(wheel.package) == HOST or not wheel.plugins:
        raise ProjectError(
            f"{about} is no Phosphene plugin: it has no entry point in the group '{GROUP}'. "
            "Nothing was installed.",
            "Its author can add [project.entry-points.phosphene]; pip installs other packages.",
        )
    if wheel.why:
        raise PluginError(
            f"{about} does not fit: {wheel.why}. Nothing was installed.",
            "Install another version of it, or update Phosphene.",
        )


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in distributions():
        name = package.metadata["Name"]
        if name:
            found.setdefault(canonical(name), package.version)
    return found

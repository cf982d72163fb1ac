"""Finding plugins by their metadata alone: nothing of them is imported."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path

from phosphene.plugins.plugin import GROUP, HOST, INCOMPATIBLE, Plugin, canonical

API_GROUP = "phosphene.api"
BUILT_IN = (
    "phosphene.modulators",
    "phosphene.song.trackers",
    "phosphene.song.parts",
    "phosphene.paint.presets",
    "phosphene.film.formats",
    "phosphene.looks",
)


def built_in() -> Iterator[Plugin]:
    """The plugins that come with Phosphene, through the same hooks as any other."""
    from phosphene import __version__

    for module in BUILT_IN:
        yield Plugin(module.removeprefix("phosphene."), HOST, __version__, module)


def installed() -> list[Plugin]:
    """Every plugin of an installed package, in the order of their names.

    A package whose metadata can not be read is left out: it can not be told from any other.
    """
    found: list[Plugin] = []
    seen: set[str] = set()
    for package in distributions():
        try:
            name = package.metadata["Name"]
            key = canonical(name)
            if key in seen:  # hidden by the same package, earlier on the path
                continue
            seen.add(key)
            found += of_package(package)
        except Exception:  # damaged metadata of any package, ours to survive
            continue
    return sorted(found, key=lambda plugin: (plugin.name, plugin.package))


def of_package(package: Distribution) -> list[Plugin]:
    """The plugins of one package: those that it names in the entry-point group `phosphene`."""
    points = list(package.entry_points)
    apis = tuple(point.name for point in points if point.group == API_GROUP)
    return [
        _described(point, package, apis)
        for point in points
        if point.group == GROUP and canonical(package.name) != HOST
    ]


def _described(point: EntryPoint, package: Distribution, apis: tuple[str, ...]) -> Plugin:
    plugin = Plugin(point.name, package.name, package.version, point.value, apis=apis)
    plugin.file = located(plugin.module.partition(":")[0].strip())
    if why := incompatible(apis, package.requires or []):
        fix = f"`phosphene plugins install --upgrade {package.name}`, or update Phosphene."
        plugin.leave_out(INCOMPATIBLE, why, fix)
    return plugin


def incompatible(apis: tuple[str, ...], requires: list[str]) -> str:
    """Why this Phosphene can not run a plugin; empty where it can.

    Parameters
    ----------
    apis : tuple of str
        The versions of the API that it states: `v1`; none means the first.
    requires : list of str
        The requirements of its package.
    """
    from phosphene import API_VERSION, __version__

    ours = f"v{API_VERSION}"
    if ours not in (apis or ("v1",)):
        return f"it is made for the API {', '.join(apis)}; this is Phosphene {__version__}, {ours}"
    from packaging.requirements import InvalidRequirement, Requirement

    for text in requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if canonical(requirement.name) != HOST or (
            requirement.marker and not requirement.marker.evaluate({"extra": ""})
        ):
            continue
        if not requirement.specifier.contains(__version__, prereleases=True):
            return f"it needs phosphene{requirement.specifier}; this is {__version__}"
    return ""


def located(module: str) -> Path | None:
    """The file of a module, found without importing anything; None where there is none."""
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    folders = [Path(folder) for folder in spec.submodule_search_locations or []]
    file = Path(spec.origin) if spec.origin and spec.has_location else None
    for part in rest:
        found = [
            path
            for folder in folders
            for path in (folder / part / "__init__.py", folder / f"{part}.py")
            if path.is_file()
        ]
        file, folders = (found[0] if found else None), [folder / part for folder in folders]
    return file

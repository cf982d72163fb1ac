"""Plugins of a project: the packages that it requires, and its settings for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from phosphene.errors import ProjectError
from phosphene.hints import hint
from phosphene.options import Options
from phosphene.plugins import Registry
from phosphene.plugins.plugin import READY, Plugin
from phosphene.project.problems import problems_of

Data = dict[str, Any]


def check_requires(data: Data, source: Path) -> None:
    """Check that every package that a project requires is installed.

    Parameters
    ----------
    data : dict
        The project; its `requires` is a list of requirements, such as "phosphene-shake>=0.2".
    source : Path
        Named in errors.

    Raises
    ------
    ProjectError
        If a requirement is not valid, or not installed; the fix is a command that installs all
        missing ones.
    """
    requires = data.get("requires", [])
    if not requires:
        return
    from importlib.metadata import PackageNotFoundError, version

    from packaging.requirements import InvalidRequirement

    from phosphene.plugins.discovery import unmet

    if not isinstance(requires, list):
        raise ProjectError(
            f"{source}: requires: got {requires!r}: expected a list of packages",
            'For example: requires = ["phosphene-shake>=0.2"], above the first [table].',
        )
    missing, problems = [], []
    for number, text in enumerate(requires):
        where = f"{source}: requires[{number}]"
        try:
            unmet_here = unmet([str(text)])
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise ProjectError(
                f"{where}: got {text!r}: {reason}", 'For example "phosphene-shake>=0.2".'
            ) from None
        for requirement in unmet_here:
            name = _name(requirement)
            try:
                status = f"{name} {version(name)} is installed"
            except PackageNotFoundError:
                status = f"{name} is not installed"
            problems.append(f"{where}: this project needs {requirement}; {status}")
            missing.append(requirement)
    if missing:
        wanted = " ".join(f'"{requirement}"' for requirement in missing)
        raise ProjectError("\n".join(problems), f"phosphene plugins install {wanted}")


def _name(requirement: str) -> str:
    from packaging.requirements import Requirement

    return Requirement(requirement).name


def plugin_options(data: Data, registry: Registry, problems: list[str]) -> dict[str, Options]:
    """The options of each plugin: `[plugins.NAME]` and defaults.

    Parameters
    ----------
    data : dict
        The project.
    registry : Registry
    problems : list of str
        Mistakes are appended.

    Returns
    -------
    dict of str to Options
        Keyed by the plugin's name.
    """
    tables = data.get("plugins", {})
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        problems.append("plugins: expected tables, such as [plugins.shake]")
        return {}
    problems += [
        f"plugins.{name}: {_why_unknown(name, registry)}"
        for name in tables
        if name not in registry.options
    ]
    options = {}
    for name, cls in registry.options.items():
        try:
            options[name] = cls.model_validate(tables.get(name, {}))
        except ValidationError as error:
            problems += problems_of(error, tables.get(name, {}), f"plugins.{name}", cls)
        except Exception as error:  # from a validator of the plugin
            problems.append(f"plugins.{name}: {type(error).__name__}: {error}")
    return options


def _why_unknown(name: str, registry: Registry) -> str:
    outside = {plugin.name: plugin for plugin in registry.plugins if not plugin.built_in}
    if name not in outside:
        return f"unknown plugin. {hint(name, registry.options)}"
    plugin = outside[name]
    if plugin.state != READY:
        return f"{plugin} is {plugin.state}: {plugin.why}. {plugin.fix}"
    return f"{plugin} has no options"


def options_for(plugin: Plugin | None, cls: type[BaseModel], options: dict[str, Options]) -> Data:
    """The field `options` of a modulator, if it has one and its plugin has options."""
    if plugin is None or plugin.name not in options or "options" not in cls.model_fields:
        return {}
    return {"options": options[plugin.name]}

"""Convert the `[[motion]]` entries of a project file to layers, or to the layers of a look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from pydantic import ValidationError

from phosphene.hints import hint
from phosphene.modulators.looks import LookError, looks
from phosphene.modulators.modulator import Modulator
from phosphene.options import Options
from phosphene.plugins import Plugin, Registry
from phosphene.plugins.trial import missing, provider
from phosphene.project.motion import OWN_KEYS, AmountSource, Layer
from phosphene.project.plugins import options_for
from phosphene.project.problems import problems_of
from phosphene.project.tables.video import Video
from phosphene.score.channels import CHANNELS
from phosphene.score.timeline import exact_fps

Data = dict[str, Any]

# The frame rate and the width for which the values of looks are given.
_FPS = Fraction(12)
_WIDTH = 256

#: Keys that apply to every layer of a look.
_FOR_ALL = ("between", "when", "mute", "solo")


@dataclass
class Context:
    """State shared while reading a project, with the mistakes found so far.

    Parameters
    ----------
    registry : Registry
    options : dict of str to Options
        The project's settings for each plugin.
    problems : list of str
        Mistakes, each with its entry.
    unavailable : list of (str, Plugin)
        Entries whose plugin is not loaded, and that plugin.
    """

    registry: Registry
    options: dict[str, Options] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unavailable: list[tuple[str, Plugin]] = field(default_factory=list)

    def missing(self, kind: str, name: Any, where: str, message: str) -> None:
        """Record that `name` is not registered: a mistake, or its plugin is not loaded."""
        plugin = provider(self.registry, kind, name) if isinstance(name, str) else None
        if plugin is None:
            self.problems.append(f"{where}.{message}")
        else:
            self.unavailable.append((f"{where}: {missing(plugin, kind, name)}", plugin))


def layers_of_look(entry: Data, where: str, data: Data, context: Context) -> list[Layer | None]:
    """The layers of an entry that names a look, each scaled by the entry's amount."""
    registry, video = context.registry, data.get("video")
    given = video if isinstance(video, dict) else {}
    try:
        parts = expand(entry, given, registry.modulators, registry.looks)
    except LookError as error:
        if isinstance(entry["look"], str) and entry["look"] in registry.looks:
            context.problems.append(f"{where}.{error}")
        else:
            context.missing("looks", entry["look"], where, str(error))
        return []
    share = entry.get("amount", 1.0)
    named = [(f"{where}.{entry['look']}[{k}]", part) for k, part in enumerate(parts)]
    return [layer_of(part, place, context, share, where) for place, part in named]


def layer_of(
    entry: Data, where: str, context: Context, share: Any = 1.0, look: str = ""
) -> Layer | None:
    """One layer; for a layer of a look, `share` is the amount of the entry named `look`."""
    before = len(context.problems), len(context.unavailable)
    keys = Layer.model_fields.keys() - OWN_KEYS
    own = {key: value for key, value in entry.items() if key not in keys}
    modulator = _modulator(own, entry.get("use"), where, context, extra=keys)
    if modulator is None:
        return None
    about = {key: value for key, value in entry.items() if key in keys} | {"share": share}
    for key, place in (("amount", f"{where}.amount"), ("share", f"{look}.amount")):
        if isinstance(about.get(key), dict) and "use" in about[key]:
            about[key] = _amount_source(about[key], place, context)
    plugin = context.registry.origin.get(("modulators", entry["use"]))
    own_keys = {"modulator": modulator, "plugin": plugin, "entry": where}
    try:
        layer = Layer.model_validate(about | own_keys)
    except ValidationError as error:
        problems = problems_of(error, entry | {"share": share}, where, Layer)
        context.problems += [
            problem.replace(f"{where}.share", f"{look}.amount") for problem in problems
        ]
    return layer if before == (len(context.problems), len(context.unavailable)) else None


def _amount_source(entry: Data, where: str, context: Context) -> Any:
    """An amount from a modulator; 1.0 after a mistake, which is recorded."""
    about = {key: entry[key] for key in ("at_rest", "at_full") if key in entry}
    own = {key: value for key, value in entry.items() if key not in {"use", *about}}
    extra = frozenset({"at_rest", "at_full", "use"})
    modulator = _modulator(own, entry["use"], where, context, extra)
    if modulator is None:
        return 1.0
    plugin = context.registry.origin.get(("modulators", entry["use"]))
    try:
        return AmountSource.model_validate(about | {"modulator": modulator, "plugin": plugin})
    except ValidationError as error:
        context.problems += problems_of(error, entry, where, AmountSource)
        return 1.0


def _modulator(
    own: Data, use: Any, where: str, context: Context, extra: Set[str]
) -> Modulator | None:
    """The modulator that `use` names, with its parameters; None if it does not exist."""
    registry = context.registry
    cls = registry.modulators.get(use) if isinstance(use, str) else None
    if cls is None:
        message = "use is missing" if use is None else f"use: unknown modulator {use!r}"
        advice = hint(str(use or ""), registry.modulators)
        context.missing("modulators", use, where, f"{message}. {advice}")
        return None
    plugin = registry.origin.get(("modulators", use))
    settings = options_for(plugin, cls, context.options)
    if "options" in own and settings and plugin is not None:
        context.problems.append(f"{where}.options: set it in [plugins.{plugin.name}]")
    try:
        return cls.model_validate(own | settings)
    except ValidationError as error:
        context.problems += problems_of(error, own, where, cls, extra)
    except Exception as error:  # from a validator of the plugin
        if plugin is None or plugin.built_in:
            raise
        message = f"the parameters of '{use}' failed: {type(error).__name__}: {error}"
        broken = Plugin(plugin.name, plugin.package, plugin.version, file=plugin.file)
        broken.leave_out("broken", message)
        context.unavailable.append((f"{where}: {message} in {plugin.source}", broken))
        return None
    # After a mistake, an unvalidated instance lets the other keys be checked too.
    return cls.model_construct()


def expand(
    entry: Data,
    video: Data,
    modulators: Mapping[str, type[Modulator]],
    known: Mapping[str, Data] | None = None,
) -> list[Data]:
    """The layers of a `[[motion]]` entry that names a look.

    Parameters
    ----------
    entry : dict
        `look` and overrides: `between`, `when`, `mute` and `solo` apply to every layer, any other
        key to the layers that accept it. The caller handles `amount`, which scales all layers, as a
        layer of the look may have its own.
    video : dict
        The project's `[video]`, not yet validated.
    modulators : mapping of str to type
        The modulators that `use` may name.
    known : mapping of str to dict, optional
        The available looks; by default the built-in ones.

    Returns
    -------
    list of dict
        Entries as in a project file.

    Raises
    ------
    LookError
        If the look is unknown, or none of its layers accepts a key.
    """
    name, known = entry["look"], looks() if known is None else known
    if not isinstance(name, str) or name not in known:
        raise LookError(f"look: unknown look {name!r}. {hint(str(name), known)}")
    layers = [_rescaled(layer, video) for layer in known[name]["layers"]]
    changes = {key: value for key, value in entry.items() if key != "look"}
    for layer in layers:
        layer |= {key: changes[key] for key in _FOR_ALL if key in changes}
    for key in changes.keys() - {"amount", *_FOR_ALL}:
        accepting = [layer for layer in layers if key in _keys(layer, modulators)]
        if not accepting:
            keys = {*_FOR_ALL, "amount"}.union(*(_keys(layer, modulators) for layer in layers))
            raise LookError(f"{key}: unknown key of the look '{name}'. {hint(key, keys)}")
        for layer in accepting:
            layer[key] = changes[key]
    return layers


def _keys(layer: Data, modulators: Mapping[str, type[Modulator]]) -> Iterable[str]:
    shared = Layer.model_fields.keys() - OWN_KEYS - {"use", "amount"}
    modulator = modulators.get(layer["use"])  # a missing one is reported by layer_of
    return shared | (modulator.model_fields.keys() if modulator else set())


def _rescaled(layer: Data, video: Data) -> Data:
    """A layer of a look with its `to` rescaled to the project's fps and width."""
    try:
        frames = float(_FPS / exact_fps(video.get("fps", Video.model_fields["fps"].default)))
        width = float(video.get("width", Video.model_fields["width"].default)) / _WIDTH
    except (TypeError, ValueError):  # reported with [video]
        return dict(layer)
    reaches = {}
    for name, reach in layer["to"].items():
        channel = CHANNELS[name]
        neutral = channel.neutral if channel.multiplicative else 0.0
        full = channel.rescaled(np.array([neutral + reach]), frames, width)
        reaches[name] = float(full[0]) - neutral
    return layer | {"to": reaches}

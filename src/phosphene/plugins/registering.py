"""What a plugin registers: checked while it registers, and guarded when it is called later."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

import click
import pluggy

from phosphene import hookspecs
from phosphene.authoring import strict, traced
from phosphene.errors import PhospheneError, PluginError
from phosphene.hints import hint
from phosphene.plugins.plugin import Item, Plugin
from phosphene.plugins.running import place_in, pressed

HOOKS = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("register_")}


class Staged:
    """What one plugin registers, held until it has registered all of it without an error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.items: dict[Item, Any] = {}
        self.cli = click.Group()

    def hooks(self) -> Mapping[str, Mapping[str, Any]]:
        """Every hook, and what it is called with."""
        register = {
            "register_modulators": self.modulator,
            "register_features": self.feature,
            "register_trackers": self.tracker,
            "register_engines": self.engine,
            "register_encoders": self.encoder,
            "register_looks": self.look,
            "register_options": self.options,
        }
        given: dict[str, dict[str, Any]] = {hook: {"register": on} for hook, on in register.items()}
        return given | {"register_commands": {"cli": self.cli}}

    def _add(self, kind: str, name: Any, item: Any) -> None:
        if not isinstance(name, str) or not name.strip():
            raise PluginError(f"{name!r} cannot be the name of a {kind.removesuffix('s')}")
        if (kind, name) in self.items:
            raise PluginError(f"{kind.removesuffix('s')} '{name}' is registered twice")
        self.items[kind, name] = item

    def modulator(self, cls: Any) -> None:
        """Of `register_modulators`."""
        from phosphene.modulators.modulator import Modulator
        from phosphene.project.schema import LAYER_KEYS

        _check_class(cls, Modulator)
        if not isinstance(getattr(cls, "name", None), str):
            raise PluginError(f"{cls.__name__} has no name: give it `name: ClassVar = ...`")
        if missing := getattr(cls, "__abstractmethods__", None):
            raise PluginError(f"{cls.__name__} does not define {', '.join(sorted(missing))}")
        _check_takes(cls.curves, ("self", "song", "timeline"), cls.__name__)
        _check_takes(cls.curves_above, ("self", "song", "timeline", "below"), cls.__name__)
        if taken := sorted(cls.model_fields.keys() & LAYER_KEYS):
            raise PluginError(
                f"{cls.__name__}: the parameter '{taken[0]}' is a key of every layer; rename it"
            )
        self._add("modulators", cls.name, cls)

    def feature(self, name: str, function: Any) -> None:
        """Of `register_features`."""
        _check_takes(function, ("song",), f"feature '{name}'")
        self._add("features", name, function)

    def tracker(self, spec: Any) -> None:
        """Of `register_trackers`."""
        from phosphene.song.beats.trackers import TrackerSpec

        _check_kind(spec, TrackerSpec, "a TrackerSpec")
        _check_takes(spec.track, ("sound",), f"tracker '{spec.name}'")
        self._add("trackers", spec.name, spec)

    def engine(self, spec: Any) -> None:
        """Of `register_engines`."""
        from phosphene.painting.engine import EngineSpec

        _check_kind(spec, EngineSpec, "an EngineSpec")
        for function in filter(None, (spec.load, spec.check)):
            _check_takes(function, ("model", "score"), f"engine '{spec.name}'")
        self._add("engines", spec.name, spec)

    def encoder(self, ending: str, form: Any) -> None:
        """Of `register_encoders`."""
        from phosphene.film.formats import Format

        _check_kind(form, Format, "a FilmFormat")
        if not isinstance(ending, str) or not ending.startswith(".") or ending != ending.lower():
            raise PluginError(f"encoder {ending!r}: an ending is in lower case, such as '.mkv'")
        self._add("encoders", ending, form)

    def look(self, name: str, look: Any) -> None:
        """Of `register_looks`."""
        from phosphene.project.looks import LookError, check_look

        try:
            check_look(look)
        except LookError as error:
            raise PluginError(f"look '{name}': {error}") from None
        self._add("looks", name, look)

    def options(self, cls: Any) -> None:
        """Of `register_options`; they are found by the plugin's name."""
        from phosphene.options import Options

        _check_class(cls, Options)
        self._add("options", self.name, cls)

    def commands(self) -> None:
        """Take over what `register_commands` added to the staged group."""
        for name, command in self.cli.commands.items():
            self._add("commands", name, command)


def _check_kind(given: Any, kind: type, named: str) -> None:
    if not isinstance(given, kind):
        raise PluginError(f"{given!r} is not {named}")


def _check_class(given: Any, base: type) -> None:
    if not (isinstance(given, type) and issubclass(given, base)):
        raise PluginError(f"{given!r} is not a subclass of phosphene.{base.__name__}")


def _check_takes(function: Any, arguments: tuple[str, ...], about: str) -> None:
    """Check that a function takes as many arguments as it will be given, without calling it."""
    if not callable(function):
        raise PluginError(f"{about}: {function!r} cannot be called")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some callables that are written in C have none
        return
    try:
        signature.bind(*arguments)
    except TypeError:
        name = getattr(function, "__name__", type(function).__name__)
        raise PluginError(
            f"{about}: {name}{signature} does not take ({', '.join(arguments)})"
        ) from None


def unmarked(module: Any) -> list[str]:
    """Functions of a module that are named like a hook, and not marked as one."""
    return [
        name
        for name, function in vars(module).items()
        if name in HOOKS
        and inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not hasattr(function, "phosphene_impl")
    ]


def misspelt(name: str) -> str:
    """What to say of a hook that does not exist."""
    return f"there is no hook '{name}'. {hint(name, HOOKS)}"


def guarded(plugin: Plugin, items: Mapping[Item, Any]) -> dict[Item, Any]:
    """The same items, but errors in features, trackers and engines from outside name the plugin."""

    def guard(kind: str, name: str, item: Any) -> Any:
        about = f"the {kind.removesuffix('s')} '{name}'"
        if kind == "features":
            return _called(plugin, about, item, _check_feature)
        if kind == "trackers":
            return replace(item, track=_called(plugin, about, item.track, _check_pulse))
        if kind == "engines":
            refuse = item.check and _called(plugin, about, item.check, lambda nothing: None)
            load = _called(plugin, about, item.load, _check_engine)
            return replace(item, load=load, check=refuse)
        return item

    if plugin.built_in:
        return dict(items)
    return {(kind, name): guard(kind, name, item) for (kind, name), item in items.items()}


def _called(
    plugin: Plugin, about: str, function: Callable[..., Any], check: Callable[[Any], None]
) -> Callable[..., Any]:
    @wraps(function)
    def guard(*arguments: Any) -> Any:
        try:
            with traced(plugin.name, about):
                given = function(*arguments)
            check(given)
        except BaseException as error:
            if strict() or (isinstance(error, PhospheneError) and type(error) is not PluginError):
                raise
            if isinstance(error, KeyboardInterrupt) and pressed(error, [plugin]):
                raise
            said = told(error) + place_in(error, plugin)
            raise PluginError(f"{about} of {plugin.source}: {said}", plugin.remedy) from error
        return given

    return guard


def told(error: BaseException) -> str:
    """An error that a plugin caused, on one line."""
    message = " ".join(str(error).split())
    if isinstance(error, PluginError):
        return message
    if isinstance(error, pluggy.PluginValidationError):
        return "".join(message.partition("Argument(s)")[1:]) or message
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _check_feature(given: Any) -> None:
    import numpy as np

    from phosphene.song.song import Feature

    if not isinstance(given, Feature):
        raise PluginError(f"it gave {type(given).__name__}; expected a phosphene.Feature")
    if given.values.ndim != 1 or not len(given.values):
        raise PluginError(f"its values have the shape {given.values.shape}; expected (n_hops,)")
    if not np.all(np.isfinite(given.values)):
        raise PluginError("its values are not all finite numbers")
    if not given.hop > 0.0:
        raise PluginError(f"its hop is {given.hop}; expected seconds above 0")


def _check_pulse(given: Any) -> None:
    import numpy as np

    from phosphene.song.beats.pulse import Pulse

    if not isinstance(given, Pulse):
        raise PluginError(f"it gave {type(given).__name__}; expected a phosphene.Pulse")
    for times in (given.beats, given.downbeats):
        if not np.all(np.isfinite(times)) or np.any(np.diff(times) <= 0.0):
            raise PluginError("its beats are not increasing times in seconds")


def _check_engine(given: Any) -> None:
    for method in ("first", "img2img", "device"):
        if not hasattr(given, method):
            raise PluginError(f"{type(given).__name__} has no '{method}'")

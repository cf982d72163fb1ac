"""What a plugin registers, checked while it registers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import click
import pluggy

from phosphene import hookspecs
from phosphene.errors import PluginError
from phosphene.hints import hint
from phosphene.plugins.plugin import Item

HOOKS = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("register_")}


class Staged:
    """What one plugin registers, held until it has registered all of it without an error.

    Parameters
    ----------
    name : str
        The plugin's name, by which its options are found.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.items: dict[Item, Any] = {}
        self._cli = click.Group()

    def hooks(self) -> dict[str, dict[str, Any]]:
        """Every hook with its arguments."""
        register = {f"register_{kind}": {"register": partial(self._add, kind)} for kind in _CHECKS}
        return register | {"register_commands": {"cli": self._cli}}

    def _add(self, kind: str, *given: Any) -> None:
        """Hold what a hook was given: an item, or its name and the item."""
        name = _CHECKS[kind](*given)
        if kind == "options":
            name = self.name
        if not isinstance(name, str) or not name.strip():
            raise PluginError(f"{name!r} cannot be the name of a {kind.removesuffix('s')}")
        if (kind, name) in self.items:
            raise PluginError(f"{kind.removesuffix('s')} '{name}' is registered twice")
        self.items[kind, name] = given[-1]

    def add_commands(self) -> None:
        """Take over what `register_commands` added to the staged group."""
        self.items |= {("commands", name): item for name, item in self._cli.commands.items()}


def _modulator(cls: Any) -> Any:
    from phosphene.modulators.modulator import RESERVED, Modulator

    _require_class(cls, Modulator)
    if not isinstance(getattr(cls, "name", None), str):
        raise PluginError(f"{cls.__name__} has no name: give it `name: ClassVar = ...`")
    if missing := getattr(cls, "__abstractmethods__", None):
        raise PluginError(f"{cls.__name__} does not define {', '.join(sorted(missing))}")
    require_arguments(cls.curves, ("self", "song", "timeline"), cls.__name__)
    require_arguments(cls.curves_above, ("self", "song", "timeline", "below"), cls.__name__)
    if taken := sorted(cls.model_fields.keys() & RESERVED):
        raise PluginError(
            f"{cls.__name__}: the parameter '{taken[0]}' is a key of every layer; rename it"
        )
    return cls.name


def _feature(name: Any, function: Any) -> Any:
    require_arguments(function, ("song",), f"feature '{name}'")
    return name


def _tracker(spec: Any) -> Any:
    from phosphene.song.beats.trackers import TrackerSpec

    _require_instance(spec, TrackerSpec, "a TrackerSpec")
    require_arguments(spec.track, ("sound",), f"tracker '{spec.name}'")
    return spec.name


def _engine(spec: Any) -> Any:
    from phosphene.painting.engine import EngineSpec

    _require_instance(spec, EngineSpec, "an EngineSpec")
    for function in filter(None, (spec.load, spec.check)):
        require_arguments(function, ("model", "score"), f"engine '{spec.name}'")
    return spec.name


def _depth(spec: Any) -> Any:
    from phosphene.painting.depth import DepthSpec

    _require_instance(spec, DepthSpec, "a DepthSpec")
    require_arguments(spec.load, ("depth", "score", "device"), f"depth '{spec.name}'")
    return spec.name


def _encoder(ending: Any, form: Any) -> Any:
    from phosphene.film.formats import FilmFormat

    _require_instance(form, FilmFormat, "a FilmFormat")
    if not isinstance(ending, str) or not ending.startswith(".") or ending != ending.lower():
        raise PluginError(f"encoder {ending!r}: an ending is in lower case, such as '.mkv'")
    return ending


def _upscaler(spec: Any) -> Any:
    from phosphene.screen.upscalers import FACTORS, UpscalerSpec

    _require_instance(spec, UpscalerSpec, "an UpscalerSpec")
    require_arguments(spec.load, ("factor",), f"upscaler '{spec.name}'")
    if not spec.factors or not set(spec.factors) <= set(FACTORS):
        raise PluginError(f"upscaler '{spec.name}': factors are {spec.factors}; allowed: 2, 4")
    return spec.name


def _look(name: Any, look: Any) -> Any:
    from phosphene.modulators.looks import LookError, check_look

    try:
        check_look(look)
    except LookError as error:
        raise PluginError(f"look '{name}': {error}") from None
    return name


def _director(spec: Any) -> Any:
    from phosphene.directors import DirectorSpec

    _require_instance(spec, DirectorSpec, "a DirectorSpec")
    require_arguments(spec.direct, ("song", "brief"), f"director '{spec.name}'")
    return spec.name


def _options(cls: Any) -> None:
    from phosphene.options import Options

    _require_class(cls, Options)


# By kind: a function of what the plugin registers that returns its name, or raises PluginError.
_CHECKS: dict[str, Callable[..., Any]] = {
    "modulators": _modulator,
    "features": _feature,
    "trackers": _tracker,
    "engines": _engine,
    "depths": _depth,
    "encoders": _encoder,
    "upscalers": _upscaler,
    "looks": _look,
    "directors": _director,
    "options": _options,
}


def _require_instance(given: Any, kind: type, named: str) -> None:
    if not isinstance(given, kind):
        raise PluginError(f"{given!r} is not {named}")


def _require_class(given: Any, base: type) -> None:
    if not (isinstance(given, type) and issubclass(given, base)):
        raise PluginError(f"{given!r} is not a subclass of phosphene.{base.__name__}")


def require_arguments(function: Any, arguments: tuple[str, ...], about: str) -> None:
    """Check that a function accepts the arguments that it will be called with."""
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


def implemented(manager: pluggy.PluginManager, module: Any) -> list[str]:
    """The hooks that a module, which is registered with a manager, implements.

    Raises
    ------
    PluginError
        If it implements none, or if one is misspelt or not marked, which pluggy would ignore.
    """
    callers = manager.get_hookcallers(module) or []
    for caller in callers:
        if not caller.has_spec():
            raise PluginError(f"there is no hook '{caller.name}'. {hint(caller.name, HOOKS)}")
    for hook, function in vars(module).items() if inspect.ismodule(module) else ():
        own = inspect.isfunction(function) and function.__module__ == module.__name__
        if hook in HOOKS and own and not hasattr(function, "phosphene_impl"):
            raise PluginError(f"{hook} is not marked with @phosphene.hookimpl")
    if not callers:
        raise PluginError("it implements no hook: mark one with @phosphene.hookimpl")
    return sorted(caller.name for caller in callers)

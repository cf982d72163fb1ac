"""The kinds of items that plugins register: their checks, and guards of their functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial, wraps
from typing import Any

from phosphene.errors import PhospheneError, PluginError
from phosphene.plugins.plugin import Item, Plugin
from phosphene.plugins.running import is_interrupt, location_in, problem, strict, traced


def _modulator(cls: Any) -> Any:
    from phosphene.modulators.modulator import RESERVED, Modulator

    _require_class(cls, Modulator)
    if not isinstance(getattr(cls, "name", None), str):
        raise PluginError(f"{cls.__name__} has no name: give it `name: ClassVar = ...`")
    if missing := getattr(cls, "__abstractmethods__", None):
        raise PluginError(f"{cls.__name__} does not define {', '.join(sorted(missing))}")
    _require_arguments(cls.curves, ("self", "song", "timeline"), cls.__name__)
    _require_arguments(cls.curves_above, ("self", "song", "timeline", "below"), cls.__name__)
    if taken := sorted(cls.model_fields.keys() & RESERVED):
        raise PluginError(
            f"{cls.__name__}: the parameter '{taken[0]}' is a key of every layer; rename it"
        )
    return cls.name


def _feature(name: Any, function: Any) -> Any:
    _require_arguments(function, ("song",), f"feature '{name}'")
    return name


def _tracker(spec: Any) -> Any:
    from phosphene.song.beats.trackers import TrackerSpec

    _require_instance(spec, TrackerSpec, "a TrackerSpec")
    _require_arguments(spec.track, ("sound",), f"tracker '{spec.name}'")
    return spec.name


def _engine(spec: Any) -> Any:
    from phosphene.painting.engine import EngineSpec

    _require_instance(spec, EngineSpec, "an EngineSpec")
    for function in filter(None, (spec.load, spec.check)):
        _require_arguments(function, ("model", "score"), f"engine '{spec.name}'")
    return spec.name


def _depth(spec: Any) -> Any:
    from phosphene.painting.depth import DepthSpec

    _require_instance(spec, DepthSpec, "a DepthSpec")
    _require_arguments(spec.load, ("depth", "score", "device"), f"depth '{spec.name}'")
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
    _require_arguments(spec.load, ("factor",), f"upscaler '{spec.name}'")
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
    _require_arguments(spec.direct, ("song", "brief"), f"director '{spec.name}'")
    return spec.name


def _options(cls: Any) -> None:
    from phosphene.options import Options

    _require_class(cls, Options)


# By kind: checks the arguments of `register`, and returns the name or raises PluginError.
CHECKS: dict[str, Callable[..., Any]] = {
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


def _require_arguments(function: Any, arguments: tuple[str, ...], about: str) -> None:
    """Check that a function accepts the arguments that it will be called with."""
    if not callable(function):
        raise PluginError(f"{about}: {function!r} cannot be called")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some callables written in C have none
        return
    try:
        signature.bind(*arguments)
    except TypeError:
        name = getattr(function, "__name__", type(function).__name__)
        raise PluginError(
            f"{about}: {name}{signature} does not take ({', '.join(arguments)})"
        ) from None


def guarded(plugin: Plugin, items: Mapping[Item, Any]) -> dict[Item, Any]:
    """The items of a plugin, with functions whose errors name the plugin."""

    def guard(kind: str, name: str, item: Any) -> Any:
        wrap = partial(_called, plugin, f"the {kind.removesuffix('s')} '{name}'")
        match kind:
            case "features":
                return wrap(item, _check_feature)
            case "trackers":
                return replace(item, track=wrap(item.track, _check_pulse))
            case "upscalers":
                load = wrap(item.load, lambda given: _require_arguments(given, ("picture",), name))
                each = partial(wrap, check=lambda large: None)
                return replace(item, load=wraps(item.load)(lambda factor: each(load(factor))))
            case "directors":
                return replace(item, direct=wrap(item.direct, _check_text))
            case "depths":
                return replace(item, load=wrap(item.load, _check_source))
            case "engines":
                refuse = item.check and wrap(item.check, lambda nothing: None)
                return replace(item, load=wrap(item.load, _check_engine), check=refuse)
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
            for_user = isinstance(error, PhospheneError) and type(error) is not PluginError
            if strict() or for_user or is_interrupt(error):
                raise
            message = problem(error) + location_in(error, plugin)
            raise PluginError(f"{about} of {plugin.source}: {message}", plugin.remedy) from error
        return given

    return guard


def _check_feature(given: Any) -> None:
    import numpy as np

    from phosphene.song.song import Feature

    if not isinstance(given, Feature):
        raise PluginError(f"it returned {type(given).__name__}; expected a phosphene.Feature")
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
        raise PluginError(f"it returned {type(given).__name__}; expected a phosphene.Pulse")
    for times in (given.beats, given.downbeats):
        if not np.all(np.isfinite(times)) or np.any(np.diff(times) <= 0.0):
            raise PluginError("its beats are not increasing times in seconds")


def _check_text(given: Any) -> None:
    import tomllib

    if not isinstance(given, str):
        raise PluginError(f"it returned {type(given).__name__}; expected a project file, as text")
    try:
        tomllib.loads(given)
    except ValueError as error:
        raise PluginError(f"its text is not valid TOML: {error}") from None


def _check_source(given: Any) -> None:
    if not callable(given):
        raise PluginError(f"it returned {type(given).__name__}; expected a function of the picture")


def _check_engine(given: Any) -> None:
    for method in ("first", "img2img", "device"):
        if not hasattr(given, method):
            raise PluginError(f"{type(given).__name__} has no '{method}'")

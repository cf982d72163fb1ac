"""Functions of plugins, guarded when they are called: errors name the plugin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial, wraps
from typing import Any

import pluggy

from phosphene.errors import PhospheneError, PluginError
from phosphene.plugins.plugin import Item, Plugin
from phosphene.plugins.registering import require_arguments
from phosphene.plugins.running import described, place_in, pressed, strict, traced


def guarded(plugin: Plugin, items: Mapping[Item, Any]) -> dict[Item, Any]:
    """The same items; errors in functions from outside name the plugin."""

    def guard(kind: str, name: str, item: Any) -> Any:
        wrap = partial(_called, plugin, f"the {kind.removesuffix('s')} '{name}'")
        match kind:
            case "features":
                return wrap(item, _check_feature)
            case "trackers":
                return replace(item, track=wrap(item.track, _check_pulse))
            case "upscalers":
                load = wrap(item.load, lambda given: require_arguments(given, ("picture",), name))
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
            if strict() or for_user or pressed(error):
                raise
            said = problem(error) + place_in(error, plugin)
            raise PluginError(f"{about} of {plugin.source}: {said}", plugin.remedy) from error
        return given

    return guard


def problem(error: BaseException) -> str:
    """An error that a plugin caused, in one line."""
    if isinstance(error, pluggy.PluginValidationError):
        message = " ".join(str(error).split())
        return "".join(message.partition("Argument(s)")[1:]) or message
    return str(error) if isinstance(error, PluginError) else described(error)


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
        raise PluginError(f"it gave {type(given).__name__}; expected the text of a project file")
    try:
        tomllib.loads(given)
    except ValueError as error:
        raise PluginError(f"its text is not valid TOML: {error}") from None


def _check_source(given: Any) -> None:
    if not callable(given):
        raise PluginError(f"it gave {type(given).__name__}; expected a function of the picture")


def _check_engine(given: Any) -> None:
    for method in ("first", "img2img", "device"):
        if not hasattr(given, method):
            raise PluginError(f"{type(given).__name__} has no '{method}'")

"""Guards around what plugins register: an error inside of it names the plugin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

from phosphene.authoring import strict, traced
from phosphene.errors import PhospheneError, PluginError
from phosphene.plugins.plugin import Plugin
from phosphene.plugins.running import place_in, pressed


def guarded(plugin: Plugin, items: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """The same items, each function in them with a guard; those of Phosphene as they are."""
    if plugin.built_in:
        return dict(items)
    return {
        (kind, name): _GUARDS[kind](plugin, name, item) if kind in _GUARDS else item
        for (kind, name), item in items.items()
    }


def _feature(plugin: Plugin, name: str, function: Any) -> Any:
    import numpy as np

    from phosphene.song.song import Feature

    def check(heard: Any) -> None:
        if not isinstance(heard, Feature):
            raise PluginError(f"it gave {type(heard).__name__}; expected a phosphene.Feature")
        if heard.values.ndim != 1 or not len(heard.values):
            raise PluginError(f"its values have the shape {heard.values.shape}; expected (n_hops,)")
        if not np.all(np.isfinite(heard.values)):
            raise PluginError("its values are not all finite numbers")
        if not heard.hop > 0.0:
            raise PluginError(f"its hop is {heard.hop}; expected seconds above 0")

    return _called(plugin, f"the feature '{name}'", function, check)


def _tracker(plugin: Plugin, name: str, spec: Any) -> Any:
    import numpy as np

    from phosphene.song.pulse import Pulse

    def check(pulse: Any) -> None:
        if not isinstance(pulse, Pulse):
            raise PluginError(f"it gave {type(pulse).__name__}; expected a phosphene.Pulse")
        for times in (pulse.beats, pulse.downbeats):
            if not np.all(np.isfinite(times)) or np.any(np.diff(times) <= 0.0):
                raise PluginError("its beats are not increasing times in seconds")

    return replace(spec, track=_called(plugin, f"the tracker '{name}'", spec.track, check))


def _engine(plugin: Plugin, name: str, spec: Any) -> Any:
    def check(engine: Any) -> None:
        for method in ("first", "img2img", "device"):
            if not hasattr(engine, method):
                raise PluginError(f"{type(engine).__name__} has no '{method}'")

    about = f"the engine '{name}'"
    refuse = spec.check and _called(plugin, about, spec.check, lambda nothing: None)
    return replace(spec, load=_called(plugin, about, spec.load, check), check=refuse)


_GUARDS: dict[str, Callable[[Plugin, str, Any], Any]] = {
    "features": _feature,
    "trackers": _tracker,
    "engines": _engine,
}


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
            said = str(error) if isinstance(error, PluginError) else _told(error)
            said += place_in(error, plugin)
            raise PluginError(f"{about} of {plugin.source}: {said}", plugin.remedy) from error
        return given

    return guard


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"

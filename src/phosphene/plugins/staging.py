"""What one plugin registers, held and checked until it has registered without an error."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from phosphene.errors import PluginError
from phosphene.hints import hint

if TYPE_CHECKING:
    from phosphene.plugins.registry import Item


class Staged:
    """What one plugin registers: each method is the `register` of one hook."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.items: dict[Item, Any] = {}
        self.cli = click.Group()

    def _add(self, kind: str, name: Any, item: Any) -> None:
        if not isinstance(name, str) or not name.strip():
            raise PluginError(f"{name!r} is no name for a {kind.removesuffix('s')}")
        if (kind, name) in self.items:
            raise PluginError(f"{kind.removesuffix('s')} '{name}' is registered twice")
        self.items[kind, name] = item

    def modulator(self, cls: Any) -> None:
        """Of `register_modulators`."""
        from phosphene.modulator import Modulator
        from phosphene.project import LAYER_KEYS

        if not (isinstance(cls, type) and issubclass(cls, Modulator)):
            raise PluginError(f"{cls!r} is no subclass of phosphene.Modulator")
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
        from phosphene.song.trackers import TrackerSpec

        _check_kind(spec, TrackerSpec)
        _check_takes(spec.track, ("sound",), f"tracker '{spec.name}'")
        self._add("trackers", spec.name, spec)

    def engine(self, spec: Any) -> None:
        """Of `register_engines`."""
        from phosphene.engines import EngineSpec

        _check_kind(spec, EngineSpec)
        for function in filter(None, (spec.load, spec.check)):
            _check_takes(function, ("model", "score"), f"engine '{spec.name}'")
        self._add("engines", spec.name, spec)

    def encoder(self, ending: str, form: Any) -> None:
        """Of `register_encoders`."""
        from phosphene.film.formats import Format

        _check_kind(form, Format)
        if not isinstance(ending, str) or not ending.startswith(".") or ending != ending.lower():
            raise PluginError(f"encoder {ending!r}: an ending is in lower case, such as '.mkv'")
        self._add("encoders", ending, form)

    def look(self, name: str, look: Any) -> None:
        """Of `register_looks`."""
        from phosphene.looks import LookError, check_look

        try:
            check_look(look)
        except LookError as error:
            raise PluginError(f"look '{name}': {error}") from None
        self._add("looks", name, look)

    def options(self, cls: Any) -> None:
        """Of `register_options`; they are found by the plugin's name."""
        from phosphene.options import Options

        if not (isinstance(cls, type) and issubclass(cls, Options)):
            raise PluginError(f"{cls!r} is no subclass of phosphene.Options")
        self._add("options", self.name, cls)

    def commands(self) -> None:
        """Take over what `register_commands` added to the staged group."""
        for name, command in self.cli.commands.items():
            self._add("commands", name, command)

    def arguments(self) -> Mapping[str, Mapping[str, Any]]:
        """Every hook, and what it is called with."""
        return {
            "register_modulators": {"register": self.modulator},
            "register_features": {"register": self.feature},
            "register_trackers": {"register": self.tracker},
            "register_engines": {"register": self.engine},
            "register_encoders": {"register": self.encoder},
            "register_looks": {"register": self.look},
            "register_options": {"register": self.options},
            "register_commands": {"cli": self.cli},
        }


def _check_kind(spec: Any, kind: type) -> None:
    if not isinstance(spec, kind):
        raise PluginError(f"{spec!r} is no {kind.__name__}")


def _check_takes(function: Any, arguments: tuple[str, ...], about: str) -> None:
    """Find out before the call whether a function takes as many arguments as it will be given."""
    if not callable(function):
        raise PluginError(f"{about}: {function!r} can not be called")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some callables written in C do not tell
        return
    try:
        signature.bind(*arguments)
    except TypeError:
        name = getattr(function, "__name__", type(function).__name__)
        raise PluginError(
            f"{about}: {name}{signature} does not take ({', '.join(arguments)})"
        ) from None


def unmarked(module: Any, hooks: Mapping[str, Callable[..., Any]]) -> list[str]:
    """Functions of a module that are named as a hook, and not marked as one."""
    return [
        name
        for name, function in vars(module).items()
        if name in hooks
        and inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not hasattr(function, "phosphene_impl")
    ]


def misspelt(name: str, hooks: Mapping[str, Any]) -> str:
    """What to say of a hook that does not exist."""
    return f"there is no hook '{name}'. {hint(name, hooks)}"

"""Generate docs/modulators: a page for each modulator, from its docstring and schema, with a plot.

    python docs/make_modulator_pages.py

A page shows the example docs/modulators/examples/NAME.toml; a new modulator needs one. Also
draws the plots of docs/cookbook.
"""

from __future__ import annotations

import inspect
import io
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from phosphene.modulators.looks import looks
from phosphene.modulators.modulator import MAX_CHOICES, Modulator, allowed, choices
from phosphene.plugins import Registry, load_plugins
from phosphene.project.file import make_project, read_project
from phosphene.project.motion import OWN_KEYS, Layer
from phosphene.project.schema import Project
from phosphene.score.channels import CHANNELS
from phosphene.score.units import POSITION_HELP, SPAN_HELP
from phosphene.song.song import Song
from phosphene.testing import synthetic_song, timeline

DOCS = Path(__file__).parent
FOLDER, PICTURES = DOCS / "modulators", DOCS / "pictures"
SONG = DOCS.parent / "samples" / "nocturne.flac"
VIDEO = {"width": 256, "height": 256, "fps": 12, "start": "bar 4", "end": "bar 8"}

MADE = "<!-- Made by docs/make_modulator_pages.py; change the docstring or the field instead. -->"


def built_in(registry: Registry) -> dict[str, type[Modulator]]:
    """The built-in modulators, in the order of registration."""
    owner = registry.owner
    return {
        name: cls
        for name, cls in registry.modulators.items()
        if owner("modulators", name).package == "phosphene"
    }


def pages(registry: Registry) -> dict[Path, str]:
    """The pages and their texts."""
    modulators = built_in(registry)
    made = {FOLDER / f"{name}.md": _page(name, cls, registry) for name, cls in modulators.items()}
    return made | {FOLDER / "README.md": _index(modulators)}


def example(name: str, registry: Registry) -> Project:
    """The example project of a page."""
    data = tomllib.loads(_example(name))
    project = {"song": {"file": str(SONG)}, "video": dict(VIDEO), **data}
    return make_project(project, FOLDER / "examples" / f"{name}.toml", registry)


def _example(name: str) -> str:
    return (FOLDER / "examples" / f"{name}.toml").read_text(encoding="utf-8").strip()


def _page(name: str, cls: type[Modulator], registry: Registry) -> str:
    schema = cls.model_json_schema()
    fields, required = schema["properties"], schema.get("required", [])
    rows = [
        (f"`{key}`", _default(field, key in required), allowed(field, _code), field["description"])
        for key, field in fields.items()
    ]
    about = "Bars 4 to 8 of the sample song at 12 fps, 256 px wide:"
    return _joined(
        MADE,
        f"# {name}",
        inspect.getdoc(cls) or "",
        f"![{name} over the sample song](../pictures/plot-{name}.png)",
        f"{about}\n\n```toml\n{_example(name)}\n```",
        _gives(name, registry),
        "## Parameters",
        _table(("parameter", "default", "allowed", "description"), rows),
        *_long_choices(fields),
        "For the keys of all layers, such as `to` and `mix`, see [Modulators](README.md).",
    )


def _joined(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def _gives(name: str, registry: Registry) -> str:
    """A sentence about the curves of a modulator, found by calling it."""
    song = synthetic_song(30.0)
    layer = next(layer for layer in example(name, registry).motion if layer.use == name)
    curves = layer.modulator.curves(song, timeline(song))
    if "value" in curves:
        return "It returns an envelope; `to` sets which channels it drives, and how far."
    if set(CHANNELS) <= type(layer.modulator).model_fields.keys():
        return "It drives channels directly; each channel is a parameter."
    named = ", ".join(f"`{channel}`" for channel in curves)
    return f"It drives these channels directly: {named}. `amount` scales them."


def _default(field: dict[str, Any], required: bool) -> str:
    value = field.get("default")
    if required or value is None:
        return "required" if required else "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _code(name: str) -> str:
    return f"`{name}`"


def _long_choices(fields: dict[str, dict[str, Any]]) -> list[str]:
    return [
        f"`{key}` takes: {', '.join(map(_code, choices(field)))}."
        for key, field in fields.items()
        if len(choices(field)) > MAX_CHOICES
    ]


def _index(modulators: dict[str, type[Modulator]]) -> str:
    rows = [
        (f"[`{name}`]({name}.md)", (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " "))
        for name, cls in modulators.items()
    ]
    shared = [
        (f"`{key}`", field.description or "")
        for key, field in Layer.model_fields.items()
        if key not in OWN_KEYS
    ]
    return _joined(
        MADE,
        "# Modulators",
        "A modulator is a source of motion: it gives channels a value for each frame. Each "
        "`[[motion]]` in a project is a layer that uses one. `phosphene modulators NAME` prints "
        "the same information, also for plugins, and `phosphene plot PROJECT -o plot.png` plots "
        "the result.",
        _table(("modulator", "what it does"), rows),
        "The sample project: each line is the value of a channel, and each band the "
        "contribution of a layer.",
        "![samples/nocturne.toml as phosphene plot draws it](../pictures/plot-nocturne.png)",
        "## Keys of all layers",
        _table(("key", "description"), shared),
        "## Looks",
        'A look is a preset of layers: set `look = "pulse"` in a `[[motion]]` instead of `use`. '
        "Other keys override those of its layers, and `amount` scales the entire look.",
        _table(("look", "what it does"), [(f"`{k}`", v["about"]) for k, v in looks().items()]),
        f"A position is {POSITION_HELP}; a span is {SPAN_HELP}.",
        "[Channels](../channels.md) lists what modulators can drive, and [The project file]"
        "(../project-file.md) describes everything else.",
    )


def _draw(name: str, project: Project, song: Song, kind: str = "plot") -> None:
    from phosphene.composing.compose import compose
    from phosphene.composing.trace import Trace
    from phosphene.plotting.data import plot_data
    from phosphene.plotting.formats import FORMATS

    trace = Trace()
    score = compose(project, song, trace=trace)
    png = FORMATS[".png"](plot_data(song, project, score, trace, name))
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    drawn.quantize(48).save(PICTURES / f"{kind}-{name}.png", optimize=True)


def main() -> None:
    """Write the pages and draw the plots."""
    from phosphene.song.listening import listen

    registry = load_plugins()
    for path, text in pages(registry).items():
        path.write_text(text, encoding="utf-8")
    song = listen(SONG)
    _draw("nocturne", read_project(SONG.with_suffix(".toml"), registry), song)
    for name in built_in(registry):
        _draw(name, example(name, registry), song)
        print(f"{name}: docs/modulators/{name}.md, docs/pictures/plot-{name}.png")
    for path in (DOCS / "cookbook").glob("*.toml"):
        _draw(path.stem, read_project(path, registry), song, "cookbook")


if __name__ == "__main__":
    main()

"""`[prompts]` and `[[scene]]`: what is painted when, and cuts and dissolves."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from phosphene.bounds import LAYERS, FileName
from phosphene.hints import hint
from phosphene.options import Table
from phosphene.score.patterns import CADENCE_HELP, Cadence
from phosphene.score.units import At, Period, Position, Span, parse_position

Data = dict[str, Any]
SHOTS = 100  # prompts in a scene

#: Entries that a scene inherits from the one that it continues.
INHERITED = (
    "prompt",
    "negative",
    "seed",
    "look",
    "guidance",
    "cadence",
    "colour_match",
    "detail_match",
)
#: Settings of [model] that are fixed when the model is loaded.
LOADED = ("quality", "steps", "guidance_scale", "device", "native_size", "compile")


class Shot(Table):
    """A prompt, and how the picture changes to it."""

    prompt: str = Field(description="what to paint")
    blend: Span | None = Field(
        None, description="length of the morph to it; 0s is a cut; by default that of [prompts]"
    )
    negative: str | None = Field(None, description="what to avoid; by default that of [prompts]")


def _shot(given: Any) -> Any:
    if isinstance(given, (dict, Shot)):
        return given
    if not isinstance(given, str):
        raise ValueError('expected text, or { prompt = "...", blend = "0s" }')
    return {"prompt": given}


class Prompts(Table):
    """`[prompts]`: what to paint, and when."""

    style: str = Field("", description="added to every prompt")
    negative: str = Field("", description="negative prompt")
    blend: Span = Field(
        20, validate_default=True, description="every change is a morph over this span"
    )
    shot: Period = Field(
        "8 bars",
        validate_default=True,
        description="a scene with a list of prompts changes to the next after this span",
    )
    lyrics: FileName | None = Field(
        None, description="lyrics, .lrc or .srt: each line is a prompt at its time"
    )
    at: dict[Position, Annotated[Shot, BeforeValidator(_shot)]] = Field(
        {"0": ""},
        validate_default=True,
        description='position and prompt, or { prompt = "...", blend = "0s" }; 0s is a cut',
    )

    @field_validator("at")
    @classmethod
    def _not_empty(cls, at: dict[At, Shot]) -> dict[At, Shot]:
        if not at:
            raise ValueError("expected at least one prompt")
        return at


class SceneEntry(Table):
    """`[[scene]]`: a part of the film, up to the next scene, that is painted independently."""

    at: Position = Field(description="start of the scene; a cut is in exactly this frame")
    name: str | None = Field(
        None, min_length=1, description="name for `continues`; by default the text of `at`"
    )
    continues: str | None = Field(
        None, description="name of an earlier scene that it continues; else it starts from scratch"
    )
    dissolve: Period | None = Field(
        None, description="span of a dissolve that ends at `at`; by default a cut"
    )
    prompt: str | Annotated[tuple[str, ...], Field(min_length=1, max_length=SHOTS)] | None = Field(
        None, description="what to paint, or a list of shots; by default [prompts]"
    )
    negative: str | None = Field(None, description="what to avoid; by default that of [prompts]")
    seed: int | None = Field(None, ge=0, lt=2**62, description="overrides that of [model]")
    look: str | None = Field(None, description="a look for this scene only")
    image: FileName | None = Field(None, description="first picture, instead of a painted one")
    guidance: float | None = Field(
        None, ge=0.01, le=10, description="times the model's guidance scale"
    )
    cadence: Cadence | None = Field(None, description=f"which frames are repainted: {CADENCE_HELP}")
    colour_match: float | None = Field(None, ge=0, le=1, description="overrides that of [model]")
    detail_match: float | None = Field(None, ge=0, le=1, description="overrides that of [model]")

    @field_validator("image")
    @classmethod
    def _no_image_if_continued(cls, image: Any, others: ValidationInfo) -> Any:
        if image is not None and others.data.get("continues") is not None:
            raise ValueError(
                "a scene that continues another has no first picture; remove image or continues"
            )
        return image


def scene_tables(data: Data, problems: list[str]) -> list[Data]:
    """The `[[scene]]` tables of a project, with the entries that they inherit.

    Parameters
    ----------
    data : dict
        The project; `scene` is replaced by the result.
    problems : list of str
        Mistakes are appended.
    """
    entries = data.get("scene", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problems.append("scene: expected tables, each starting with [[scene]]")
        entries = []
    if len(entries) > LAYERS:
        problems.append(f"scene: {len(entries)} scenes; at most {LAYERS} are allowed")
        entries = []
    known: dict[Any, Data] = {}
    named: set[Any] = set()
    scenes: list[Data] = []
    for index, entry in enumerate(entries):
        for key in filter(entry.__contains__, LOADED):
            problems.append(
                f"scene[{index}].{key}: the model is loaded once per film; set model.{key}. A "
                "scene can change seed, guidance, cadence, colour_match and detail_match"
            )
        entry = {key: value for key, value in entry.items() if key not in LOADED}
        name, other = entry.get("name"), entry.get("continues")
        if isinstance(other, str) and other not in known:
            advice = hint(other, list(known)) if known else "This is the first scene."
            problems.append(
                f"scene[{index}].continues: no earlier scene is named {other!r}. {advice}"
            )
        elif isinstance(other, str):
            entry = {key: known[other][key] for key in INHERITED if key in known[other]} | entry
            known[other] = entry
        if isinstance(name, str):
            if name in named:
                problems.append(f"scene[{index}].name: another scene is named {name!r}")
            named.add(name)
        if isinstance(name := entry.get("name", entry.get("at")), str):
            known[name] = entry
        scenes.append(entry)
    data["scene"] = scenes
    return scenes


def look_tables(scenes: list[Data]) -> list[tuple[str, Data]]:
    """The looks of scenes as `[[motion]]` tables, each with the name of its scene entry."""
    ends = [*(scene.get("at") for scene in scenes), "100%"][1:] if scenes else []
    return [
        (f"scene[{index}]", {"look": scene["look"], "between": [scene["at"], end]})
        for index, (scene, end) in enumerate(zip(scenes, ends, strict=True))
        if "look" in scene and _is_position(scene.get("at")) and _is_position(end)
    ]


def _is_position(given: Any) -> bool:
    try:
        parse_position(given)
    except ValueError:
        return False
    return True

"""Scenes: what is painted in the sections of each label, in the words of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phosphene.directing.form import Part
from phosphene.directing.idea import Chance, Idea, in_known_words
from phosphene.directing.worlds import (
    CLOSE,
    EXTRAS,
    GROUNDS,
    OPPOSITE,
    SKIES,
    SUGGESTED_BY,
    WORLDS,
)

LOUD = ("drop", "chorus")
#: Worlds of air and light, for breaks.
AIRY = ("clouds", "aurora", "ice", "underwater", "ink", "nebula", "galaxy", "marble")
#: Worlds that a time of day changes.
TIMED = (*GROUNDS, "clouds", "storm", "aurora", "flowers")

# For models that read more: light by role, framing by shot, and the medium of the film.
LIGHTS = {
    "intro": "first light", "verse": "soft light", "build": "low sun and long shadows",
    "drop": "blazing light", "chorus": "radiant light", "break": "dim light and haze",
    "bridge": "cool light", "outro": "fading light",
}  # fmt: skip
FRAMINGS = ("wide shot", "close-up", "seen from above", "low angle")
MEDIA = (
    "cinematic photograph, 35 mm film", "oil painting, visible brush strokes",
    "digital art, highly detailed", "matte painting, volumetric lighting",
    "watercolour, soft edges",
)  # fmt: skip
NEGATIVE = "blurry, low quality, watermark, text"


@dataclass(frozen=True)
class Scene:
    """What is painted in the sections of one label.

    Parameters
    ----------
    label : str
    world : str
        Name in `WORLDS`.
    shots : tuple of str
        Prompts, all different; a section goes through them from the first.
    """

    label: str
    world: str
    shots: tuple[str, ...]


def scenes_of(parts: Sequence[Part], idea: Idea, chance: Chance, worlds: bool) -> dict[str, Scene]:
    """A scene for each label, in the order of importance: the first shows the idea itself.

    Parameters
    ----------
    parts : sequence of Part
    idea : Idea
        With at least one world.
    chance : Chance
    worlds : bool
        Whether the bundled model paints; other models get the idea in its own words.
    """
    labels = _by_importance(parts)
    casting = _cast(labels, parts, idea, chance)
    thread = (*idea.colours, *_thread(idea, chance))[0]
    accent = OPPOSITE[thread]
    near, nearer = CLOSE[thread]
    # One colour a scene: with two, the bundled model paints each on a side of its own.
    first, second = (idea.colours, (accent,)) if idea.colours else ((accent,), (thread,))
    palettes = (first, second, (near,), (nearer,), (), (accent,))
    free = [world for world in WORLDS if world not in casting.values()]
    scenes = {}
    for rank, label in enumerate(labels):
        own = [part for part in parts if part.label == label]
        palette = palettes[rank % len(palettes)]
        world = casting[label]
        elsewhere = next((near for near in WORLDS[world].family if near in free), world)
        free = [world for world in free if world != elsewhere]
        shots = (
            _known_shots((world, elsewhere), rank, own[0], palette, idea, chance)
            if worlds
            else _worded_shots(world, rank, own[0], palette, idea)
        )
        scenes[label] = Scene(label, world, tuple(dict.fromkeys(shots)))
    return scenes


def _by_importance(parts: Sequence[Part]) -> list[str]:
    """Labels, those of drops and choruses first, then by duration times energy."""
    weight: dict[str, float] = {}
    for part in parts:
        loud = 10.0 if part.role in LOUD else 1.0
        added = loud * part.length * (0.2 + part.energy)
        weight[part.label] = weight.get(part.label, 0.0) + added
    return sorted(weight, key=lambda label: (-weight[label], label))


def _cast(
    labels: Sequence[str], parts: Sequence[Part], idea: Idea, chance: Chance
) -> dict[str, str]:
    """A world for each label: the idea's own, then their families, as far as it takes."""
    ring, order = list(idea.worlds), list(idea.worlds)
    while ring:
        wider = dict.fromkeys(
            near for world in ring for near in chance.shuffled(WORLDS[world].family, world)
        )
        ring = [world for world in wider if world not in order]
        order += ring
    order += [world for world in WORLDS if world not in order]
    cast: dict[str, str] = {}
    roles = {part.label: part.role for part in reversed(parts)}
    for rank, label in enumerate(labels):
        free = [world for world in order if world not in cast.values()] or order[rank % 2 :]
        airy = [world for world in free[:6] if world in AIRY] if roles[label] == "break" else []
        cast[label] = (airy or free)[0]
    return cast


def _thread(idea: Idea, chance: Chance) -> Sequence[str]:
    return (chance.one(WORLDS[idea.worlds[0]].colours, "thread"),)


def _known_shots(
    worlds: tuple[str, str],
    rank: int,
    part: Part,
    palette: Sequence[str],
    idea: Idea,
    chance: Chance,
) -> list[str]:
    """Prompts in the grammar of the bundled model's captions: mood, colours, world, time.

    The third shows the second world. Only long sections come to it.
    """
    world, elsewhere = worlds
    about, further = WORLDS[world], WORLDS[elsewhere]
    lively = int(part.energy >= 0.6)
    calm, wild = about.moods[lively], about.moods[1 - lively]
    colours = " and ".join(palette)
    hour = idea.time or ("", "at dusk", "at night", "by day")[rank % 4]
    time = hour * (world in TIMED)
    weather = idea.weather if world in GROUNDS else ""
    other = chance.one(about.family, f"beside {world}")
    beside = (
        f"under the {SKIES[other]}"
        if world in GROUNDS and other in SKIES
        else f"mixed with {WORLDS[other].noun}"
    )
    first = _words(calm, colours, about.noun, weather, time)
    if rank == 0 and (wording := in_known_words(idea.text)):
        named = {world, *about.noun.split(), *SUGGESTED_BY[world].split()}
        first = wording if named & {*wording.lower().split()} else f"{about.noun} {wording}"
        if colours and not idea.colours:
            first = f"{first}, in {colours}"
    close, turned = (colours,) * 2 if idea.colours or not palette else CLOSE[palette[0]]
    shots = [
        first,
        _words(turned, about.noun, beside, time),
        _words(further.moods[lively], close, further.noun, hour * (elsewhere in TIMED)),
    ]
    if turned != colours:  # else it would look like the first, which follows
        shots.append(_words(wild, turned, about.noun, EXTRAS.get(world, "") or weather, time))
    return [f"{shot}, {idea.style}" if idea.style else shot for shot in shots]


def _worded_shots(
    world: str, rank: int, part: Part, palette: Sequence[str], idea: Idea
) -> list[str]:
    """Prompts for models that read sentences: subject, setting, light, framing."""
    setting = "" if rank == 0 else WORLDS[world].setting
    colours = f"{' and '.join(palette)} tones" if palette and not idea.colours else ""
    light = LIGHTS[part.role]
    return [
        ", ".join(filter(None, (idea.text, setting, light, colours, framing)))
        for framing in FRAMINGS
    ]


def _words(*parts: str) -> str:
    return " ".join(filter(None, parts))

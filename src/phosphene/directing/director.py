"""The built-in director: a scene for every kind of section, a motion for every role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from phosphene.authoring import hookimpl
from phosphene.directing.form import form_of
from phosphene.directing.idea import Chance, Idea, read_idea
from phosphene.directing.motion import Plan, motion
from phosphene.directing.scenes import MEDIA, NEGATIVE, scenes_of
from phosphene.directing.schedule import Entry, Pace, pace_of, schedule
from phosphene.directing.worlds import IDEAS
from phosphene.directing.writing import clock, entries, position, table, wrapped
from phosphene.directors import Brief, DirectorSpec
from phosphene.song.song import Song

LINES = 147  # of a project, without the two of [song]
BETWEEN = 3  # lines around the scenes
BUNDLED = "worlds"  # reads words of its own
SMALL, LARGE = 256, 512  # px


def direct(song: Song, brief: Brief) -> str:
    """Write the project of a film that follows the form of the song.

    Parameters
    ----------
    song : Song
    brief : Brief

    Returns
    -------
    str
        TOML, of less than 150 lines.
    """
    chance = Chance(brief.seed)
    worlds = brief.model == BUNDLED
    idea = _understood(brief, chance)
    size = SMALL if worlds else LARGE
    style = [] if worlds else _style(idea, chance)
    parts = form_of(song)
    pace = pace_of(song, parts)
    head = [*_head(song, brief, idea, size), *_prompts(pace, style)]
    layers = motion(Plan(song, parts, chance, size / SMALL))
    room = LINES - len(head) - len(layers) - BETWEEN
    scenes = schedule(song, parts, scenes_of(parts, idea, chance, worlds), pace, room)
    return "\n".join([*head, *_tables(song, scenes), "", *layers, ""])


def _understood(brief: Brief, chance: Chance) -> Idea:
    """The idea, or a built-in one; an idea that suggests no world gets those of a built-in one."""
    idea = read_idea(brief.idea or chance.one(IDEAS, "idea"))
    if idea.worlds:
        return idea
    return replace(idea, worlds=read_idea(chance.one(IDEAS, "idea")).worlds)


def _head(song: Song, brief: Brief, idea: Idea, size: int) -> list[str]:
    chosen = "" if brief.idea else " (chosen by the seed; give your own with --idea)"
    notes = [f"# Idea: {idea.text}{chosen}"]
    if brief.model == BUNDLED:
        if idea.instead:
            notes.append(f"# Read as: {', '.join(f'{a} as {b}' for a, b in idea.instead.items())}.")
        if idea.unknown:
            notes.append(f"# Left out, as the model does not know them: {', '.join(idea.unknown)}.")
    tempo = f"{song.tempo:.0f} BPM, " if len(song.beats) else ""
    model = {"name": brief.model, "seed": brief.seed, "cadence": 2}
    about = f"A film of {clock(song.duration)}, {tempo}directed by Phosphene."
    return [
        f"# {about} Every entry may be changed.",
        *notes,
        "",
        *table("[video]", {"width": size, "height": size, "fps": 12}),
        *table("[model]", model),
    ]


def _style(idea: Idea, chance: Chance) -> list[str]:
    medium = idea.style or chance.one(MEDIA, "medium")
    return entries([("style", medium, "the same medium all along"), ("negative", NEGATIVE, "")])


def _prompts(pace: Pace, style: Sequence[str]) -> list[str]:
    shots = [
        ("shot", pace.shot, "a scene with several prompts changes to the next after this time ..."),
        ("blend", pace.blend, "... and takes as long as this"),
    ]
    return ["[prompts]", *style, *entries(shots)]


def _tables(song: Song, scenes: Sequence[Entry]) -> list[str]:
    lines = [
        "",
        *wrapped(
            "Sections that sound alike share a scene, which `continues`. Drops are cuts; others "
            "dissolve."
        ),
    ]
    for scene in scenes:
        part = scene.part
        cut = ": a cut" if part.start > 0.0 and not scene.beats else ""
        fields: dict[str, Any] = {"at": position(song, part.start)}
        if scene.continues:
            fields["continues"] = position(song, scene.continues.start)
        else:
            fields["prompt"] = scene.shots[0] if len(scene.shots) == 1 else scene.shots
        if scene.beats:
            fields["dissolve"] = f"{scene.beats} beat{'s' * (scene.beats > 1)}"
        about = f"{clock(part.start)} {part.role}, energy {part.energy:.0%}{cut}"
        lines += table("[[scene]]", fields, about)
    return lines


FORM = DirectorSpec(
    "form", "follows the song's form: a scene for each section, a motion for each role", direct
)


@hookimpl
def register_directors(register: Callable[[DirectorSpec], None]) -> None:
    """Register the built-in director."""
    register(FORM)

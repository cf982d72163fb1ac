"""The built-in director: a scene for every kind of section, a motion for every role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from phosphene.authoring import hookimpl
from phosphene.directing.form import form_of
from phosphene.directing.idea import Chance, Idea, read_idea
from phosphene.directing.motion import Plan, motion
from phosphene.directing.scenes import MEDIA, NEGATIVE, scenes_of
from phosphene.directing.schedule import MORPH, Take, schedule
from phosphene.directing.worlds import IDEAS
from phosphene.directing.writing import clock, entries, position, table
from phosphene.directors import Brief, DirectorSpec
from phosphene.song.song import Song

LINES = 147  # of a project, without the three of [song]
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
        TOML, of at most 150 lines.
    """
    chance = Chance(brief.seed)
    worlds = brief.model == BUNDLED
    idea = _understood(brief, chance)
    size = SMALL if worlds else LARGE
    style = [] if worlds else _style(idea, chance)
    head = [*_head(song, brief, idea, size), *_prompts_head(song, style)]
    parts = form_of(song)
    layers = motion(Plan(song, parts, chance, size / SMALL))
    room = LINES - len(head) - len(layers)
    if len(parts) > room:
        parts = form_of(song, room)
        layers = motion(Plan(song, parts, chance, size / SMALL))
    takes = schedule(song, parts, scenes_of(parts, idea, chance, worlds), room)
    return "\n".join([*head, *_at(song, takes), *layers, ""])


def _understood(brief: Brief, chance: Chance) -> Idea:
    """The idea, or one of our own; one without a world that we know gets the worlds of another."""
    idea = read_idea(brief.idea or chance.one(IDEAS, "idea"))
    if idea.worlds:
        return idea
    return replace(idea, worlds=read_idea(chance.one(IDEAS, "idea")).worlds)


def _head(song: Song, brief: Brief, idea: Idea, size: int) -> list[str]:
    chosen = "" if brief.idea else " (chosen by the seed; give your own with --idea)"
    said = [f"# Idea: {idea.text}{chosen}"]
    if brief.model == BUNDLED:
        if idea.instead:
            said.append(f"# Read as: {', '.join(f'{a} as {b}' for a, b in idea.instead.items())}.")
        if idea.unknown:
            said.append(f"# Left out, as the model does not know them: {', '.join(idea.unknown)}.")
    tempo = f"{song.tempo:.0f} BPM, " if len(song.beats) else ""
    model = {"name": brief.model, "seed": brief.seed, "cadence": 2}
    about = f"A film of {clock(song.duration)}, {tempo}directed by Phosphene."
    return [
        f"# {about} Every entry may be changed.",
        *said,
        *table("[video]", {"width": size, "height": size, "fps": 12}),
        *table("[model]", model),
    ]


def _style(idea: Idea, chance: Chance) -> list[str]:
    medium = idea.style or chance.one(MEDIA, "medium")
    return entries([("style", medium, "the same medium all along"), ("negative", NEGATIVE, "")])


def _prompts_head(song: Song, style: Sequence[str]) -> list[str]:
    bar = float(song.tempo_map.bar_span(0.0, 1.0))
    blend = "2 bars" if 2 * bar < MORPH else "1 bar" if bar < MORPH else "4s"
    return [
        "",
        "# A scene for each kind of section, which comes back with it; it changes shot in between.",
        "[prompts]",
        *style,
        *entries([("blend", blend, "how long the picture takes from shot to shot")]),
        "[prompts.at]",
    ]


def _at(song: Song, takes: Sequence[Take]) -> list[str]:
    rows = []
    for take in takes:
        given = (
            take.prompt
            if take.beats is None
            else {"prompt": take.prompt, "blend": _beats(take.beats)}
        )
        part = take.part
        said = clock(take.time)
        if take.opens:
            said += f" {part.role} {part.label}, energy {part.energy:.0%}"
            said += ": a cut" if take.beats == 0 else ""
        rows.append((position(song, take.time), given, said))
    return entries(rows)


def _beats(count: int) -> str:
    return {0: "0s", 1: "1 beat"}.get(count, f"{count} beats")


FORM = DirectorSpec(
    "form", "follows the song's form: a scene for each section, a motion for each role", direct
)


@hookimpl
def register_directors(register: Callable[[DirectorSpec], None]) -> None:
    """Register the built-in director."""
    register(FORM)

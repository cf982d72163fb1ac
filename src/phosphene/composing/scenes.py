"""Where the scenes of a project and their prompts lie in the frames of a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

from phosphene.bounds import require_affordable
from phosphene.composing.gates import within
from phosphene.errors import ProjectError
from phosphene.project.schema import Project
from phosphene.project.tables.scenes import SceneEntry, Shot
from phosphene.score.patterns import Steps
from phosphene.score.scenes import Scene
from phosphene.score.timeline import SAME_MOMENT, Timeline
from phosphene.score.units import At, parse_position
from phosphene.song.lyrics import read_lyrics

HELD = ("colour_match", "detail_match")  # channels whose resting value is set in [model]
KEPT = 8  # scenes kept at a time to be continued: each adds a picture to every checkpoint


@dataclass(frozen=True)
class Placed:
    """A scene, with its frames in the song and everything that the project sets for it.

    Parameters
    ----------
    frames : range
        Those in which it is fully visible.
    fade : int
        Frames of the dissolve before.
    origin : int or None
        Index of the scene that it continues.
    shots : tuple of str
        Its own prompts, in turns; empty where [prompts] applies.
    negative : str or None
        Its own negative prompt; None where [prompts] applies.
    seed : int
    cadence : int, str or Steps
    rest : dict of str to float
        Resting values of channels.
    image : Path or None
    """

    frames: range
    fade: int
    origin: int | None
    shots: tuple[str, ...]
    negative: str | None
    seed: int
    cadence: int | str | Steps
    rest: dict[str, float]
    image: Path | None


class Prompt(NamedTuple):
    """A prompt with its scene; `key` is when its morph, which takes `blend` seconds, is complete.

    `negative` is its own negative prompt; None where that of [prompts] applies.
    """

    key: float
    blend: float
    text: str
    scene: int
    negative: str | None = None


def placed_scenes(project: Project, timeline: Timeline) -> list[Placed]:
    """Place the scenes of a project; frames before the first `[[scene]]` are a scene too.

    Raises
    ------
    ProjectError
        If scenes are not in order, a position is outside the song, or too many scenes are kept.
    """
    starts = _starts(project, timeline)
    entries: list[SceneEntry | None] = list(project.scene)
    if not starts or starts[0] > 0:
        starts, entries = [0, *starts], [None, *entries]
    offset = len(entries) - len(project.scene)
    placed: list[Placed] = []
    latest: dict[str, int] = {}
    for index, (entry, start) in enumerate(zip(entries, starts, strict=True)):
        frames = range(start, [*starts, timeline.n_frames][index + 1])
        where = f"scene[{index - offset}]"
        if entry is None:
            placed.append(_placed(project, None, frames, 0, None))
            continue
        origin = latest.get(entry.continues) if entry.continues is not None else None
        fade = _fade(entry, where, start - starts[index - 1] if index else 0, timeline)
        if fade and origin == index - 1:
            raise ProjectError(
                f"{where}.dissolve: '{entry.continues}' is the scene right before it, and is still "
                "visible",
                "Omit `dissolve` or `continues`.",
            )
        placed.append(_placed(project, entry, frames, fade, origin))
        latest |= {name or str(entry.at): index for name in (entry.name, entry.continues)}
    _require_bounded(placed, offset)
    return placed


def _starts(project: Project, timeline: Timeline) -> list[int]:
    starts: list[int] = []
    for index, entry in enumerate(project.scene):
        where = f"scene[{index}].at"
        start = timeline.frame_of(within(timeline, entry.at, where))
        if start >= timeline.n_frames:
            raise ProjectError(f"{where}: '{entry.at}' is the end of the song")
        if starts and start <= starts[-1]:
            before = project.scene[index - 1].at
            raise ProjectError(
                f"{where}: '{entry.at}' (frame {start}) is not after '{before}' of the scene above "
                f"(frame {starts[-1]})",
                "List scenes in the order of the film, at least a frame apart.",
            )
        starts.append(start)
    return starts


def _fade(entry: SceneEntry, where: str, most: int, timeline: Timeline) -> int:
    """Frames of a dissolve, at most those since the scene before began."""
    if entry.dissolve is None:
        return 0
    if most == 0:
        raise ProjectError(
            f"{where}.dissolve: no scene comes before the first frame, so it cannot dissolve in",
            "Omit it.",
        )
    span = timeline.length(entry.dissolve, timeline.at(entry.at))
    return min(round(span * timeline.fps), most)


def _placed(
    project: Project, entry: SceneEntry | None, frames: range, fade: int, origin: int | None
) -> Placed:
    model = project.model
    own = {} if entry is None else entry.model_dump(exclude_none=True)
    prompt = own.get("prompt", ())
    rest = {name: own.get(name, getattr(model, name)) for name in HELD}
    if project.depth is not None:
        rest["field_of_view"] = project.depth.field_of_view
    return Placed(
        frames=frames,
        fade=fade,
        origin=origin,
        shots=(prompt,) if isinstance(prompt, str) else prompt,
        negative=own.get("negative"),
        seed=own.get("seed", model.seed),
        cadence=model.cadence if entry is None or entry.cadence is None else entry.cadence,
        rest=rest | ({"guidance": own["guidance"]} if "guidance" in own else {}),
        image=own.get("image", project.video.image if frames.start == 0 else None),
    )


def _require_bounded(placed: Sequence[Placed], offset: int) -> None:
    last = {scene.origin: index for index, scene in enumerate(placed)}
    for index in range(len(placed)):
        kept = [k for k in range(index) if k != index - 1 and last.get(k, 0) >= index]
        if len(kept) > KEPT:
            raise ProjectError(
                f"scene[{index - offset}]: {len(kept)} scenes would be kept here, to be continued "
                f"later; at most {KEPT} can be",
                "Omit `continues` in some later scenes: they then start from scratch.",
            )


def placed_prompts(project: Project, timeline: Timeline, scenes: Sequence[Placed]) -> list[Prompt]:
    """The prompts in order; each scene begins with one of its own, and no morph crosses a cut.

    Raises
    ------
    ProjectError
        If a position is outside the song, or two prompts are at the same time.
    """
    own = [scene.shots[0] for scene in scenes if scene.shots]
    shots = [_shots(project, timeline, scene) for scene in scenes]
    lines = _lyrics(project, timeline)
    written = "at" in project.prompts.model_fields_set or not (own or lines)
    at = (project.prompts.at if written else {}) | lines
    for position in at:
        within(timeline, position, f'prompts.at."{position}"')
    require_affordable(
        timeline.n_frames * (len(at) + sum(1 + len(later) for later in shots)),
        "weights of prompts",
        "Use fewer prompts, longer shots, or lower the fps.",
    )
    scheduled = timeline.placed(at, "prompts.at")
    current = next((shot for shot in scheduled.values()), _shot(own[0] if own else ""))
    found: list[Prompt] = []
    for index, scene in enumerate(scenes):
        start, last = scene.frames.start, index == len(scenes) - 1
        frames = range(start, timeline.n_frames + 2) if last else scene.frames
        inside = [(t, shot) for t, shot in scheduled.items() if timeline.frame_of(t) in frames]
        begin = float(start / timeline.fps)
        key, text = begin, scene.shots[0] if scene.shots else None
        times = [time for time, _ in inside]
        turns = [s for s in shots[index] if all(abs(s[0] - t) > SAME_MOMENT for t in times)]
        inside = sorted([*inside, *turns], key=lambda moment: moment[0])
        # The first prompt of all has its weight from the start, wherever it is.
        if inside and (timeline.frame_of(inside[0][0]) == start or (index == 0 and text is None)):
            time, first = inside.pop(0)
            if text is not None:
                entry = "lyrics" if any(first is shot for shot in lines.values()) else "at"
                raise ProjectError(
                    f"prompts.{entry}: '{first.prompt}' is at {time:.2f} s, where a scene begins "
                    "with a prompt of its own",
                    "Remove one of the two.",
                )
            key, current = time if index == 0 else begin, first
        elif text is not None:
            current = _shot(text)
        own_negative = scene.negative if current.negative is None else current.negative
        found.append(Prompt(key, 0.0, current.prompt, index, own_negative))
        for time, shot in inside:
            blend = timeline.length(shot.blend or project.prompts.blend, time)
            # A change without a morph is in the frame that contains it, like a hit.
            key = time if blend > 0.0 else float(timeline.frame_of(time) / timeline.fps)
            negative = scene.negative if shot.negative is None else shot.negative
            found.append(Prompt(key, min(blend, time - begin), shot.prompt, index, negative))
            current = shot
    return found


def _shots(project: Project, timeline: Timeline, scene: Placed) -> list[tuple[float, Shot]]:
    """The later shots of a scene with several prompts, each at least as long as the morph to it."""
    if len(scene.shots) < 2:
        return []
    span, found = project.prompts.shot, list[tuple[float, Shot]]()
    begin, end = (float(n / timeline.fps) for n in (scene.frames.start, scene.frames.stop))
    if timeline.length(span, begin) < 1.0 / timeline.fps:
        raise ProjectError(
            f"prompts.shot: '{span}' is shorter than a frame", 'Use a longer one, such as "4 bars".'
        )
    for number in count(1):
        time = begin + timeline.length(replace(span, value=number * span.value), begin)
        if end - time < timeline.length(project.prompts.blend, time) or time >= end:
            return found
        found.append((time, _shot(scene.shots[number % len(scene.shots)])))
        require_affordable(
            timeline.n_frames * len(found), "weights of prompts", "Use longer shots in [prompts]."
        )
    raise AssertionError


def _lyrics(project: Project, timeline: Timeline) -> dict[At, Shot]:
    """The lines of the lyrics as prompts at their times."""
    if project.prompts.lyrics is None:
        return {}
    texts: dict[At, list[str]] = {}
    for line in read_lyrics(project.prompts.lyrics, timeline.song.duration):
        position = parse_position(f"{line.start:.3f}s")
        texts.setdefault(position, []).extend(line.text.split("\n"))
    return {position: _shot(", ".join(parts)) for position, parts in texts.items()}


def _shot(prompt: str) -> Shot:
    return Shot(prompt=prompt, blend=None, negative=None)


def scenes_of(scenes: Sequence[Placed], prompts: Sequence[Prompt]) -> tuple[Scene, ...]:
    """The scenes as a Score has them."""
    first = {prompt.scene: number for number, prompt in reversed([*enumerate(prompts)])}
    return tuple(
        Scene(
            start=scene.frames.start,
            fade=scene.fade,
            origin=scene.origin,
            prompt=first[index],
            seed=scene.seed,
            image=scene.image,
        )
        for index, scene in enumerate(scenes)
    )

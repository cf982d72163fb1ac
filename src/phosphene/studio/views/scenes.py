"""The scenes and the prompts of a project as the page draws and lists them."""

from __future__ import annotations

from typing import Any

from phosphene.composing.scenes import HELD, Prompt, placed_prompts, placed_scenes, scenes_of
from phosphene.project.tables.scenes import INHERITED
from phosphene.score.scenes import root
from phosphene.studio.views.composed import Composed
from phosphene.studio.views.wire import plain


def prompt_entries(composed: Composed) -> list[dict[str, Any]]:
    """The entries of `[prompts.at]`: `position`, `at` in seconds, `text` and its `path`."""
    at = composed.data.get("prompts", {}).get("at", {})
    return [
        {
            "position": key,
            "at": composed.moment(key),
            "text": str(given.get("prompt", "") if isinstance(given, dict) else given),
            "path": ["prompts", "at", key, *(["prompt"] if isinstance(given, dict) else [])],
        }
        for key, given in (at.items() if isinstance(at, dict) else ())
    ]


def scene_entries(composed: Composed) -> list[dict[str, Any]]:
    """The scenes in order; frames before the first `[[scene]]` are one without a position.

    Returns
    -------
    list of dict
        Of each scene: `index` of its table, -1 if it has none; `position`, as it is written;
        `at` and `end`, seconds between which it is fully visible; `fade`, seconds of the dissolve
        before; `text`, its first prompt; `shots`, the prompts after that, each with `at` and
        `text`; `colour`, a number that it shares with the scenes that continue it and with those
        of the same prompt; `values`, its table; and `taken`, the values of other entries: from
        the scene that it continues, or from `[model]`.
    """
    project, timeline = composed.project, composed.timeline
    placed = placed_scenes(project, timeline)
    prompts = placed_prompts(project, timeline, placed)
    scenes = scenes_of(placed, prompts)
    own: list[list[Prompt]] = [
        [one for one in prompts if one.scene == k] for k in range(len(placed))
    ]
    texts = list(dict.fromkeys(prompt.text for prompt in prompts))
    offset = len(placed) - len(project.scene)
    starts = [timeline.at(entry.at) for entry in project.scene]
    starts = [*([0.0] if offset else []), *starts, timeline.song.duration]
    entries = []
    for k, scene in enumerate(placed):
        values = plain(composed.data["scene"][k - offset]) if k >= offset else {}
        entries.append(
            {
                "index": k - offset,
                "position": str(values.get("at", "")),
                "at": starts[k],
                "end": starts[k + 1],
                "fade": float(scene.fade / timeline.fps),
                "text": own[k][0].text,
                "shots": [{"at": shot.key, "text": shot.text} for shot in own[k][1:]],
                "colour": texts.index(own[root(scenes, k)][0].text),
                "values": values,
                "taken": _taken(composed, k - offset) if k >= offset else {},
            }
        )
    return entries


def _taken(composed: Composed, index: int) -> dict[str, Any]:
    """The settings of a scene, with those that it inherits."""
    model, scene = composed.project.model, composed.project.scene[index]
    given = {name: getattr(scene, name) for name in INHERITED if name != "prompt"}
    rest = {name: getattr(model, name) for name in ("seed", "cadence", *HELD)} | {"guidance": 1.0}
    return {
        name: plain(rest.get(name, "") if value is None else value) for name, value in given.items()
    }

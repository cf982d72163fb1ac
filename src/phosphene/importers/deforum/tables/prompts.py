"""Reads Deforum prompts: positive and negative parts, and the frames where they start."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedules.schedule import frame_number
from phosphene.importers.deforum.settings import Settings, shown

# Syntax of the web UI: a pattern, its replacement, and its name. Every pattern stops at the next
# bracket or separator, so that no text takes long to match.
_FROM = r"\[(?:\([^()\[\]|]*\)|[^\[\]:|(])*"
_MARKS = [
    (re.compile(form), left, name)
    for form, left, name in (
        (r"<(?:lora|hypernet|lyco):[^<>]*>", "", "networks such as <lora:...>"),
        (r":? ?`[^`]*`", "", "weights with maths in them"),
        (r" ?: ?[+-][\d.]+ ?(?=\))", "", "weights with a sign"),
        (_FROM + r":([^\[\]:|]*[^\[\]:|\d. ][^\[\]:|]*): ?[\d.]+ ?\]", r"\1", "prompt editing"),
        (r"\[([^\[\]:|]*)::? ?[\d.]+ ?\]", r"\1", "prompt editing"),
        (r"\[([^\[\]:|]*)(?:\|[^\[\]|]*)+\]", r"\1", "alternating words"),
        (r" ?: ?[+-]?(?:\d+(?:\.\d*)?|\.\d+) ?(?=$|AND\b)", " ", "weights of parts joined by AND"),
        (r"\bBREAK\b,? ?", "", "BREAK"),
    )
]
#: Placeholders of escaped brackets while marks are removed.
_ESCAPED = dict(zip("()[]", "\ue000\ue001\ue002\ue003", strict=True))


@dataclass
class Prompts:
    """The prompts of a project.

    Parameters
    ----------
    at : dict of str to str
        Positive prompts by their position, in order: frames, or shares of the song for stills.
    negative : str
        The negative terms of every prompt, without duplicates.
    negatives : dict of str to str
        Those of each prompt by its position, where they differ; otherwise empty.
    lost : list of str
        What was not imported, one line each.
    """

    at: dict[str, str]
    negative: str
    negatives: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def read_prompts(settings: Settings, end: int, seed: int) -> Prompts:
    """Read the prompts.

    Parameters
    ----------
    settings : Settings
    end : int
        Number of the film's last frame; later prompts are omitted.
    seed : int
        Value of `s` in formulas.

    Raises
    ------
    ProjectError
        If the prompts are not a table, a list or text, or if no position can be read.
    """
    lost: dict[str, list[str]] = {}  # by reason: the keys of prompts
    placed: dict[int, tuple[str, str]] = {}
    before = settings.text("positive_prompts")
    table, last = _table(settings), settings.integer("max_frames") - 1
    unread: ProjectError | None = None
    for number, (key, text) in enumerate(table.items()):
        try:
            frame = number if settings.mode == "None" else max(0, frame_number(key, last, seed))
        except ProjectError as error:
            unread = ProjectError(f'{settings.path}: prompts: "{key}": {error}', error.fix)
            lost.setdefault(str(error), []).append(key)
            continue
        if not isinstance(text, (str, int, float)):
            lost.setdefault(f"{shown(text)} is not text", []).append(key)
            continue
        positive, _, negative = str(text).partition("--neg")
        if settings.mode != "None" and frame > end:
            lost.setdefault(f"after the last frame, {end}", []).append(key)
            continue
        if frame in placed:
            why = f"more than one prompt at frame {frame}; the last one is used"
            lost.setdefault(why, []).append(key)
        plain = [_plain(part) for part in (f"{before} {positive}", negative)]
        for mark in {mark: None for _, marks in plain for mark in marks}:
            lost.setdefault(mark, []).append(key)
        placed[frame] = plain[0][0], plain[1][0]
    if unread and not placed:
        raise unread
    everywhere, marks = _plain(_global_negative(settings))
    lines = [f"prompts {_some(keys)}: {what}" for what, keys in lost.items()]
    lines += [f"negative_prompts: {mark}" for mark in marks]
    at, negatives = dict[str, str](), dict[str, str]()
    for frame in sorted(placed):
        position = _position(settings, frame, len(placed))
        at[position] = placed[frame][0]
        negatives[position] = _terms(placed[frame][1], everywhere)
    if len(set(negatives.values())) > 1:
        return Prompts(at, _terms(everywhere), negatives, lines)
    return Prompts(at or {"0": ""}, _terms(*negatives.values(), everywhere), lost=lines)


def _terms(*texts: str) -> str:
    """The terms of all texts, without duplicates."""
    terms = (term.strip() for text in texts for term in text.split(","))
    return ", ".join(dict.fromkeys(filter(None, terms)))


def _some(keys: list[str]) -> str:
    """The first five keys, and the number of the others."""
    named = ", ".join(f'"{key[:40]}"' for key in keys[:5])
    return f"{named} and {len(keys) - 5} more" if len(keys) > 5 else named


def _position(settings: Settings, frame: int, count: int) -> str:
    """The position of a prompt: its frame; prompts of stills are spread over the song."""
    return f"{100 * frame / count:.6g}%" if settings.mode == "None" and frame else str(frame)


def _table(settings: Settings) -> dict[str, Any]:
    prompts = settings.value("prompts")
    where = f"{settings.path}: {(settings.given('prompts') or ('prompts',))[0]}"
    if isinstance(prompts, str) and prompts.lstrip()[:1] in ("{", "["):
        try:
            prompts = json.loads(prompts)
        except RecursionError:
            raise ProjectError(f"{where}: the JSON is nested too deeply") from None
        except ValueError as error:
            raise ProjectError(f"{where}: not valid JSON: {error}") from None
    if isinstance(prompts, str):
        prompts = [prompts]
    if isinstance(prompts, list):  # from the oldest notebooks
        prompts = dict(enumerate(prompts))
    if not isinstance(prompts, dict):
        raise ProjectError(f"{where}: got {shown(prompts)}: expected frames and prompts")
    return {str(key): text for key, text in prompts.items()}


def _global_negative(settings: Settings) -> str:
    """The global negative prompts, which notebooks store in a table by frame."""
    given = settings.value("negative_prompts")
    if isinstance(given, (dict, list)):
        parts = given.values() if isinstance(given, dict) else given
        return ", ".join(str(part) for part in parts if isinstance(part, (str, int, float)))
    return settings.text("negative_prompts")


def _plain(text: str) -> tuple[str, list[str]]:
    """The words with their weights, and the names of the syntax that was removed."""
    text = re.sub(r"\s+", " ", text)
    for bracket, placeholder in _ESCAPED.items():
        text = text.replace("\\" + bracket, placeholder)
    marks = []
    for form, left, name in _MARKS:
        text, count = form.subn(left, text)
        if count and name not in marks:
            marks.append(name)
    for bracket, placeholder in _ESCAPED.items():
        text = text.replace(placeholder, "\\" + bracket)
    text = re.sub(r" ?\bAND\b ?", ", ", text)
    return re.sub(r"\s+", " ", text).strip(" ,"), marks

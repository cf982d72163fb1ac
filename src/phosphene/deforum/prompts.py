"""Deforum's prompts: positive and negative parts, weights, and the frames that they begin at."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from phosphene.deforum.formula import translated
from phosphene.deforum.schedule import constant
from phosphene.deforum.settings import Settings
from phosphene.errors import PhospheneError, ProjectError

_MATHS = re.compile(r":?\s*`[^`]*`")
_WEIGHT = re.compile(r"\(([^()]*?)\s*:\s*[+-]?[\d.]+\s*\)")
_TAIL = re.compile(r"\s*:\s*[+-]?\d*\.?\d+\s*(?=$|AND\b)")
_EMPHASIS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_NETWORK = re.compile(r"<(lora|hypernet|lyco):[^<>]*>")


@dataclass
class Prompts:
    """What was found.

    Parameters
    ----------
    at : dict of str to str
        Frame and positive prompt, frames rising.
    negative : str
        Every negative part, once.
    lost : list of str
        What Phosphene's prompts can not say.
    """

    at: dict[str, str]
    negative: str
    lost: list[str] = field(default_factory=list)


def read_prompts(settings: Settings, end: int, seed: int) -> Prompts:
    """Read the prompts.

    Parameters
    ----------
    settings : Settings
    end : int
        The last frame that the video has; prompts past it are left out.
    seed : int

    Returns
    -------
    Prompts

    Raises
    ------
    ProjectError
        If they are no table, or a frame can not be read.
    """
    lost: list[str] = []
    placed: dict[int, tuple[str, str]] = {}
    before, after = settings.text("positive_prompts"), settings.text("negative_prompts")
    for key, text in _table(settings).items():
        frame = _frame(settings, str(key), seed)
        positive, _, negative = str(text).partition("--neg")
        plain = [
            _plain(part, f'prompt "{key}"', lost) for part in (f"{before} {positive}", negative)
        ]
        if frame > end:
            lost.append(f'prompts: "{key}" lies past the last frame, {end}')
        else:
            placed[frame] = plain[0], plain[1]
    at = {str(frame): placed[frame][0] for frame in sorted(placed)}
    negatives = [placed[frame][1] for frame in sorted(placed)]
    if len(set(negatives)) > 1:
        lost.append("prompts: their negative parts differ; all of them together hold throughout")
    joined = ", ".join([*negatives, _plain(after, "negative_prompts", lost)])
    terms = [term.strip() for term in joined.split(",") if term.strip()]
    return Prompts(at or {"0": ""}, ", ".join(dict.fromkeys(terms)), list(dict.fromkeys(lost)))


def _table(settings: Settings) -> dict[Any, Any]:
    prompts = settings.entries.get("prompts", {})
    try:
        prompts = json.loads(prompts) if isinstance(prompts, str) else prompts
    except json.JSONDecodeError as error:
        raise ProjectError(f"{settings.path}: prompts: this is not valid JSON: {error}") from None
    if isinstance(prompts, list):  # the oldest notebooks: one after the other
        prompts = dict(enumerate(prompts))
    if not isinstance(prompts, dict):
        raise ProjectError(f"{settings.path}: prompts: expected frames and prompts")
    return prompts


def _frame(settings: Settings, key: str, seed: int) -> int:
    last = settings.whole("max_frames") - 1
    try:
        return max(0, int(constant(translated(key.strip("'\" "), "0", last, seed))))
    except PhospheneError as error:
        raise ProjectError(f"{settings.path}: prompts: {error}") from None


def _plain(text: str, where: str, lost: list[str]) -> str:
    """The words alone; what else was said is added to `lost`."""
    for form, into, what in (
        (_NETWORK, "", "networks such as <lora:...>"),
        (_MATHS, "", "weights with maths in them"),
        (_WEIGHT, r"\1", "weights of words"),
        (_TAIL, " ", "weights of parts joined by AND"),
    ):
        text, count = form.subn(into, text)
        if count:
            lost.append(f"{where}: {what}")
    previous = ""
    while previous != text:
        previous, text = text, _EMPHASIS.sub(lambda found: found[1] or found[2] or "", text)
    text = re.sub(r"\s*\bAND\b\s*", ", ", text)
    return re.sub(r"\s+", " ", text).strip(" ,")

"""Guided images: pictures that are mixed into the frames, each up to the next one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedules.schedule import frame_number, read_schedule
from phosphene.importers.deforum.settings import DEFAULTS, Settings, is_off, shown
from phosphene.importers.deforum.tables.guides import Inputs, first_picture, named_file
from phosphene.importers.deforum.tables.layers import Layer, formula, keyframes
from phosphene.project.tables.guides import GUIDES
from phosphene.score.curves.formulas import parse
from phosphene.score.curves.formulas.evaluate import curve

_MOST, _SLOPE, _TWEENING = "blendFactorMax", "blendFactorSlope", "tweening_frames_schedule"
_COLOURS = "color_correction_factor"
_REST, _PERIOD = 0.07, 25  # Deforum's share between tweens, and its period after the last picture
_Curve = NDArray[np.float64]


def add_pictures(inputs: Inputs, settings: Settings, seed: int, end: int, folder: Path) -> None:
    """Add the guided images as guides, with the curve of the channel `guide`.

    Parameters
    ----------
    inputs : Inputs
        The other pictures and videos.
    settings : Settings
    seed : int
        Value of `s` in formulas.
    end : int
        Number of the film's last frame.
    folder : Path
        Folder of the project file; files are named relative to it.
    """
    switch = settings.value("use_looper")
    if is_off(switch):
        return
    if settings.mode not in ("2D", "3D"):
        inputs.lost.append(
            f"use_looper = {shown(switch)}: not with animation_mode = '{settings.mode}'"
        )
        return
    if not settings.given("init_images"):
        inputs.lost.append(f"use_looper = {shown(switch)}: init_images is missing")
        return
    try:
        pictures = _pictures(settings, seed)
        shares = _shares([at for at, _ in pictures], _curves(settings, seed, end, inputs), end)
    except ProjectError as error:
        inputs.lost.append(f"init_images = {shown(settings.value('init_images'))}: {error}")
        return
    clipped = np.clip(np.nan_to_num(shares), 0.0, 1.0)
    if not np.array_equal(clipped, shares):
        inputs.lost.append(f"{_MOST}: shares of a picture are from 0 to 1; others are clipped")
    if not is_off(settings.value(_COLOURS)):
        given = shown(settings.value(_COLOURS))
        inputs.lost.append(f"{_COLOURS} = {given}: model.colour_match holds the colours")
    _add(inputs, settings, pictures, clipped, folder)


def _add(
    inputs: Inputs,
    settings: Settings,
    pictures: list[tuple[int, str]],
    shares: _Curve,
    folder: Path,
) -> None:
    before = [layer for layer in inputs.tables if layer.table == "guide"]
    constant = len(set(shares.tolist())) == 1
    if before and not constant:
        why = "one channel drives all guides; the amount of each picture is its mean"
        inputs.lost.append(f"{_MOST} = {shown(settings.value(_MOST))}: {why}")
    runs = _runs([at for at, _ in pictures], len(shares))
    room = GUIDES - len(before)
    if len(runs) > room:
        why = f"at most {GUIDES} guides; the pictures from frame {runs[room][1]} on are omitted"
        inputs.lost.append(f"init_images = {shown(settings.value('init_images'))}: {why}")
    for index, first, last in runs[:room]:
        name = named_file(
            settings, pictures[index][1], "init_images", "[[guide]]", folder, inputs.lost
        )
        if name is None:
            continue
        entries: dict[str, tuple[Any, str]] = {
            "video": (name[0], "init_images"),
            "mode": ("init", ""),
        }
        if before or constant:
            entries["amount"] = (round(float(shares[first:last].mean()), 4), _MOST)
        if first > 0:
            entries["at"] = (str(first), "")
        if last < len(shares):
            entries["until"] = (str(last), "")
        if first == 0:
            if inputs.image:
                inputs.lost.append("use_init: the film begins with the first of init_images")
            inputs.image = first_picture(settings, name[0], "init_images", inputs.lost)
        inputs.add("guide", "use_looper: this picture is mixed in before each repaint.", entries)
    if not before and not constant:
        remark = f"{_MOST} - {_SLOPE} * cos(...) after each picture, then {_REST:g}"
        layer = Layer("Deforum's guided images.", {"use": "keyframes"})
        layer.add("guide", _keys(shares), remark)
        inputs.motion.append(layer)


def _pictures(settings: Settings, seed: int) -> list[tuple[int, str]]:
    """The frames and names of the pictures, in file order."""
    given = settings.value("init_images")
    try:
        named = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        named = None
    if not isinstance(named, Mapping) or not named:
        raise ProjectError('expected pictures by frame, such as {"0": "a.png", "50": "b.png"}')
    last = settings.integer("max_frames") - 1
    return [(frame_number(str(at), last, seed), str(name)) for at, name in named.items()]


def _curves(settings: Settings, seed: int, end: int, inputs: Inputs) -> list[_Curve]:
    """The values of the three schedules in every frame."""
    last, curves = settings.integer("max_frames") - 1, []
    for key in (_MOST, _SLOPE, _TWEENING):
        inputs.schedules.append(key)
        for given in (settings.value(key), DEFAULTS[key]):
            try:
                schedule = read_schedule(given, last, seed)
                values = keyframes(schedule, end) if schedule.numbers else formula(schedule, end)
                break
            except ProjectError as error:
                inputs.lost.append(f"{key}: {error}")
        frames = np.arange(end + 1.0)
        if isinstance(values, str):
            names = {"frame": frames, "pi": np.pi, "e": np.e}
            curves.append(curve(values, parse(values).tree, names, end + 1))
        else:
            at = [float(frame) for frame in values]
            curves.append(np.interp(frames, at, list(values.values())))
    return curves


def _shares(starts: list[int], curves: list[_Curve], end: int) -> _Curve:
    """The share of the picture in every frame, as Deforum computes it."""
    frames = np.arange(end + 1.0)
    period = np.full(end + 1, float(_PERIOD))
    for before, after in pairwise(starts):
        period[(frames >= before) & (frames <= after)] = after - before
    most, slope, tweening = curves
    with np.errstate(all="ignore"):
        tweened = most - slope * np.cos(frames % tweening / (tweening / 2.0))
        return np.where((period > 0) & (frames % period <= tweening), tweened, _REST)


def _runs(starts: list[int], n_frames: int) -> list[tuple[int, int, int]]:
    """The pictures that are shown, each with its frames [first, last)."""
    shown_in = [sum(frame >= start for start in starts[1:]) for frame in range(n_frames)]
    runs, first = [], 0
    for index, group in groupby(shown_in):
        last = first + len(list(group))
        runs.append((index, first, last))
        first = last
    return runs


def _keys(shares: _Curve) -> dict[str, float]:
    """Keyframes, without those that lie on a line between their neighbours."""
    values = np.round(shares, 4)
    bends = np.flatnonzero(np.abs(np.diff(values, 2)) > 1e-9) + 1
    keys = sorted({0, *bends.tolist(), len(values) - 1})
    return {str(frame): float(values[frame]) for frame in keys}

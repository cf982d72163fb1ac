"""Pictures and videos of an imported project: its first picture, guides and masks."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import Any

from phosphene.bounds import file_name
from phosphene.directing.direct import beside
from phosphene.errors import FilmError, ProjectError
from phosphene.film.probe import probe
from phosphene.importers.deforum.schedules.schedule import read_schedule
from phosphene.importers.deforum.settings import DEFAULTS, VIDEO, Settings, is_off, shown
from phosphene.importers.deforum.tables.layers import Layer

ALPHA, FACTOR = "hybrid_comp_alpha_schedule", "hybrid_flow_factor_schedule"
_MOVING = ("2D", "3D")
_Entries = dict[str, tuple[Any, str]]


@dataclass
class Inputs:
    """The pictures and videos of a project.

    Parameters
    ----------
    image : dict
        Entries of `[video]` for the first picture, each with a comment.
    tables : list of Layer
        The `[[guide]]` and `[[mask]]` tables.
    schedules : list of str
        Names of the schedules that were read.
    driver : str
        Name of the schedule that drives the channel `guide`; empty if none does.
    motion : list of Layer
        The `[[motion]]` tables of guided images.
    lost : list of str
        What was not imported, one line each.
    """

    image: _Entries = field(default_factory=dict)
    tables: list[Layer] = field(default_factory=list)
    schedules: list[str] = field(default_factory=list)
    driver: str = ""
    motion: list[Layer] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def add(self, table: str, about: str, entries: _Entries) -> None:
        """Add a table; each of its entries has a comment."""
        values = {name: value for name, (value, _) in entries.items()}
        self.tables.append(
            Layer(about, values, {name: remark for name, (_, remark) in entries.items()}, table)
        )


def read_inputs(settings: Settings, seed: int, fps: Fraction, height: int, folder: Path) -> Inputs:
    """Read the init image, the hybrid video and the mask.

    Parameters
    ----------
    settings : Settings
    seed : int
        Value of `s` in formulas.
    fps : Fraction
    height : int
        Of the film in px.
    folder : Path
        Folder of the project file; files are named relative to it.
    """
    inputs = Inputs()
    if settings.mode not in (*_MOVING, VIDEO):
        inputs.lost += [
            f"{key} = {shown(settings.value(key))}: not with animation_mode = '{settings.mode}'"
            for key in ("use_init", "use_mask")
            if not is_off(settings.value(key))
        ]
    if settings.mode in _MOVING and not is_off(settings.value("use_init")):
        named = _file(settings, "init_image", "use_init", "video.image", folder, inputs.lost)
        if named is not None:
            inputs.image = first_picture(settings, named[0], "init_image", inputs.lost)
    if shows_video(settings):
        _add_guides(inputs, settings, seed, fps, folder)
    if masked(settings):
        _add_mask(inputs, settings, fps, height, folder)
    return inputs


def first_picture(settings: Settings, name: str, key: str, lost: list[str]) -> _Entries:
    """The entries of `[video]` for a first picture, which is repainted with the init strength."""
    strength = 1.0 - min(max(_number(settings, "strength", lost), 0.0), 1.0)
    return {"image": (name, key), "image_strength": (round(strength, 6), "1 - strength")}


def composites(settings: Settings) -> bool:
    """Whether Deforum mixes a video into the frames."""
    return settings.mode in _MOVING and not is_off(settings.value("hybrid_composite"))


def follows(settings: Settings) -> bool:
    """Whether Deforum moves the frames by the motion of a video."""
    return settings.mode in _MOVING and not is_off(settings.value("hybrid_motion"))


def shows_video(settings: Settings) -> bool:
    """Whether Deforum reads the frames of a video."""
    return settings.mode == VIDEO or composites(settings) or follows(settings)


def masked(settings: Settings) -> bool:
    """Whether Deforum repaints only a part of each frame."""
    switches = ("use_mask", "use_mask_video")
    return settings.mode in (*_MOVING, VIDEO) and not all(
        is_off(settings.value(switch)) for switch in switches
    )


def _add_guides(inputs: Inputs, settings: Settings, seed: int, fps: Fraction, folder: Path) -> None:
    mixes, moves = composites(settings), follows(settings)
    switch = "hybrid_composite" if mixes else "hybrid_motion" if moves else "animation_mode"
    named = _file(settings, "video_init_path", switch, "[[guide]]", folder, inputs.lost)
    still = None
    if mixes and not is_off(settings.value("hybrid_use_init_image")):
        still = _file(
            settings, "init_image", "hybrid_use_init_image", "[[guide]]", folder, inputs.lost
        )
    if named is None:
        return
    video: _Entries = {"video": (named[0], "video_init_path")}
    timed = _timing(settings, named[1], fps, inputs.lost)
    if settings.mode == VIDEO:
        about = "animation_mode = 'Video Input': each frame of the video is repainted by itself."
        inputs.add("guide", about, video | {"mode": ("init", "")} | timed)
        return
    used = {key: most for key, most, on in ((ALPHA, 1.0, mixes), (FACTOR, 2.0, moves)) if on}
    amounts = {key: _amount(settings, key, seed, most, inputs) for key, most in used.items()}
    varying = [key for key, amount in amounts.items() if amount is None]
    if len(amounts) == 1 and varying:
        [inputs.driver] = varying
    elif varying:
        why = "one channel drives all guides; their amounts are the values in the first frame"
        inputs.lost += [f"{key} = {shown(settings.value(key))}: {why}" for key in varying]
        amounts |= {key: _first(settings, key, seed, used[key]) for key in varying}
    if moves:
        about = "hybrid_motion: the picture is moved by the optical flow of the video."
        mode: _Entries = {"mode": ("flow", "hybrid_motion")}
        inputs.add("guide", about, video | mode | _share(amounts, FACTOR) | timed)
    if mixes:
        about = "hybrid_composite: the video is mixed in before each repaint."
        mode = {"mode": ("init", "hybrid_composite")}
        source = {"video": (still[0], "init_image")} if still else video
        inputs.add(
            "guide", about, source | mode | _share(amounts, ALPHA) | ({} if still else timed)
        )
    first = settings.value("hybrid_use_first_frame_as_init_image")
    if not is_off(first) and not (mixes and amounts[ALPHA] == 1.0 and not still):
        about = "hybrid_use_first_frame_as_init_image: the film begins with the video."
        start: _Entries = {"mode": ("init", ""), "until": ("1", "only the first frame")}
        inputs.add("guide", about, video | start | timed)


def _first(settings: Settings, key: str, seed: int, most: float) -> float:
    """The value of a schedule in the first frame, from 0 to `most`."""
    last = settings.integer("max_frames") - 1
    try:
        return min(max(read_schedule(settings.value(key), last, seed).first, 0.0), most)
    except ProjectError:  # not a number there
        return 1.0


def _share(amounts: dict[str, float | None], key: str) -> _Entries:
    amount = amounts[key]
    return {} if amount is None else {"amount": (amount, key)}


def _amount(settings: Settings, key: str, seed: int, most: float, inputs: Inputs) -> float | None:
    """The value of a constant schedule, from 0 to `most`; None if it varies."""
    inputs.schedules.append(key)
    last = settings.integer("max_frames") - 1
    try:
        schedule = read_schedule(settings.value(key), last, seed)
        values = {schedule.number(at) for at in schedule.keys} if schedule.numbers else set()
    except ProjectError as error:
        inputs.lost.append(f"{key}: {error}")
        values = {float(read_schedule(DEFAULTS[key], 0, seed).first)}
    if len(values) != 1:
        return None
    [value] = values
    amount = min(max(value, 0.0), most)
    if amount != value:
        inputs.lost.append(f"{key}: {value:g} is not from 0 to {most:g}; using {amount:g}")
    return amount


def _timing(settings: Settings, path: Path | None, fps: Fraction, lost: list[str]) -> _Entries:
    """The start within a video; Deforum counts its frames, Phosphene uses its time stamps."""
    every = max(_number(settings, "extract_nth_frame", lost), 1.0)
    begin = _number(settings, "extract_from_frame", lost)
    rate = _rate(path)
    if rate is None or abs(rate / every - fps) > fps / 100:
        own = "" if rate is None else f", {float(rate):.4g} fps"
        each = "each" if every == 1.0 else f"one in {every:g}"
        lost.append(
            f"extract_nth_frame = {every:g}: Deforum shows {each} of the video's frames for one "
            f"frame of the film; here the video plays at its own speed{own}"
        )
    if begin <= 0:
        return {}
    if rate is None:
        lost.append(f"extract_from_frame = {begin:g}: set `from`, in seconds of the video")
        return {}
    return {"from": (f"{float(begin / rate):.6g}s", "extract_from_frame")}


def _rate(path: Path | None) -> Fraction | None:
    """Frames per second of a video; None if it does not exist."""
    try:
        stream = None if path is None else probe(path).video
    except FilmError:
        return None
    return None if stream is None else stream.fps or None


def _add_mask(inputs: Inputs, settings: Settings, fps: Fraction, height: int, folder: Path) -> None:
    kind, key, switch = "image", "mask_file", "use_mask"
    of_alpha = not any(is_off(settings.value(key)) for key in ("use_alpha_as_mask", "use_init"))
    if not is_off(settings.value("use_mask_video")):
        kind, key, switch = "video", "video_mask_path", "use_mask_video"
        if not is_off(settings.value("use_mask")) and settings.text("mask_file"):
            given = shown(settings.value("mask_file"))
            inputs.lost.append(f"mask_file = {given}: of two masks, the video is used")
    elif of_alpha:
        key = "init_image"
    named = _file(settings, key, switch, "[[mask]]", folder, inputs.lost)
    if named is None:
        return
    entries: _Entries = {kind: (named[0], key)}
    if of_alpha and kind == "image":
        entries["of"] = ("alpha", "use_alpha_as_mask")
    if not is_off(settings.value("invert_mask")):
        entries["repaint"] = ("outside", "invert_mask")
    blur = _number(settings, "mask_overlay_blur", inputs.lost)
    if blur > 0.0:
        # Deforum's blur is a standard deviation in px; a feather is four of these wide.
        entries["feather"] = (round(min(4.0 * blur / height, 1.0), 4), "mask_overlay_blur")
    if kind == "video":
        entries |= _timing(settings, named[1], fps, inputs.lost)
    inputs.add("mask", f"{switch}: only a part of each frame is repainted.", entries)


def _number(settings: Settings, key: str, lost: list[str]) -> float:
    value = settings.value(key)
    try:
        number = float(value)
        if abs(number) < 1e9:
            return number
    except (TypeError, ValueError, OverflowError):
        pass
    lost.append(f"{key} = {shown(value)}: expected a number; using {DEFAULTS[key]:g}")
    return float(DEFAULTS[key])


def _file(
    settings: Settings, key: str, switch: str, where: str, folder: Path, lost: list[str]
) -> tuple[str, Path | None] | None:
    """The file of a setting, as `named_file`; None if the setting is empty."""
    given = settings.text(key).strip()
    if not given:
        lost.append(f"{switch} = {shown(settings.value(switch))}: {key} is missing")
        return None
    return named_file(settings, given, key, where, folder, lost)


def named_file(
    settings: Settings, given: str, key: str, where: str, folder: Path, lost: list[str]
) -> tuple[str, Path | None] | None:
    """The name of a file for the project, and its path if it exists.

    Returns None for an invalid name. A missing file is expected beside the project.
    """
    online = given.startswith(("http://", "https://"))
    name = PureWindowsPath(given.partition("?")[0] if online else given).name
    try:
        file_name(name)
        for path in (Path(given), settings.path.parent / name):
            if path.is_file():
                return beside(path, folder / "project.toml"), path
    except (OSError, ValueError):
        lost.append(f"{key} = {shown(given)}: not the name of a file")
        return None
    why = "files are not downloaded" if online else "no such file"
    lost.append(f"{key} = {shown(given)}: {why}; put it beside the project, or change {where}")
    return name, None

"""The contract of a modulator: requirements on its class, and on its curves for any song."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import ValidationError

from phosphene.hints import hint
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import CHANNELS
from phosphene.song.song import Song
from phosphene.testing.contract import ContractError, Finding, as_tests, examine, require
from phosphene.testing.curves import (
    ODD,
    USUAL,
    check_path,
    finite,
    no_beats,
    one_frame,
    settings,
    silence,
)
from phosphene.testing.songs import synthetic_song, timeline
from phosphene.testing.subject import PROJECT_FPS, Features, Subject

RATES = (12, 24, 30)  # fps of a draft, of cinema and of video


def described(subject: Subject) -> None:
    """The class has a name, a docstring, and a description and JSON schema of every field."""
    cls = subject.cls
    if not isinstance(getattr(cls, "name", None), str) or not cls.name:
        raise ContractError(f"{cls.__name__} has no name", 'Add name: ClassVar = "...".')
    if not cls.__doc__ or cls.__doc__ == Modulator.__doc__:
        raise ContractError(
            f"{cls.__name__} has no docstring",
            "Describe in a sentence what it does; `phosphene modulators` shows it.",
        )
    bare = [name for name, info in cls.model_fields.items() if not info.description]
    if bare:
        raise ContractError(
            f"no description of {', '.join(bare)}",
            'Add one to each field, with its unit: Field(1.0, description="..., px per frame").',
        )
    try:
        json.dumps(cls.model_json_schema())
    except Exception as error:  # pydantic raises several kinds of errors
        raise ContractError(
            f"its JSON schema cannot be generated: {error}",
            "Use plain types, Span, Position, or types with a JSON schema.",
        ) from None


def frozen(subject: Subject) -> None:
    """Instances are immutable, and an unknown parameter is an error."""
    made = subject.made()
    if type(made).model_config.get("extra") != "forbid":
        raise ContractError(
            "a misspelt parameter would not be noticed", 'Keep extra="forbid" in model_config.'
        )
    for name in type(made).model_fields:
        try:
            setattr(made, name, getattr(made, name))
        except ValidationError:
            continue
        raise ContractError(f"{name} can be changed", "Keep frozen=True in model_config.")


def channels(subject: Subject) -> None:
    """It returns only `value` (and `height`), or valid channels."""
    given, _ = subject.call(synthetic_song(**USUAL))
    if not given:
        raise ContractError("curves() returned no curve", "Return at least one, for every song.")
    envelope = "value" in given
    for name in given:
        if name in ("value", "height") if envelope else name in CHANNELS:
            continue
        raise ContractError(
            f"curves() returned '{name}'" + (" beside 'value'" if envelope else ""),
            hint(str(name), ("value", "height") if envelope else ("value", *CHANNELS)),
        )


def length(subject: Subject) -> None:
    """Every curve has one value per frame: shape (timeline.n_frames,)."""
    for song in (synthetic_song(**USUAL), synthetic_song(**ODD)):
        for rate in (*RATES, 23.976):
            given, frames = subject.call(song, rate, rate)
            for name, curve in given.items():
                if np.shape(curve) != (frames.n_frames,):
                    raise ContractError(
                        f"'{name}' has shape {np.shape(curve)} at {rate} fps; expected "
                        f"({frames.n_frames},)",
                        "Build it on timeline.times, or np.full(timeline.n_frames, ...).",
                    )


def float64(subject: Subject) -> None:
    """Every curve is a NumPy array of float64."""
    given, _ = subject.call(synthetic_song(**USUAL))
    for name, curve in given.items():
        kind = curve.dtype if isinstance(curve, np.ndarray) else type(curve).__name__
        if kind != np.float64:
            raise ContractError(
                f"'{name}' is {kind}", "Return it as np.asarray(curve, dtype=np.float64)."
            )


def deterministic(subject: Subject) -> None:
    """The same song and parameters give the same curves, to the bit."""
    song, other = synthetic_song(**USUAL), synthetic_song(**ODD)
    made = subject.made()
    first = subject.curves(song, modulator=made)
    subject.curves(other, modulator=made)  # state from another song must not matter
    for again in (subject.curves(song, modulator=made), subject.curves(song)):
        for name, curve in first.items():
            if name not in again or not np.array_equal(curve, again[name], equal_nan=True):
                raise ContractError(
                    f"'{name}' differs between two calls",
                    "Draw from np.random.default_rng(self.seed), and keep no state between calls.",
                )


def same_path(subject: Subject) -> None:
    """At 12, 24 and 30 fps the camera travels the same path in the same seconds."""
    if not subject.made().by_interval:
        return  # called for the project's own frames at every frame rate
    for about in (USUAL, ODD):
        song = synthetic_song(**about)
        own = subject.curves(song, PROJECT_FPS)
        for fps in RATES:
            check_path(own, subject.curves(song, fps), PROJECT_FPS, fps)


def song_unchanged(subject: Subject) -> None:
    """The song is not changed."""
    song = subject.with_features(synthetic_song(**USUAL))
    before = _contents(song)
    subject.call(song)
    changed = [name for name, value in _contents(song).items() if value != before[name]]
    if changed:
        raise ContractError(
            f"curves() changed song.{changed[0]}", "Copy an array before you change it."
        )


def extremes(subject: Subject) -> None:
    """Every setting that the fields allow gives finite curves, or an error that names it."""
    song = synthetic_song(**USUAL)
    for setting, modulator in settings(subject.made()):
        given = subject.curves(song, modulator=modulator)
        for name, curve in given.items():
            if not np.all(np.isfinite(curve)):
                raise ContractError(
                    f"'{name}' is not finite with {setting}",
                    "Bound the field (Field(gt=0), Period for a Span above 0), or handle it.",
                )


CHECKS = {
    check.__name__: check
    for check in (
        described, frozen, channels, length, float64, finite, silence, no_beats, one_frame,
        deterministic, same_path, song_unchanged, extremes,
    )
}  # fmt: skip
"""Every check of a modulator, by name."""


def examine_modulator(
    modulator: Modulator | type[Modulator], features: Features | None = None
) -> list[Finding]:
    """Examine a modulator by every check.

    Parameters
    ----------
    modulator : Modulator or type of Modulator
        A class is instantiated with its defaults.
    features : mapping of str to callable, optional
        Audio features of its plugin that it reads, each a function of the Song.

    Returns
    -------
    list of Finding
        One for each check, in order, passed or not.
    """
    return examine(CHECKS, Subject(modulator, features or {}))


def check_modulator(
    modulator: Modulator | type[Modulator], features: Features | None = None
) -> None:
    """Raise if a modulator breaks its contract; takes what `examine_modulator` takes.

    Raises
    ------
    ContractError
        An AssertionError that lists every check that failed, and the fixes.
    """
    cls = modulator if isinstance(modulator, type) else type(modulator)
    require(examine_modulator(modulator, features), cls.__name__)


def seconds_of(modulator: Modulator | type[Modulator], features: Features | None = None) -> float:
    """How long a modulator takes for three minutes of music at 30 fps, in seconds."""
    subject = Subject(modulator, features or {})
    song = subject.with_features(synthetic_song(180.0))
    made, frames = subject.made(), timeline(song, 30)
    begin = time.perf_counter()
    subject.call(song, 30, 30, modulator=made)
    del frames
    return time.perf_counter() - begin


@as_tests(CHECKS, lambda self: Subject(self.modulator, self.features))
class ModulatorContract:
    """The contract as tests: inherit it, and name the modulator.

    Attributes
    ----------
    modulator : Modulator or type of Modulator
    features : mapping of str to callable
        Audio features of the plugin that the modulator reads, each a function of the Song.
    """

    modulator: ClassVar[Modulator | type[Modulator]]
    features: ClassVar[Features] = {}


def _contents(song: Song) -> dict[str, Any]:
    contents: dict[str, Any] = {}
    for name, value in vars(song).items():
        if isinstance(value, np.ndarray):
            contents[name] = value.tobytes()
        elif name == "features" and isinstance(value, Mapping):
            contents |= {f"features['{key}']": one.values.tobytes() for key, one in value.items()}
        elif name in ("duration", "tempo", "metre", "sections", "confidence", "sample_rate"):
            contents[name] = value
    return contents

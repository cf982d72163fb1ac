"""The result of an analysis: the `Song` and its parts, as plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from phosphene.errors import SongError
from phosphene.hints import hint
from phosphene.song.store.cache import Arrays, Shelf
from phosphene.song.store.code import code_of
from phosphene.song.tempo import TempoMap

FeatureKind = Literal["impulse", "envelope", "level"]
#: Roles of sections.
ROLES = ("intro", "verse", "build", "drop", "chorus", "break", "bridge", "outro")


def _frozen(values: Any, dtype: type) -> NDArray[Any]:
    """Return a read-only view of `values`, or a copy if the dtype differs."""
    view: NDArray[Any] = np.asarray(values, dtype=dtype).view()
    view.setflags(write=False)
    return view


def hit_strengths(curve: NDArray[np.float64], hops: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the strengths of the hits at `hops` of an onset curve, 0 to 1.

    The strength is the total rise of the curve within two hops; the peak alone would depend by a
    third on the alignment of attack and hops. The strongest twentieth of the hits count as 1.
    """
    if not len(hops):
        return np.zeros(0)
    around = hops[:, None] + np.arange(-2, 3)
    inside = (around >= 0) & (around < len(curve))
    totals = np.where(inside, curve[np.clip(around, 0, len(curve) - 1)], 0.0).sum(axis=1)
    strengths: NDArray[np.float64] = np.minimum(
        totals / max(float(np.percentile(totals, 95)), 1.0), 1.0
    )
    return strengths


@dataclass(frozen=True, eq=False)
class Feature:
    """An audio feature: one curve on the audio's own grid.

    Parameters
    ----------
    values : np.ndarray, shape (n_hops,), float64
        Value k is centred at ``k * hop`` seconds.
    hop : float
        Seconds from one value to the next.
    kind : {"impulse", "envelope", "level"}
        How it is resampled to a coarser grid: impulses and envelopes by the maximum of each
        interval, levels by the mean.
    """

    values: NDArray[np.float64]
    hop: float
    kind: FeatureKind

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _frozen(self.values, np.float64))


@dataclass(frozen=True)
class Section:
    """A part of the song.

    Parameters
    ----------
    start, end : float
        Seconds.
    label : str
        ``A``, ``B`` and so on in order of appearance; sections with the same label sound similar.
    role : str
        ``intro``, ``verse``, ``build``, ``drop``, ``chorus``, ``break``, ``bridge`` or ``outro``;
        empty if unknown.
    energy : float
        Mean energy relative to the song, 0 to 1.
    confidence : float
        Reliability of the role, 0 to 1.
    """

    start: float
    end: float
    label: str
    role: str = ""
    energy: float = 0.0
    confidence: float = 0.0


@dataclass(frozen=True, eq=False)
class Song:
    """The analysis of an audio file; all times are in seconds from its start.

    Parameters
    ----------
    path : Path or None
        The file; None for a song made in memory.
    samples : np.ndarray, shape (n,), float32
        The analysed mono signal; sample k is at ``k / sample_rate`` seconds.
    sample_rate : int
        Rate of `samples`, in Hz (not of the file).
    duration : float
        Duration of the file: its frames over its own sample rate.
    tempo : float
        Beats per minute; 0 without beats.
    beats, downbeats, onsets : np.ndarray, float64
        Times, increasing; empty if nothing was detected.
    onset_strengths : np.ndarray, shape of `onsets`, float64
        Strength of each onset, 0 to 1.
    metre : int
        Beats per bar; 0 without beats.
    sections : tuple of Section
        Parts in order; empty if none were detected.
    confidence : float
        Reliability of the beats, from 0 (none) to 1 (a metronome).
    features : mapping of str to Feature
        ``onset``, ``rms``, ``low``, ``mid`` and ``high``, each scaled to 0 to 1 over the song.
    extra : mapping of str to callable
        Registered features; each is a function of the Song, called on first use.
    track : int
        Index of the analysed audio track, from 0.
    shelf : Shelf
        Store of further results; see `kept`.
    """

    path: Path | None
    samples: NDArray[np.float32]
    sample_rate: int
    duration: float
    tempo: float
    beats: NDArray[np.float64]
    downbeats: NDArray[np.float64]
    onsets: NDArray[np.float64]
    onset_strengths: NDArray[np.float64]
    metre: int
    sections: tuple[Section, ...]
    confidence: float
    features: Mapping[str, Feature]
    extra: Mapping[str, Callable[[Song], Feature]] = field(default_factory=dict)
    track: int = 0
    shelf: Shelf = field(default_factory=Shelf, repr=False)
    _read: dict[str, Feature] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", _frozen(self.samples, np.float32))
        for name in ("beats", "downbeats", "onsets", "onset_strengths"):
            object.__setattr__(self, name, _frozen(getattr(self, name), np.float64))
        object.__setattr__(self, "features", MappingProxyType(dict(self.features)))
        object.__setattr__(self, "extra", MappingProxyType(self.extra))

    def strengths_at(
        self, times: NDArray[np.float64], feature: str = "onset"
    ) -> NDArray[np.float64]:
        """The strength of one feature, such as ``low``, at given times.

        Features have a 23 ms grid; this assigns their hits to exact times.

        Parameters
        ----------
        times : np.ndarray, shape (n,), float64
            Seconds: the onsets, or the beats.
        feature : str

        Returns
        -------
        np.ndarray, shape (n,), float64
            0 to 1.
        """
        curve = self.feature(feature)
        return hit_strengths(curve.values, np.rint(times / curve.hop).astype(np.intp))

    def feature(self, name: str) -> Feature:
        """A feature by name, built-in or of a plugin.

        Raises
        ------
        SongError
            If no feature has this name.
        """
        if name in self.features:
            return self.features[name]
        if name not in self.extra:
            raise SongError(f"unknown feature '{name}'", hint(name, [*self.features, *self.extra]))
        if name not in self._read:
            with threadpool_limits(limits=1, user_api="blas"):  # see `listen`
                self._read[name] = self.extra[name](self)
        return self._read[name]

    def kept(self, name: str, work: Callable[[], Mapping[str, Feature]]) -> Mapping[str, Feature]:
        """Expensive features, computed once for this audio and then cached.

        Parameters
        ----------
        name : str
            Names everything that `work` depends on besides the audio and its own code, such as
            its model and its settings.
        work : callable
            work() returns the features by name. It is called again after a change to its package.
        """

        def load_or_compute() -> Mapping[str, Feature]:
            entry = f"{name} of {code_of(work)}"
            return features_from_arrays(
                self.shelf.stored(entry, lambda: features_to_arrays(work()))
            )

        # Plugins may use equal names; on disk, their code tells them apart.
        package = str(getattr(work, "__module__", None)).partition(".")[0]
        found: Mapping[str, Feature] = self.shelf.kept(f"{package} {name}", load_or_compute)
        return found

    def sections_named(self, name: str) -> tuple[Section, ...]:
        """The sections with this role or label, in order; all of them for ``section``."""
        return tuple(
            section
            for section in self.sections
            if name.lower() in ("section", section.role, section.label.lower())
        )

    @property
    def tempo_map(self) -> TempoMap:
        """The map between beats, bars and seconds."""
        return TempoMap(self.beats, self.downbeats)


def features_to_arrays(features: Mapping[str, Feature]) -> Arrays:
    """Each feature's values, its hop and its kind, as `feature.NAME.values` and so on."""
    arrays: dict[str, Any] = {}
    for name, feature in features.items():
        arrays[f"feature.{name}.values"] = feature.values
        arrays[f"feature.{name}.hop"] = np.array(feature.hop)
        arrays[f"feature.{name}.kind"] = np.array(feature.kind)
    return arrays


def features_from_arrays(arrays: Arrays) -> dict[str, Feature]:
    """The inverse of `features_to_arrays`.

    Raises
    ------
    KeyError
        If a part is missing.
    """
    values = [key for key in arrays if key.endswith(".values")]
    names = [key.removeprefix("feature.").removesuffix(".values") for key in values]
    return {
        name: Feature(
            arrays[f"feature.{name}.values"],
            float(arrays[f"feature.{name}.hop"]),
            str(arrays[f"feature.{name}.kind"]),  # type: ignore[arg-type]
        )
        for name in names
    }

"""Roles of sections, from their energy, recurrence and position."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phosphene.song.structure.views import Rows, Views

_RANGE = 24.0  # dB below the loudest units at which the energy is 0
_PARTS = {"level": 0.5, "low": 0.25, "density": 0.25}
_STEP = 0.12  # clearly audible difference of energy between sections
_JUMP = 0.2  # rise of energy into a drop
_RISE = 0.2  # rise of energy over a build
_STEADY = 0.7  # correlation with a straight line
_CONTRAST = 0.3  # usual range of energy between sections
_FLAT = 0.1  # range of energy of a song without contrast
_EDGE = 0.3  # maximum length of an intro or outro, as a share of the song
_CALM = 0.35  # maximum length of all breaks with one label, as a share of the song


@dataclass(frozen=True)
class Part:
    """A section by units: from `first` up to `last`, with a label, its energy and its role."""

    first: int
    last: int
    label: int
    energy: float = 0.0
    role: str = ""
    confidence: float = 0.0


def energy_of(views: Views) -> Rows:
    """Energy of each unit: loudness, bass and onset density, 0 to 1 relative to the song."""

    def scaled(values: Rows, zero: float) -> Rows:
        top = float(np.percentile(values, 95))
        return np.clip((values - (top - zero)) / zero, 0.0, 1.0) if zero > 0 else 0 * values

    shares = {
        "level": scaled(views.level, _RANGE),
        "low": scaled(views.low, _RANGE),
        "density": scaled(views.density, float(np.percentile(views.density, 95))),
    }
    total = sum(weight * shares[name] for name, weight in _PARTS.items())
    return np.where(views.silent, 0.0, total)


def with_roles(
    edges: list[int], labels: list[int], energy: Rows, silent: NDArray[np.bool_], phrase: int
) -> list[Part]:
    """Determine the role of each section.

    Parameters
    ----------
    edges, labels : list of int
        As from `segmentation.label`.
    energy : ndarray, shape (n_units,)
    silent : ndarray of bool, shape (n_units,)
    phrase : int
        Units of a usual phrase.

    Returns
    -------
    list of Part
        With builds split off the sections that end with one.
    """
    means = [float(energy[first:last].mean()) for first, last in pairwise(edges)]
    # In a song of little contrast, smaller differences count.
    spread = np.diff(np.percentile(np.repeat(means, np.diff(edges)), [10, 90]))[0]
    scale = 1.0 / float(np.clip(spread / _CONTRAST, 0.5, 1.0))
    energy = scale * energy
    parts = [
        Part(first, last, label, scale * mean)
        for (first, last), label, mean in zip(pairwise(edges), labels, means, strict=True)
    ]
    if len(parts) == 1:
        return [replace(parts[0], role="verse", energy=means[0])]
    parts = _with_builds(parts, energy, phrase)
    parts = _by_group(parts)
    parts = _by_contour(parts, silent)
    parts = _with_drops(parts, energy)
    return [replace(part, energy=part.energy / scale) for part in parts]


def _as(part: Part, role: str, confidence: float) -> Part:
    return replace(part, role=role, confidence=float(np.clip(confidence, 0.0, 1.0)))


def _with_builds(parts: list[Part], energy: Rows, phrase: int) -> list[Part]:
    """Mark or split off the bars in which energy rises steadily into a higher section."""
    found = list[Part]()
    fresh = 1 + max(part.label for part in parts)
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        length = part.last - part.first
        rise, width = _rising(part, after, energy, phrase)
        if not width or (part.first == 0 and width >= length):  # an intro may rise too
            found.append(part)
        elif width >= length:
            found.append(_as(part, "build", rise))
        else:
            cut = part.last - width
            rest = energy[part.first : cut].mean()
            found.append(Part(part.first, cut, part.label, float(rest)))
            mean = float(energy[cut : part.last].mean())
            found.append(_as(Part(cut, part.last, fresh, mean), "build", rise))
            fresh += 1
    return found


def _rising(part: Part, after: Part | None, energy: Rows, phrase: int) -> tuple[float, int]:
    """Confidence and length of the build at the end of a section; (0, 0) without one."""
    if after is None or after.energy < part.energy + _STEP:
        return 0.0, 0
    length = part.last - part.first
    options = []
    for width in {length, phrase, phrase // 2}:
        if 4 <= width <= min(length, 2 * phrase) and length - width not in (1, 2, 3):
            tail = energy[part.last - width : part.last]
            steady = float(np.corrcoef(np.arange(width), tail)[0, 1]) if tail.std() > 0 else 0.0
            third = max(width // 3, 1)
            rise = float(tail[-third:].mean() - tail[:third].mean())
            if steady >= _STEADY and rise >= _RISE:
                options.append((round(steady, 1), width, 0.4 + rise))
    _, width, sure = max(options, default=(0.0, 0, 0.0))
    return sure, width


def _by_group(parts: list[Part]) -> list[Part]:
    """Chorus, verse or bridge, by the energy and the recurrence of each label."""
    groups: dict[int, list[Part]] = {}
    for part in parts:
        if not part.role:
            groups.setdefault(part.label, []).append(part)
    means = {
        label: float(
            np.average([p.energy for p in group], weights=[p.last - p.first for p in group])
        )
        for label, group in groups.items()
    }
    low, high = min(means.values()), max(means.values())
    contrast = min((high - low) / (4 * _STEP), 1.0) if high - low > _FLAT else 0.0
    recurring = [label for label, group in groups.items() if len(group) > 1]
    chorus = max(recurring or means, key=lambda label: means[label])
    if recurring and high - means[chorus] > 2 * _STEP:  # a climax that occurs once
        chorus = max(means, key=lambda label: means[label])
    total = parts[-1].last
    roles = []
    for part in parts:
        alone = len(groups.get(part.label, ())) == 1
        if part.role:
            roles.append(part)
        elif part.label == chorus and len(groups) > 1:
            roles.append(_as(part, "chorus", 0.3 + 0.4 * contrast + 0.2 * (not alone)))
        elif alone and part.first > total / 2 and len(groups) > 2:
            roles.append(_as(part, "bridge", 0.4))
        else:
            roles.append(_as(part, "verse", 0.3 + 0.2 * contrast + 0.2 * (not alone)))
    return roles


def _by_contour(parts: list[Part], silent: NDArray[np.bool_]) -> list[Part]:
    """Intro, outro and breaks, by position and by the energy of the neighbours.

    A quiet section is a break, and not a verse, if its label is always quieter than both
    neighbours and takes up little of the song.
    """
    total = parts[-1].last
    found = list(parts)
    last = len(parts) - 1
    depths = [
        min(parts[k - 1].energy, parts[k + 1].energy) - parts[k].energy if 0 < k < last else 0.0
        for k in range(len(parts))
    ]
    for k, part in enumerate(parts):
        share = (part.last - part.first) / total
        same = [j for j, other in enumerate(parts) if other.label == part.label]
        before = parts[k - 1].energy if k else None
        after = parts[k + 1].energy if k < last else None
        if silent[part.first : part.last].mean() > 0.5:
            role = "intro" if k == 0 else "outro" if after is None else "break"
            found[k] = _as(part, role, 1.0)
        elif before is None or after is None:
            other = after if before is None else before
            step = (other or 0.0) - part.energy
            longest = _EDGE if step < 2 * _STEP else 2 * _EDGE
            if share <= longest and set(same) <= {0, last} and step > -_STEP:
                sure = 0.6 + 2 * max(step, 0.0) - share
                found[k] = _as(part, "intro" if before is None else "outro", sure)
        elif part.role != "build" and min(depths[j] for j in same) > _STEP:
            calm = sum(parts[j].last - parts[j].first for j in same) / total
            if calm <= _CALM:
                found[k] = _as(part, "break", 0.3 + 2 * depths[k])
    # An ending in steps, such as a fade, is an outro from its first step on.
    for k in range(last - 1, 0, -1):
        falls = parts[k + 1].energy < parts[k].energy < parts[k - 1].energy - _STEP
        share = (total - parts[k].first) / total
        if found[k + 1].role != "outro" or found[k].role != "bridge" or not falls or share > _EDGE:
            break
        found[k] = _as(parts[k], "outro", found[k + 1].confidence)
    return found


def _with_drops(parts: list[Part], energy: Rows) -> list[Part]:
    """The loudest sections are drops if they begin with a jump out of a break or a build.

    All sections with one label are drops if at least half of them begin like this.
    """
    means: dict[int, list[float]] = {}
    jumps: dict[int, list[float]] = {}
    for before, part in pairwise([None, *parts]):
        if part is None or part.role not in ("chorus", "verse", "bridge"):
            continue
        jump = 0.0
        if before is not None and before.role in ("break", "build") and before.energy > 0:
            jump = float(energy[part.first : part.first + 2].mean()) - before.energy
        jumps.setdefault(part.label, []).append(jump if jump >= _JUMP else 0.0)
        means.setdefault(part.label, []).append(part.energy)
    loud = max((float(np.mean(found)) for found in means.values()), default=0.0) - _STEP / 2
    dropped = {
        label
        for label, found in jumps.items()
        if 2 * np.count_nonzero(found) >= len(found) and np.mean(means[label]) >= loud
    }
    return [
        _as(part, "drop", 0.3 + max(jumps[part.label]))
        if part.label in dropped and part.role in ("chorus", "verse", "bridge")
        else part
        for part in parts
    ]

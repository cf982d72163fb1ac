"""The form of a song: its sections, or even phrases where none were detected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from phosphene.song.song import ROLES, Section, Song

MOST = 40  # parts of a song
SHORTEST = 2.0  # seconds
PHRASE = 16.0  # seconds, about; of a song without sections
SAME = 0.01  # a smaller range of energies is noise


@dataclass(frozen=True)
class Part:
    """A section of the song, as a director uses it.

    Parameters
    ----------
    start, end : float
        Seconds; the parts cover the song without gaps.
    label : str
        Parts with the same label sound alike.
    role : str
        One of `ROLES`.
    energy : float
        0 for the quietest part of the song, 1 for the most energetic; 0.5 if all are alike.
    """

    start: float
    end: float
    label: str
    role: str
    energy: float

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


def form_of(song: Song, most: int = MOST) -> tuple[Part, ...]:
    """The parts of a song from its first second to its last; at least one.

    Without sections, these are phrases of four or eight bars whose labels and roles follow their
    level alone. Of more than `most`, the shortest are joined to those before them. Builds are cut
    off what they lead from, so each has a label of its own; here they share one.
    """
    sections = [part for part in song.sections if part.start < song.duration]
    parts = _parts(sections, song) if sections else _phrases(song)
    parts = _alike(_merged(_relative(parts), most))
    first, last = parts[0], parts[-1]
    parts[0] = replace(first, start=0.0)
    parts[-1] = replace(parts[-1], end=max(song.duration, last.start))
    return tuple(parts)


def _parts(sections: Sequence[Section], song: Song) -> list[Part]:
    """The sections, and what lies before, between and after them."""
    spans = _without_gaps(sections, song.duration)
    levels = [_level(song, start, end) for start, end, _ in spans]
    middle = float(np.median(levels))
    energies = [part.energy for part in sections]
    measured = max(energies) > min(energies)
    parts = []
    for (start, end, section), level in zip(spans, levels, strict=True):
        role = section.role if section else _UNNAMED[start > 0.0, end < song.duration]
        louder = min(level / max(middle, SAME), 1.0)
        known = section.energy if section else float(np.median(energies)) * louder
        parts.append(
            Part(
                start=start,
                end=end,
                label=section.label if section else f"before {end}",
                role=role if role in ROLES else _guessed(level, middle),
                energy=known if measured else level,
            )
        )
    return parts


#: Roles of what no section covers, by whether there are sections before and after it.
_UNNAMED = {(False, True): "intro", (True, True): "verse", (True, False): "outro"}


def _without_gaps(
    sections: Sequence[Section], duration: float
) -> list[tuple[float, float, Section | None]]:
    """Starts and ends that cover the song; where no section is for `SHORTEST`, there is None."""
    spans: list[tuple[float, float, Section | None]] = []
    covered = 0.0
    following = [*(section.start for section in sections[1:]), duration]
    for section, after in zip(sections, following, strict=True):
        if section.start - covered >= SHORTEST:
            spans.append((covered, section.start, None))
        covered = section.end if after - section.end >= SHORTEST else after
        spans.append((section.start, covered, section))
    if covered < duration:
        spans.append((covered, duration, None))
    return spans


def _phrases(song: Song) -> list[Part]:
    """Phrases of equal numbers of bars; loud ones are choruses, and the others verses."""
    bar = song.tempo_map.bar_span(0.0, 1.0)
    bars = max(1, 2 ** round(np.log2(max(PHRASE / bar, 1.0))))
    first = float(song.tempo_map.bar_time(1.0))
    count = max(1, int((song.duration - max(first, 0.0)) / (bars * bar)))
    starts = [float(song.tempo_map.bar_time(1.0 + bars * k)) for k in range(count)]
    starts = [0.0, *(start for start in starts[1:] if 0.0 < start < song.duration - SHORTEST)]
    ends = [*starts[1:], song.duration]
    levels = [_level(song, start, end) for start, end in zip(starts, ends, strict=True)]
    middle = float(np.median(levels))
    parts = []
    for number, (start, end, level) in enumerate(zip(starts, ends, levels, strict=True)):
        role = _guessed(level, middle)
        label = "DE"[number // 2 % 2] if role == "chorus" else "ABAC"[number % 4]
        parts.append(Part(start, end, label, role, level))
    return parts


def _guessed(level: float, middle: float) -> str:
    return "chorus" if level > middle + SAME else "verse"


def _level(song: Song, start: float, end: float) -> float:
    rms = song.feature("rms")
    first, last = int(start / rms.hop), int(np.ceil(end / rms.hop))
    levels = rms.values[first : max(last, first + 1)]
    return float(levels.mean()) if len(levels) else 0.0


def _relative(parts: list[Part]) -> list[Part]:
    """The same parts, with energies from 0 to 1 over the song."""
    energies = [part.energy for part in parts]
    low, range_ = min(energies), max(energies) - min(energies)
    if range_ <= SAME:
        return [replace(part, energy=0.5) for part in parts]
    return [replace(part, energy=(part.energy - low) / range_) for part in parts]


def _alike(parts: list[Part]) -> list[Part]:
    """The same parts; builds whose labels occur once have the label of the first of them."""
    counts = Counter(part.label for part in parts)
    builds = [part.label for part in parts if part.role == "build" and counts[part.label] == 1]
    return [replace(part, label=builds[0]) if part.label in builds else part for part in parts]


def _merged(parts: list[Part], most: int) -> list[Part]:
    """Parts that are too short, or too many, become part of the one before them."""
    kept: list[Part] = []
    for part in parts:
        if kept and part.length < SHORTEST:
            kept[-1] = replace(kept[-1], end=part.end)
        else:
            kept.append(part)
    if len(kept) > 1 and kept[0].length < SHORTEST:
        kept[:2] = [replace(kept[1], start=kept[0].start)]
    while len(kept) > most:
        shortest = min(range(1, len(kept)), key=lambda k: kept[k].length)
        kept[shortest - 1 : shortest + 1] = [replace(kept[shortest - 1], end=kept[shortest].end)]
    return kept

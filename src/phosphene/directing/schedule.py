"""The schedule of scenes: which are new, which come back, and how the film changes to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from phosphene.composing.scenes import KEPT
from phosphene.directing.form import Part
from phosphene.directing.scenes import LOUD, Scene
from phosphene.song.song import Song

LONGEST = 20.0  # seconds that one prompt is seen at most
MORPH = 3.0  # seconds of the longest morph from shot to shot
BEATS = 8  # beats on either side of a boundary that tell how long the transition is
DISSOLVE = 4.1  # seconds of the longest dissolve
LOUDER = 0.2  # a chorus that is louder by this than what comes before is a cut


@dataclass(frozen=True)
class Entry:
    """A `[[scene]]` of the project.

    Parameters
    ----------
    part : Part
        The part of the song that it begins with.
    shots : tuple of str
        Its prompts; empty where it continues a scene.
    continues : Part or None
        The part that its scene began with.
    beats : int
        Length of the dissolve to it; 0 is a cut.
    """

    part: Part
    shots: tuple[str, ...] = ()
    continues: Part | None = None
    beats: int = 0

    @property
    def lines(self) -> int:
        """Lines of its table."""
        return 3 + bool(self.beats)


@dataclass(frozen=True)
class Pace:
    """How long shots are, and the morphs between them, in the words of a project."""

    shot: str
    blend: str
    seconds: float


def pace_of(song: Song, parts: Sequence[Part]) -> Pace:
    """The longest shots, of 1, 2, 4 ... bars, such that no prompt is seen for over 20 s.

    Where bars are much longer in one part than in the others, as after a change to half the tempo,
    shots last as many seconds as usual.
    """
    if not len(song.beats):
        return Pace("15s", "3s", 15.0)
    span = song.tempo_map.bar_span
    bar = float(np.median(span(np.arange(0.0, song.duration, 1.0), 1.0)))
    bars = next((n for n in (4, 2, 1) if n * bar <= MORPH), 0)
    blend = f"{bars} bar{'s' * (bars > 1)}" if bars else f"{MORPH:.0f}s"
    # The last shot of a scene lasts up to a morph longer, and is seen from the middle of another.
    room = LONGEST - 1.5 * (bars * bar or MORPH)
    count = 2 ** max(int(np.log2(max(room / bar, 1.0))), 0)
    longest = max(min(float(span(part.start, count)), part.length) for part in parts)
    if longest > room + bar:
        return Pace(f"{count * bar:.2f}s", f"{MORPH:.0f}s", count * bar)
    return Pace(f"{count} bar{'s' * (count > 1)}", blend, count * bar)


def schedule(
    song: Song, parts: Sequence[Part], scenes: Mapping[str, Scene], pace: Pace, most: int
) -> list[Entry]:
    """The scenes of a film, in order.

    A part begins a scene, which is that of the earlier parts with the same label if there are any.
    Neighbours with the same label are one scene, unless the second is a drop.

    Parameters
    ----------
    song : Song
    parts : sequence of Part
    scenes : mapping of str to Scene
        By label, in the order of importance.
    pace : Pace
    most : int
        Lines of all tables. If there are more, the parts that are short and most like the one
        before stay in its scene.
    """
    parts = list(parts)
    while True:
        entries = _entries(song, parts, scenes, pace)
        if len(parts) == 1 or sum(entry.lines for entry in entries) <= most:
            return entries
        k = min(range(1, len(parts)), key=lambda k: _weight(parts[k - 1], parts[k]))
        parts[k - 1 : k + 1] = [replace(parts[k - 1], end=parts[k].end)]


def _weight(before: Part, part: Part) -> float:
    """How much a part needs a scene of its own."""
    marked = 3.0 if part.role in (*LOUD, "break") else 1.0
    return marked * part.length * (0.2 + abs(part.energy - before.energy))


def _entries(
    song: Song, parts: Sequence[Part], scenes: Mapping[str, Scene], pace: Pace
) -> list[Entry]:
    runs: list[list[Part]] = []
    for part in parts:
        if runs and runs[-1][0].label == part.label and part.role != "drop":
            runs[-1].append(part)
        else:
            runs.append([part])
    count = Counter(run[0].label for run in runs)
    kept = [label for label in scenes if count[label] > 1][:KEPT]
    longest: Counter[str] = Counter()
    for run in runs:
        longest[run[0].label] = max(longest[run[0].label], _shots(run, pace))
    entries: list[Entry] = []
    first: dict[str, Part] = {}
    for number, run in enumerate(runs):
        part, before = run[0], runs[number - 1][-1] if number else None
        beats = 0 if before is None else _transition(song, before, part)
        shots = scenes[part.label].shots
        if before is not None and before.label == part.label:  # a new picture for the drop
            shots = (*shots[1:], shots[0])
        elif part.label in first:
            entries.append(Entry(part, continues=first[part.label], beats=beats))
            continue
        elif part.label in kept:
            first[part.label] = part
        entries.append(Entry(part, shots[: longest[part.label]], beats=beats))
    return entries


def _shots(run: Sequence[Part], pace: Pace) -> int:
    return max(1, int(np.ceil((run[-1].end - run[0].start) / pace.seconds - 0.1)))


def _transition(song: Song, before: Part, part: Part) -> int:
    """Length of the dissolve to a part, in beats.

    Drops are cuts, and so are choruses that are clearly louder than what comes before. Elsewhere
    it is the time that the level takes from that of the one part to that of the other.
    """
    louder = part.energy - before.energy
    if part.role == "drop" or (part.role in LOUD and louder > LOUDER):
        return 0
    beats = song.tempo_map
    most = int(np.clip(DISSOLVE / beats.beat_span(part.start, 1.0), 1, BEATS))
    middle = float(beats.time_beat(part.start))
    edges = beats.beat_time(middle + np.arange(-BEATS, BEATS + 1.0))
    rms = song.feature("rms")
    hops = np.clip(np.rint(np.asarray(edges) / rms.hop).astype(int), 0, len(rms.values) - 1)
    level = np.array([rms.values[a : max(b, a + 1)].mean() for a, b in pairwise(hops)])
    old, new = float(level[: BEATS // 2].mean()), float(level[-BEATS // 2 :].mean())
    if abs(new - old) < 0.05:
        return most
    share = (level - old) / (new - old)
    return int(np.clip(np.count_nonzero((share > 0.2) & (share < 0.8)), 1, most))

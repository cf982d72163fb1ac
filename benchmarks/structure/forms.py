"""The form of a tracker module, from its order list and the notes of its patterns.

Consecutive patterns belong to one section if they are the same, if they always follow one another,
or if they are similar. Similarity compares how often each instrument plays, and how often it plays
each pitch class: the mean of both weighted Jaccard indices. Sections that share patterns for more
than half of the shorter one, or that are similar, have the same label; equal neighbours are merged.
The sound is not used.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.structure.openmpt import Performance

SIMILAR = 0.55  # patterns with at least this similarity continue a section
_SHORTEST = 5.0  # seconds; shorter sections are fills, and join a neighbour
_NOTES = 120  # above it, cells are note cuts and offs
_Table = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Form:
    """Sections that cover a song: `edges` in seconds, shape (n + 1,), and a label for each."""

    edges: NDArray[np.float64]
    labels: list[str]

    @property
    def intervals(self) -> NDArray[np.float64]:
        """Start and end of every section, shape (n, 2)."""
        return np.stack([self.edges[:-1], self.edges[1:]], axis=1)


def form_of(played: Performance, duration: float) -> Form:
    """The form of a rendered module."""
    visits = [visit for visit in played.visits if visit[0] < duration - 0.5]
    times = [time for time, _, _ in visits]
    patterns = [pattern for _, _, pattern in visits]
    lengths = np.diff([*times, duration]).tolist()
    by_pattern = {pattern: _activity(cells) for pattern, cells in played.notes.items()}
    tables = [by_pattern[pattern] for pattern in patterns]
    together = _inseparable(patterns)
    groups = [[0]]
    for k, pair in enumerate(pairwise(patterns), start=1):
        if pair[0] == pair[1] or pair in together or similarity(*tables[k - 1 : k + 1]) >= SIMILAR:
            groups[-1].append(k)
        else:
            groups.append([k])
    groups = _without_fills(groups, lengths, tables)
    labels = _labels(groups, patterns, lengths, tables)
    begins = [k for k in range(len(groups)) if k == 0 or labels[k] != labels[k - 1]]
    edges = [times[groups[k][0]] for k in begins]
    return Form(np.array([*edges, duration]), [labels[k] for k in begins])


def _labels(
    groups: list[list[int]], patterns: list[int], lengths: list[float], tables: list[_Table]
) -> list[str]:
    labels: list[str] = []
    means = [np.mean([tables[k] for k in group], axis=0) for group in groups]
    contents: list[Counter[int]] = []
    for index, group in enumerate(groups):
        content: Counter[int] = Counter()
        for k in group:
            content[patterns[k]] += round(1000 * lengths[k])
        fits = [
            max(similarity(means[index], means[j]), 2 * SIMILAR * _shared(content, contents[j]))
            for j in range(index)
        ]
        contents.append(content)
        best = int(np.argmax(fits)) if fits else 0
        same = bool(fits) and fits[best] >= SIMILAR
        labels.append(labels[best] if same else chr(ord("A") + len(set(labels))))
    return labels


def similarity(one: _Table, other: _Table) -> float:
    """Similarity of two tables of activity, 0 to 1."""

    def jaccard(a: _Table, b: _Table) -> float:
        union = np.maximum(a, b).sum()
        return float(np.minimum(a, b).sum() / union) if union else 1.0

    by_instrument = jaccard(one.sum(axis=1), other.sum(axis=1))
    return (by_instrument + jaccard(one, other)) / 2


def _activity(cells: NDArray[np.uint8]) -> _Table:
    """How often each instrument plays each pitch class, per row; shape (256, 12)."""
    table = np.zeros((256, 12))
    for channel in range(cells.shape[1]):
        instrument = 0
        for note, given in cells[:, channel].tolist():
            instrument = given or instrument
            if 0 < note <= _NOTES:
                table[instrument, (note - 1) % 12] += 1
    # The square root keeps a hi-hat on every row from dominating the other instruments.
    return np.sqrt(table / max(len(cells), 1))


def _inseparable(patterns: list[int]) -> set[tuple[int, int]]:
    """Pairs that recur, where the first is always followed by the second and nothing else."""
    after, before, count = {}, {}, Counter(pairwise(patterns))
    for a, b in pairwise(patterns):
        after.setdefault(a, set()).add(b)
        before.setdefault(b, set()).add(a)
    return {(a, b) for (a, b), n in count.items() if n > 1 and after[a] == {b} and before[b] == {a}}


def _shared(one: Counter[int], other: Counter[int]) -> float:
    """Share of the shorter section that consists of the other's patterns."""
    return (one & other).total() / max(min(one.total(), other.total()), 1)


def _without_fills(
    groups: list[list[int]], lengths: list[float], tables: list[_Table]
) -> list[list[int]]:
    """Join groups that are too short to the more similar neighbour, the shortest first."""
    while len(groups) > 1:
        seconds = [sum(lengths[k] for k in group) for group in groups]
        k = int(np.argmin(seconds))
        if seconds[k] >= _SHORTEST:
            break
        means = [np.mean([tables[i] for i in group], axis=0) for group in groups]
        near = [j for j in (k - 1, k + 1) if 0 <= j < len(groups)]
        other = max(near, key=lambda j: similarity(means[k], means[j]))
        first = min(k, other)
        groups[first : first + 2] = [groups[first] + groups[first + 1]]
    return groups

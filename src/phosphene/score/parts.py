"""Parts of a film: scenes that depend on each other and on no others, so that they can be painted
in any order, by different processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phosphene.score.score import Score


@dataclass(frozen=True)
class Part:
    """Scenes that are painted together, and the rows that are shown of them.

    Attributes
    ----------
    scenes : frozenset of int
        Indices in the Score.
    rows : tuple of int
        Rows of the Score, in order; there are gaps where a scene comes back later. The rows in
        which a scene dissolves in belong to the scene before it.
    painted : tuple of int
        These rows, and those before them in which its scenes dissolve in.
    """

    scenes: frozenset[int]
    rows: tuple[int, ...]
    painted: tuple[int, ...]

    @classmethod
    def whole(cls, score: Score) -> Part:
        """All of a film."""
        rows = tuple(range(len(score)))
        return cls(frozenset(range(len(score.scenes))), rows, rows)

    def seen(self, score: Score, i: int) -> list[int]:
        """The scenes that are painted in row i: those that are shown, or its own before that."""
        return [k for k in score.seen(i) if k in self.scenes or score.seen(i)[0] in self.scenes]


def parts_of(score: Score) -> list[Part]:
    """The smallest parts of a film.

    A scene is in one part with the scene that it continues, and if it continues one during a
    dissolve, with the scene before it. A scene that starts from scratch during a dissolve is
    painted in both parts in these rows.

    Parameters
    ----------
    score : Score

    Returns
    -------
    list of Part
        In the order of their first rows; each row is in `rows` of exactly one of them.
    """
    groups = _groups(score)
    rows: dict[int, list[int]] = {group: [] for group in groups}
    painted: dict[int, list[int]] = {group: [] for group in groups}
    for i in range(len(score)):
        seen = [groups[k] for k in score.seen(i)]
        rows[seen[0]].append(i)
        for group in dict.fromkeys(seen):
            painted[group].append(i)
    scenes = {
        group: frozenset(k for k, own in enumerate(groups) if own == group) for group in groups
    }
    found = [
        Part(scenes[group], tuple(own), tuple(painted[group])) for group, own in rows.items() if own
    ]
    return sorted(found, key=lambda part: part.rows)


def _groups(score: Score) -> Sequence[int]:
    """For each scene, the first scene of its part."""
    groups = list(range(len(score.scenes)))
    for k, scene in enumerate(score.scenes):
        if scene.origin is None:
            continue
        with_it = [scene.origin, k - 1] if scene.fade else [scene.origin]
        joined = {groups[k], *(groups[other] for other in with_it)}
        groups = [min(joined) if group in joined else group for group in groups]
    return groups

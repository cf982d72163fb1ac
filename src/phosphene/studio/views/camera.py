"""The camera of the preview: where it is in every frame, computed as the engine `none` does.

The page only draws. The poses over the endless plane come from `phosphene.engines.preview.shots`,
and the steps from `phosphene.painting.motion.step`, which moves the pictures of a render too.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import threading
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phosphene.engines.preview.plane import (
    OCTAVES,
    PERIOD,
    SHADES,
    STEP,
    hues,
    octave_rows,
    tiles,
)
from phosphene.engines.preview.shots import shots, unit
from phosphene.errors import ProjectError
from phosphene.folders import cache_folder
from phosphene.score.score import Score
from phosphene.studio.places import write_atomically
from phosphene.studio.views.wire import packed

DIGEST = 32  # bytes
#: Held while modules of scipy may be imported: two threads cannot import them at the same time.
IMPORTING = threading.Lock()


def camera(score: Score) -> bytes:
    """The steps and poses of every frame, packed for the page.

    Each frame of each scene has a place: those of a scene and of the scenes that continue it, a
    shot, follow each other. A frame is seen at one place, or at two while the later scene
    dissolves in.

    Parameters
    ----------
    score : Score

    Returns
    -------
    bytes
        `seen`, int32, shape (n_frames, 2): the places of each frame, -1 without a second one;
        `shares`, float32, shape (n_frames,): how far the second has dissolved in.

        Of each place: `rows` and `shots`, int32: the row, and the place where its shot begins;
        `weights`, float32, shape (n_places, n_prompts); `steps`, float64, shape (n_places, 9), row
        by row: from a point of the place before to this one; and `poses`, float64, shape
        (n_places, 2, 11), see `phosphene.engines.preview.poses.pose_table`.

        `octaves`, float64, shape (n, 8): plane, octave, and how its tile lies; `hues`, float64,
        shape (n_prompts,), in radians. `images` in the header: for each shot that has an image,
        the place where it begins, and its first scene.
    """
    runs = list(shots(score).values())
    begins = np.cumsum([0, *(len(shot.rows) for shot in runs)]).tolist()
    seen = np.full((len(score), 2), -1, np.int32)
    rows = np.concatenate([shot.rows for shot in runs])
    scenes = np.concatenate([shot.scenes for shot in runs])
    visible, shares = score.dissolves()
    later = scenes > visible[rows]
    seen[rows[later], 1] = np.flatnonzero(later)
    seen[rows[~later], 0] = np.flatnonzero(~later)
    weights = np.asarray(score.weights, np.float32)[rows]
    prompts = [score.scenes[scene].prompt for scene in scenes[later].tolist()]
    weights[later] = np.eye(len(score.prompts), dtype=np.float32)[prompts]
    for shot in runs:
        shot.poses[..., 0] += shot.plane
    table = np.concatenate([shot.poses for shot in runs])
    arrays = {
        "seen": seen,
        "shares": shares.astype(np.float32),
        "rows": rows.astype(np.int32),
        "shots": np.repeat(begins[:-1], np.diff(begins)).astype(np.int32),
        "weights": weights,
        "steps": np.concatenate([shot.steps for shot in runs]).reshape(-1, 9),
        "poses": table,
        "octaves": _octaves(table[table[..., 10] > 0.0][:, :2]),
        "hues": np.array(hues(score.prompts)),
    }
    images = [[begin, s.first] for begin, s in zip(begins[:-1], runs, strict=True) if s.image]
    return packed(
        {"unit": unit(score), "kept": OCTAVES, "shades": SHADES, "images": images}, arrays
    )


def _octaves(seen: NDArray[Any]) -> NDArray[np.float64]:
    """The placement of tiles in the visible octaves, from pairs of plane and coarsest octave."""
    listed: dict[tuple[int, int], NDArray[np.float64]] = {}
    for plane_, coarsest in np.unique(seen.astype(np.int64), axis=0).tolist():
        if (plane_, coarsest + OCTAVES - 1) not in listed or (plane_, coarsest) not in listed:
            for octave, row in enumerate(octave_rows(plane_, coarsest), coarsest):
                listed[plane_, octave] = row
    return np.array([[*key, *row] for key, row in listed.items()])


@cache
def plane() -> bytes:
    """The tiles of the endless plane, packed: distances to lines, and hazes.

    Drawing them takes half a second, so they are kept in the cache folder, with their digest.
    """
    source = Path(inspect.getfile(inspect.unwrap(tiles))).read_bytes() + version("numpy").encode()
    path = cache_folder() / "studio" / f"plane-{hashlib.sha256(source).hexdigest()[:16]}"
    with contextlib.suppress(OSError):
        kept = path.read_bytes()
        if hashlib.sha256(kept[DIGEST:]).digest() == kept[:DIGEST]:
            return kept[DIGEST:]
    with IMPORTING:
        lines, hazes = tiles()
    made = packed({"period": PERIOD, "step": STEP}, {"lines": lines, "hazes": hazes})
    with contextlib.suppress(OSError, ProjectError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, hashlib.sha256(made).digest() + made)
    return made

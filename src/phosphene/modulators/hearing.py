"""What beat and onset share: how strong a sound is in a band."""

from __future__ import annotations

from typing import Literal

import numpy as np

from phosphene.score.channels import Curve
from phosphene.song.song import Song

Band = Literal["full", "low", "mid", "high"]
FEATURES = {"full": "onset", "low": "low", "mid": "mid", "high": "high"}


def strengths_at(song: Song, band: Band, times: Curve) -> Curve:
    """Onset strength in a band around each moment.

    Parameters
    ----------
    song : Song
    band : str
        `full`, `low`, `mid` or `high`.
    times : ndarray, shape (n,)
        Seconds.

    Returns
    -------
    ndarray, shape (n,)
        0 to 1: the highest of the hops within 50 ms, since the flux peaks a little after the hit.
    """
    feature = song.feature(FEATURES[band])
    if len(feature.values) == 0 or len(times) == 0:
        return np.zeros(len(times))
    middle = np.round(times / feature.hop).astype(np.int64)
    reach = max(1, round(0.05 / feature.hop))
    around = np.clip(middle[:, None] + np.arange(-reach, reach + 1), 0, len(feature.values) - 1)
    return np.clip(np.asarray(feature.values)[around].max(axis=1), 0.0, 1.0)

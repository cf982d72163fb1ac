"""librosa's two recipes for structure, from its documentation, for comparison.

- ``agglomerative``: `librosa.segment.agglomerative` on beat-synchronous chroma. It needs the number
  of sections: one per `EVERY` seconds, the best on the tune half. It has no labels; each section
  gets its own.
- ``laplacian``: the gallery's "Laplacian segmentation" after McFee and Ellis (ISMIR 2014), with its
  number of components chosen on the tune half, too.
"""

from __future__ import annotations

import librosa
import numpy as np
import scipy
import sklearn.cluster
from numpy.typing import NDArray

from benchmarks.structure.forms import Form

RATE = 22050
EVERY = 15.0
COMPONENTS = 4


def agglomerative(samples: NDArray[np.float32], every: float = EVERY) -> Form:
    """Chroma of beats, clustered in time."""
    chroma = librosa.feature.chroma_cqt(y=samples, sr=RATE)
    _, beats = librosa.beat.beat_track(y=samples, sr=RATE, trim=False)
    beats = librosa.util.fix_frames(beats, x_min=0)
    synced = librosa.util.sync(chroma, beats)
    duration = len(samples) / RATE
    count = int(np.clip(round(duration / every), 2, synced.shape[1]))
    bounds = librosa.segment.agglomerative(synced, count)
    times = librosa.frames_to_time(beats, sr=RATE)[bounds]
    return _form(times, np.arange(len(times)), duration)


def laplacian(samples: NDArray[np.float32], components: int = COMPONENTS) -> Form:
    """The gallery's recipe, line by line."""
    per_octave, octaves = 12 * 3, 7
    cqt = librosa.amplitude_to_db(
        np.abs(
            librosa.cqt(y=samples, sr=RATE, bins_per_octave=per_octave, n_bins=octaves * per_octave)
        ),
        ref=np.max,
    )
    _, beats = librosa.beat.beat_track(y=samples, sr=RATE, trim=False)
    synced = librosa.util.sync(cqt, beats, aggregate=np.median)
    fixed = librosa.util.fix_frames(beats, x_min=0)
    times = librosa.frames_to_time(fixed, sr=RATE)
    recurrence = librosa.segment.recurrence_matrix(synced, width=3, mode="affinity", sym=True)
    smooth = librosa.segment.timelag_filter(scipy.ndimage.median_filter)(recurrence, size=(1, 7))
    mfcc = librosa.util.sync(librosa.feature.mfcc(y=samples, sr=RATE), beats)
    path_distance = np.sum(np.diff(mfcc, axis=1) ** 2, axis=0)
    path_sim = np.exp(-path_distance / np.median(path_distance))
    path = np.diag(path_sim, k=1) + np.diag(path_sim, k=-1)
    degrees, recurring = np.sum(path, axis=1), np.sum(smooth, axis=1)
    mu = degrees.dot(degrees + recurring) / np.sum((degrees + recurring) ** 2)
    laplace = scipy.sparse.csgraph.laplacian(mu * smooth + (1 - mu) * path, normed=True)
    _, vectors = scipy.linalg.eigh(laplace)
    vectors = scipy.ndimage.median_filter(vectors, size=(9, 1))
    norms = np.cumsum(vectors**2, axis=1) ** 0.5
    rows = vectors[:, :components] / norms[:, components - 1 : components]
    kinds = sklearn.cluster.KMeans(n_clusters=components, random_state=0, n_init=10)
    labels = kinds.fit_predict(np.nan_to_num(rows))
    begins = np.concatenate([[0], 1 + np.flatnonzero(np.diff(labels))])
    return _form(times[begins], labels[begins], len(samples) / RATE)


def _form(begins: NDArray[np.float64], labels: NDArray[np.intp], duration: float) -> Form:
    edges = np.array([0.0, *begins[1:].tolist(), duration])
    return Form(edges, [str(label) for label in labels.tolist()])

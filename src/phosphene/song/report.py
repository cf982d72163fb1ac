"""The stable report of an analysis, for ``phosphene listen --json``."""

from dataclasses import asdict
from typing import Any

from phosphene.song.key import key_of
from phosphene.song.loudness import SILENT, integrated
from phosphene.song.song import Song


def as_json(song: Song) -> dict[str, Any]:
    """Return the analysis as plain numbers, ready for `json.dumps`.

    Returns
    -------
    dict
        ``duration`` (s), ``tempo`` (BPM), ``beats``, ``downbeats``, ``onsets`` (lists of
        seconds), ``metre``, ``sections`` (list of the fields of `Section`), ``confidence`` (0 to
        1), ``key`` (such as ``"D minor"``) and ``loudness`` (integrated, in
        LUFS). Lists and strings are empty, and loudness is None, if nothing was detected.
    """
    loudness = integrated(song)
    return {
        "duration": song.duration,
        "tempo": song.tempo,
        "beats": song.beats.tolist(),
        "downbeats": song.downbeats.tolist(),
        "onsets": song.onsets.tolist(),
        "metre": song.metre,
        "sections": [asdict(section) for section in song.sections],
        "confidence": song.confidence,
        "key": key_of(song),
        "loudness": loudness if loudness > SILENT else None,
    }

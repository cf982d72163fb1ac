"""The stable report of what was heard, for ``phosphene listen --json``."""

from typing import Any

from phosphene.song.song import Song


def as_json(song: Song) -> dict[str, Any]:
    """Return what was heard as plain numbers, ready for `json.dumps`.

    Returns
    -------
    dict
        ``duration`` (s), ``tempo`` (BPM), ``beats``, ``downbeats``, ``onsets`` (lists of
        seconds), ``metre``, ``sections`` (list of ``start``, ``end``, ``label``) and
        ``confidence`` (0 to 1). A list is empty where nothing was heard.
    """
    return {
        "duration": song.duration,
        "tempo": song.tempo,
        "beats": song.beats.tolist(),
        "downbeats": song.downbeats.tolist(),
        "onsets": song.onsets.tolist(),
        "metre": song.metre,
        "sections": [{"start": s.start, "end": s.end, "label": s.label} for s in song.sections],
        "confidence": song.confidence,
    }

import subprocess
import sys

import numpy as np
import pytest

from phosphene.song import Feature, Section, Song
from phosphene.song.report import as_json


@pytest.fixture
def song() -> Song:
    onset = np.zeros(100)
    onset[[10, 30]] = [1.0, 1.0]
    onset[29] = 0.5
    low = np.zeros(100)
    low[31] = 1.0
    return Song(
        path=None,
        samples=np.zeros(100, np.float32),
        sample_rate=22050,
        duration=2.5,
        tempo=120.0,
        beats=np.array([0.5, 1.0]),
        downbeats=np.array([0.5]),
        onsets=np.array([0.1, 0.3]),
        onset_strengths=np.array([0.5, 1.0]),
        metre=4,
        sections=(Section(0.0, 2.5, "A", "verse", 0.5, 0.25),),
        confidence=0.75,
        features={"onset": Feature(onset, 0.01, "impulse"), "low": Feature(low, 0.01, "impulse")},
    )


@pytest.mark.parametrize("name", ["samples", "beats", "downbeats", "onsets", "onset_strengths"])
def test_arrays_are_read_only(song: Song, name: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        getattr(song, name)[0] = 1


def test_features_are_read_only(song: Song) -> None:
    with pytest.raises(ValueError, match="read-only"):
        song.features["onset"].values[0] = 1
    with pytest.raises(TypeError):
        song.features["onset"] = song.features["low"]  # type: ignore[index]


def test_strengths_sum_the_rise_around_each_onset(song: Song) -> None:
    # Onset 1 adds up to 1, onset 2 to 1.5; the 95th percentile of the two is 1.475.
    assert song.strengths_at(song.onsets).tolist() == pytest.approx([1 / 1.475, 1.0])
    assert song.strengths_at(song.onsets, "low").tolist() == [0.0, 1.0]


def test_its_tempo_map_holds_its_beats(song: Song) -> None:
    assert song.tempo_map.beat_time(3) == 1.5


def test_report_is_plain_numbers(song: Song) -> None:
    assert as_json(song) == {
        "duration": 2.5,
        "tempo": 120.0,
        "beats": [0.5, 1.0],
        "downbeats": [0.5],
        "onsets": [0.1, 0.3],
        "metre": 4,
        "sections": [
            {
                "start": 0.0,
                "end": 2.5,
                "label": "A",
                "role": "verse",
                "energy": 0.5,
                "confidence": 0.25,
            }
        ],
        "confidence": 0.75,
        "key": "",
        "loudness": None,
    }


def test_import_is_light() -> None:
    code = (
        "import sys, phosphene.song as s; print({'librosa', 'scipy', 'torch'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"

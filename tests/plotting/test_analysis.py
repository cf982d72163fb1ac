"""The plot of an analysis: every feature in its row, at its time."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from phosphene.plotting.analysis import BANDS, draw_song
from phosphene.song import Feature, Section
from phosphene.testing import synthetic_song

RATE = 22050


@pytest.fixture
def song(registry):
    """Four seconds of bass, then four of treble, with a beat every half second."""
    t = np.arange(4 * RATE) / RATE
    sound = [np.sin(2 * np.pi * 80 * t), np.sin(2 * np.pi * 6000 * t)]
    made = synthetic_song(8.0)
    return replace(made, samples=0.5 * np.concatenate(sound), features={}, extra=registry.features)


def rows(figure):
    """Each row by the name above it; the sound has none."""
    return {next((t.get_text() for t in axes.texts), ""): axes for axes in figure.axes}


def test_the_sound_is_coloured_by_its_frequency(song):
    axes = draw_song(song, "x").axes[0]
    bars = next(
        c for c in axes.collections if isinstance(c, LineCollection) and len(c.get_colors()) > 99
    )
    colours = bars.get_colors()[:, :3]
    places = np.array([segment[0][0] for segment in bars.get_segments()])
    for first, last, band in ((0.5, 3.5, "bass"), (4.5, 7.5, "treble")):
        inside = (places > first) & (places < last)
        away = {n: np.abs(colours[inside].mean(axis=0) - to_rgb(c)).sum() for n, c in BANDS.items()}
        assert min(away, key=away.get) == band
        assert away[band] < 0.2


def test_bars_are_numbered_and_every_row_is_there(song):
    figure = draw_song(song, "x")
    assert list(rows(figure))[1:] == ["bands", "drums", "loudness", "notes", "tempo, BPM"]
    assert [t.get_text() for t in figure.axes[0].texts if t.get_text().split()[-1:] == ["4"]] == [
        "4"
    ]
    assert figure.get_size_inches()[0] * figure.dpi == 1600


def test_the_tempo_of_each_beat(song):
    (line,) = [
        line for line in rows(draw_song(song, "x"))["tempo, BPM"].lines if len(line.get_xdata()) > 2
    ]
    np.testing.assert_allclose(line.get_ydata(), 120)


def test_sections_are_a_row_of_their_own(song):
    with_sections = replace(song, sections=(Section(0.0, 4.0, "A"), Section(4.0, 8.0, "B")))
    texts = [text.get_text() for text in draw_song(with_sections, "x").axes[1].texts]
    assert texts == ["A", "B", "sections"]


def test_hits_are_drawn_where_they_are(song):
    values = np.zeros(100)
    values[[25, 75]] = 1.0
    drummed = replace(song, features={**song.features, "kick": Feature(values, 0.08, "impulse")})
    drums = rows(draw_song(drummed, "x"))["drums"]
    kick = drums.collections[0].get_segments()
    times = np.array([segment[0][0] for segment in kick])
    assert len(times)
    assert np.abs(times[:, None] - [2.0, 6.0]).min(axis=1).max() < 0.1


@pytest.mark.parametrize("duration", [0.05, 1.0])
def test_silence_and_very_short_songs_are_drawn(duration, registry):
    made = replace(synthetic_song(duration, bpm=0), features={}, extra=registry.features)
    assert "tempo, BPM" not in rows(draw_song(made, "x"))

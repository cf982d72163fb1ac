"""The drawing: nothing overlaps, whatever is drawn."""

import itertools

import numpy as np
import pytest
from scores import plot_data

from phosphene.plotting.figure import draw, notes
from phosphene.plotting.rows import columns, thinned
from phosphene.song.song import Section
from phosphene.testing import synthetic_song

PLAIN = [{"use": "orbit"}, {"use": "beat", "to": {"zoom": 0.03, "strength": 0.08}}]
CROWD = [{"use": "onset", "to": {"zoom": 0.001 * n}} for n in range(1, 13)]
PROMPTS = {
    "at": {"0": "a cat", "1s": "a sentence that has no room " * 9, "1.4s": "$x^2$ <b>"},
    "blend": 3,
}


def drawn(figure):
    """Every text that is drawn; ticks beyond the ends of an axis are not."""
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += axes.texts
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for tick in axis.get_major_ticks():
                inside = low <= tick.get_loc() <= high
                texts += [label for label in (tick.label1, tick.label2) if inside]
    for legend in figure.legends:
        texts += legend.get_texts()
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


def overlaps(figure):
    """Pairs of texts whose boxes meet, and texts that leave the page."""
    renderer = figure.canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in drawn(figure)]
    page = figure.bbox
    outside = [
        text
        for text, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > page.x1 or box.y1 > page.y1
    ]
    meeting = [
        (a, b)
        for (a, first), (b, second) in itertools.combinations(boxes, 2)
        if min(first.x1, second.x1) - max(first.x0, second.x0) > 1
        and min(first.y1, second.y1) - max(first.y0, second.y0) > 1
    ]
    return outside + meeting


@pytest.mark.parametrize(
    ("duration", "motion"),
    [(8.0, PLAIN), (8.0, PLAIN + CROWD), (2.0, PLAIN), (600.0, PLAIN), (0.05, PLAIN), (8.0, [])],
)
def test_no_texts_overlap(project, duration, motion):
    prompts = PROMPTS if duration > 1.5 else {"at": {"0": "a cat"}}
    made = project(*motion, prompts=prompts, video={"fps": 12})
    picture = plot_data(synthetic_song(duration), made, title="a long title " * 20)
    figure = draw(picture)
    figure.canvas.draw()
    assert figure.bbox.width == 1600
    assert overlaps(figure) == []


def test_a_song_without_beats_is_drawn_with_a_note(project):
    figure = draw(plot_data(synthetic_song(4.0, bpm=0.0), project(PLAIN[0])))
    found = " ".join(text.get_text() for text in figure.texts)
    assert "No beats were detected" in found
    assert "rotation (0)" in found


def test_sections_have_a_row_of_their_own(project):
    song = synthetic_song(8.0)
    sections = (Section(0.0, 3.0, "A"), Section(3.0, 3.1, "a long name"), Section(4.0, 8.0, "B"))
    object.__setattr__(song, "sections", sections)
    figure = draw(plot_data(song, project(*PLAIN)))
    figure.canvas.draw()
    assert overlaps(figure) == []
    found = [text.get_text() for text in figure.axes[1].texts]
    assert [text for text in found if text] == ["A", "B", "sections"]


def test_notes_name_hidden_channels(project):
    prompts = {"at": {"0": "a cat", "2s": "a dog", "2.2s": "a bird"}, "blend": 1}
    mute = {"use": "beat", "to": {"hue": 9.0}, "mute": True}
    loud = {"use": "beat", "to": {"strength": 0.9}}
    found = notes(plot_data(synthetic_song(60.0), project(mute, loud, prompts=prompts)))
    assert "hue (0)" in found[0]
    assert found[1:] == [
        "Silenced by mute or solo: motion[0] beat.",
        f"strength exceeded its limits (0 to 1) in {found[2].split()[8]} frames and was clamped.",
        "Prompts too short to be labelled: 0:02.0 a dog.",
    ]


def test_thinning_keeps_every_extreme():
    values = np.zeros(10_000)
    values[[1234, 7777]] = 1.0, -1.0
    times, kept = thinned(np.arange(10_001.0), values, 500)
    assert len(times) == len(kept) == 1000
    assert (kept.min(), kept.max()) == (-1.0, 1.0)
    assert abs(times[np.argmax(kept)] - 1234) < 20


def test_the_waveform_keeps_every_extreme():
    song = synthetic_song(2.0)
    samples = np.zeros(44100, np.float32)
    samples[30000] = 0.9
    object.__setattr__(song, "samples", samples)
    times, low, high, rms = columns(song, 0.0, 2.0, 100)
    assert len(times) == len(low) == len(rms) == 100
    assert high.max() == np.float32(0.9)
    assert times[np.argmax(high)] == pytest.approx(30000 / 22050, abs=0.02)

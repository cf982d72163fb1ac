"""Text as pixels: its place, its size, wrapping, and fonts that cannot be used."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phosphene.errors import ProjectError
from phosphene.lettering.drawing import draw
from phosphene.lettering.fonts import check_font, default_font
from phosphene.score.captions import Caption, Lettering

PLAIN = Lettering(default_font(), 0.1, (0.5, 1.0), (255, 0, 0), 0.0)


def box(drawn):
    """Left, top, right and bottom of the pixels that are not clear."""
    rows, columns = np.nonzero(drawn.pixels[3])
    return (
        drawn.left + columns.min(), drawn.top + rows.min(),
        drawn.left + columns.max() + 1, drawn.top + rows.max() + 1,
    )  # fmt: skip


def test_the_place_is_within_a_margin_of_a_twentieth():
    left, top, right, bottom = box(draw("HHH", PLAIN, 400, 200))
    assert bottom == 190
    assert abs((left + right) - 400) <= 2
    left, top, _, _ = box(draw("HHH", replace(PLAIN, position=(0.0, 0.0)), 400, 200))
    assert abs(left - 20) <= 2  # the bearing of the H
    assert top == 10
    assert bottom - box(draw("HHH", PLAIN, 400, 200))[1] == 15  # capitals: 0.73 em of 20 px


def test_the_colour_is_premultiplied():
    pixels = draw("HHH", PLAIN, 400, 200).pixels
    np.testing.assert_array_equal(pixels[0], pixels[3])
    assert pixels[1:3].max() == 0.0
    assert pixels[3].max() == 1.0


def test_an_outline_is_black_and_around_the_letters():
    outlined = draw("H", replace(PLAIN, outline=0.1), 400, 200)
    one, other = box(outlined), box(draw("H", PLAIN, 400, 200))
    assert one[2] - one[0] == other[2] - other[0] + 4  # 2 px on both sides
    assert (outlined.pixels[0] < outlined.pixels[3]).any()


def test_long_lines_are_wrapped_and_long_words_shrink():
    one, two = (draw(text, PLAIN, 200, 200) for text in ("short", "short " * 8))
    assert two.pixels.shape[1] > 2 * one.pixels.shape[1]
    assert two.pixels.shape[2] <= 180
    assert draw("long" * 20, PLAIN, 200, 200).pixels.shape[2] <= 180
    assert draw("tall\n" * 12, PLAIN, 200, 200).pixels.shape[1] <= 180


def test_even_the_smallest_picture_takes_text():
    drawn = draw("something long " * 20, PLAIN, 16, 16)
    assert drawn.pixels.shape[1] <= 16
    assert drawn.pixels.shape[2] <= 16


def test_a_fade_has_no_frame_without_text():
    caption = Caption("a", 10, 15, 1, PLAIN)
    assert [caption.opacity(frame) for frame in range(9, 16)] == [0, 0.5, 1, 1, 1, 0.5, 0]
    cut = Caption("a", 10, 12, 0, PLAIN)
    assert [cut.opacity(frame) for frame in range(9, 13)] == [0, 1, 1, 0]


def test_a_font_that_lacks_letters_is_named():
    check_font(default_font(), ["Grüße, Привет\nΑθήνα"], "captions.font")
    with pytest.raises(
        ProjectError, match=r"captions\.font: DejaVuSans\.ttf has no glyph for 日本"
    ):
        check_font(default_font(), ["日本 a"], "captions.font")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"not a font", "not a readable font"), (b"", "is empty"), (None, "no such")],
)
def test_a_bad_font_is_named_with_its_entry(tmp_path, content, says):
    path = Path(tmp_path / "own.ttf")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProjectError, match=rf"title\[0\]\.font: .*own\.ttf.*{says}"):
        check_font(path, ["a"], "title[0].font")

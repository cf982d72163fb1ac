from fractions import Fraction
from pathlib import Path

import pytest

from phosphene.errors import ProjectError
from phosphene.film.formats import FORMATS, check_fit, format_of


def test_ending_chooses_whatever_its_case() -> None:
    assert format_of(Path("a.b.MP4")) is FORMATS[".mp4"]


@pytest.mark.parametrize(
    ("name", "near"), [("film.mp5", "film.mp4"), ("film.webn", "film.webm"), ("film", "film.mp4")]
)
def test_unknown_ending_gives_the_nearest(name: str, near: str) -> None:
    with pytest.raises(ProjectError, match=r"\.mp4, \.mov, \.mkv, \.webm, \.gif") as caught:
        format_of(Path(name))
    assert near in caught.value.fix


@pytest.mark.parametrize(
    ("name", "size", "fps", "crf", "fix"),
    [
        ("x.mp4", (511, 301), 15, None, "510x300"),
        ("x.webm", (1, 0), 15, None, "2x2"),
        ("x.gif", (511, 301), 60, None, "fps of 50"),
        ("x.mp4", (64, 48), 0, None, "fps of 24"),
        ("x.mp4", (64, 48), 15, 52, "Leave it out"),
        ("x.gif", (64, 48), 15, 20, "Leave it out"),
    ],
)
def test_what_does_not_fit_is_refused(
    name: str, size: tuple[int, int], fps: int, crf: int | None, fix: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        check_fit(Path(name), *size, Fraction(fps), crf)
    assert fix in caught.value.fix


def test_odd_gif_fits() -> None:
    check_fit(Path("x.gif"), 511, 301, Fraction(15), None)

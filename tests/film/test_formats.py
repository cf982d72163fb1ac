from pathlib import Path

import pytest

from phosphene.errors import ProjectError
from phosphene.film.formats import FORMATS, format_of


def test_ending_chooses_whatever_its_case() -> None:
    assert format_of(Path("a.b.MP4")) is FORMATS[".mp4"]


@pytest.mark.parametrize(
    ("name", "near"), [("film.mp5", "film.mp4"), ("film.webn", "film.webm"), ("film", "film.mp4")]
)
def test_unknown_ending_gives_the_nearest(name: str, near: str) -> None:
    with pytest.raises(ProjectError, match=r"\.mp4, \.mov, \.mkv, \.webm, \.gif") as caught:
        format_of(Path(name))
    assert near in caught.value.fix

from fractions import Fraction
from pathlib import Path

import pytest

from phosphene.errors import FilmError, ProjectError
from phosphene.film import ffmpeg
from phosphene.film.formats import FORMATS
from phosphene.film.preflight import check_fit, preflight
from phosphene.film.sound import Sound

FPS = Fraction(15)


@pytest.mark.parametrize("suffix", FORMATS)
def test_all_well_leaves_only_the_folder(tmp_path: Path, clicks: Path, suffix: str) -> None:
    path = tmp_path / "new" / "er" / f"film{suffix}"
    preflight(path, 64, 48, FPS, Sound(clicks, 3, 4))
    assert path.parent.is_dir()
    assert not list(path.parent.iterdir())


def test_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match=r"output folder .*file.* can not be written"):
        preflight(tmp_path / "file" / "film.mp4", 64, 48, FPS)


def test_folder_that_does_not_take_files() -> None:
    with pytest.raises(ProjectError, match="/proc can not be written"):
        preflight(Path("/proc/film.mp4"), 64, 48, FPS)


def test_output_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    with pytest.raises(ProjectError, match="is a folder"):
        preflight(tmp_path / "film.mp4", 64, 48, FPS)


def test_song_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_text("la la la")
    with pytest.raises(FilmError, match=r"song\.mp3"):
        preflight(tmp_path / "film.mp4", 64, 48, FPS, Sound(tmp_path / "song.mp3"))


def test_ffmpeg_without_the_encoder(
    tmp_path: Path, clicks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor = tmp_path / "ffmpeg"
    swap = 's="$s \\"$(echo "$a" | sed s/libx264/libx999/)\\""'
    poor.write_text(
        f'#!/bin/sh\nfor a in "$@"; do {swap}; done\neval exec {ffmpeg.executable()} "$s"\n'
    )
    poor.chmod(0o755)
    monkeypatch.setenv(ffmpeg.VARIABLE, str(poor))
    with pytest.raises(FilmError, match="Unknown encoder 'libx999'") as caught:
        preflight(tmp_path / "film.mp4", 64, 48, FPS)
    assert "lacks the encoder" in caught.value.fix


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

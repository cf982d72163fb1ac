import resource
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from phosphene.errors import FilmError, ProjectError
from phosphene.film import ffmpeg
from phosphene.film.formats import FORMATS
from phosphene.film.preflight import check_fit, preflight, space_needed
from phosphene.film.probe import probe
from phosphene.film.sound import Soundtrack

FPS = Fraction(15)


@pytest.mark.parametrize("suffix", FORMATS)
def test_success_leaves_only_the_folder(tmp_path: Path, clicks: Path, suffix: str) -> None:
    path = tmp_path / "new" / "er" / f"film{suffix}"
    preflight(path, 64, 48, FPS, Soundtrack(clicks, 3, 4))
    assert path.parent.is_dir()
    assert not list(path.parent.iterdir())


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match=r"output folder .*file.* cannot be written"):
        preflight(tmp_path / "file" / "film.mp4", 64, 48, FPS)


def test_folder_that_does_not_take_files() -> None:
    with pytest.raises(ProjectError, match="/proc cannot be written"):
        preflight(Path("/proc/film.mp4"), 64, 48, FPS)


def test_output_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    with pytest.raises(ProjectError, match="is a folder"):
        preflight(tmp_path / "film.mp4", 64, 48, FPS)


def test_song_that_does_not_decode(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_text("la la la")
    with pytest.raises(FilmError, match=r"song\.mp3"):
        preflight(tmp_path / "film.mp4", 64, 48, FPS, Soundtrack(tmp_path / "song.mp3"))


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
        ("x.mp4", (64, 48), 15, 52, "Omit it"),
        ("x.webm", (64, 48), 15, 64, "Omit it"),
        ("x.gif", (64, 48), 15, 20, "Omit it"),
    ],
)
def test_impossible_sizes_rates_and_qualities_are_refused(
    name: str, size: tuple[int, int], fps: int, crf: int | None, fix: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        check_fit(Path(name), *size, Fraction(fps), crf)
    assert fix in caught.value.fix


@pytest.mark.parametrize(("name", "crf"), [("x.webm", 63), ("x.mp4", 51), ("x.webm", 0)])
def test_each_encoder_has_its_own_range_of_quality(name: str, crf: int) -> None:
    check_fit(Path(name), 64, 48, FPS, crf)


NAMES = [
    "what is love?", "a #1 %d %03d", "it's \"quoted\" \\ back", "two\nlines", "-y", "~home~", "é ☃",
    "a:b|c;d&e", "[x]{y}(z)", "file:x", "x" * 251, "é" * 125,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:12])
def test_every_name_that_the_file_system_takes(
    tmp_path: Path, clicks: Path, frames: Callable, shoot: Callable, name: str
) -> None:
    """As film, as song and as folder; what preflight tries is what the film does."""
    folder = tmp_path / name
    folder.mkdir()
    song = folder / f"{name}.wav"
    song.write_bytes(clicks.read_bytes())
    film = folder / f"{name}.mp4"
    preflight(film, 64, 48, FPS, Soundtrack(song, 0, 1))
    shoot(film, frames(15), FPS, Soundtrack(song, 0, 1))
    assert probe(film).audio is not None
    assert sorted(folder.iterdir()) == sorted([film, song])


@pytest.mark.parametrize("suffix", FORMATS)
def test_names_in_every_container(
    tmp_path: Path, clicks: Path, frames: Callable, shoot: Callable, suffix: str
) -> None:
    folder = tmp_path / "dir #1?"
    folder.mkdir()
    film = folder / f"what is 'love'? #2{suffix}"
    preflight(film, 64, 48, FPS, Soundtrack(clicks))
    assert shoot(film, frames(15), FPS, Soundtrack(clicks, 0, 1)).exists()


def test_foreign_files_are_refused_before_painting(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("a letter")
    with pytest.raises(ProjectError, match="was not made by Phosphene"):
        preflight(tmp_path / "film.mp4", 64, 48, FPS)
    preflight(tmp_path / "film.mp4", 64, 48, FPS, force=True)
    assert (tmp_path / "film.mp4").read_text() == "a letter"


def test_a_full_disk_is_an_error_with_a_fix(tmp_path: Path) -> None:
    """A limit on the file size simulates it; not even the marker of the folder fits."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(FilmError, match="cannot be written: File too large") as caught:
            preflight(tmp_path / "film.mp4", 64, 48, FPS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "ulimit" in caught.value.fix
    assert not list(tmp_path.iterdir())


def test_an_end_that_fails_is_found_before_painting(
    tmp_path: Path, clicks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ffmpeg encodes segments, and cannot join them."""
    poor = tmp_path / "ffmpeg"
    poor.write_text(
        f'#!/bin/sh\ncase "$*" in *concat*) echo no demuxer >&2; exit 1;; esac\n'
        f'exec {ffmpeg.executable()} "$@"\n'
    )
    poor.chmod(0o755)
    monkeypatch.setenv(ffmpeg.VARIABLE, str(poor))
    with pytest.raises(FilmError, match="no demuxer"):
        preflight(tmp_path / "film.mp4", 64, 48, FPS, Soundtrack(clicks))
    assert list(tmp_path.iterdir()) == [poor]


def test_odd_gif_fits() -> None:
    check_fit(Path("x.gif"), 511, 301, Fraction(15), None)


@pytest.mark.parametrize(
    ("crf", "shown", "film"),
    [
        (None, (512, 512, 100), 0.5 * 512 * 512 * 100 / 8),
        (24, (512, 512, 100), 0.25 * 512 * 512 * 100 / 8),  # 6 more halve it
        (
            None,
            (1024, 1024, 400),
            2.0 * 512 * 512 * 100 / 8,
        ),  # 16 times the pixels, 4 times the bits
    ],
)
def test_space_of_a_film(crf: int | None, shown: tuple[int, int, int], film: float) -> None:
    found, rendering = space_needed(FORMATS[".mp4"], crf, (512, 512, 100), shown)
    assert found == pytest.approx(film)
    assert rendering == pytest.approx(2 * film + 3 * 512 * 512 * 100)


def test_space_of_4k_at_60_fps_for_three_minutes() -> None:
    """A few gigabytes: what is kept raw are painted frames."""
    shown = (3840, 2160, 60 * 180)
    assert space_needed(FORMATS[".mp4"], None, (960, 540, 15 * 180), shown)[1] < 2e9

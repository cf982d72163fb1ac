"""The motion benchmark on films whose camera and whose beats are known."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile
import torch
from click.testing import CliRunner

from benchmarks.motion import Figures, measure, steady
from benchmarks.motion.__main__ import films
from benchmarks.motion.beats import BeatFigures, f_measure, visual_peaks
from benchmarks.motion.camera import Fidelity, Flow
from benchmarks.motion.films import decoded, luma
from benchmarks.motion.rendering import Piece
from phosphene.composing.compose import compose
from phosphene.errors import FilmError
from phosphene.film import Film
from phosphene.painting.motion.step import step_matrix
from phosphene.plugins import Registry
from phosphene.project.schema import Project
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Row, Score
from phosphene.song.song import Song
from phosphene.testing.songs import synthetic_song

SIZE, FRAMES, CANVAS = 128, 72, 640


@pytest.fixture(scope="module")
def song() -> Song:
    """A beat in every sixth frame."""
    return synthetic_song(duration=FRAMES / 12, bpm=120.0)


@pytest.fixture(scope="module")
def score() -> Score:
    """A camera that zooms, turns and pans in slow waves, and a pulse of light on every beat."""
    waves = np.sin(2 * np.pi * np.arange(FRAMES)[:, None] / np.array([32, 24, 19, 16]) + 1.0)
    values = {name: np.full(FRAMES, channel.neutral) for name, channel in CHANNELS.items()}
    values["zoom"] = np.exp(0.02 * waves[:, 0])
    values["rotation"], values["translation_x"], values["translation_y"] = waves[:, 1:].T
    values["brightness"] = 1.0 + 0.4 * 0.4 ** (np.arange(FRAMES) % 6)
    return Score(
        fps=Fraction(12), width=SIZE, height=SIZE, frames=np.arange(FRAMES), channels=values,
        prompts=("",), weights=np.ones((FRAMES, 1)), negative="", seeds=np.arange(FRAMES),
        diffuses=np.zeros(FRAMES, bool),
    )  # fmt: skip


def _texture(size: int, seed: int) -> np.ndarray:
    """Smooth noise of many sizes: float32, shape (size, size, 3), mean 100 of 255."""
    rng = np.random.default_rng(seed)
    octaves = [
        cv2.resize(rng.standard_normal((n, n, 3)).astype(np.float32), (size, size), interpolation=3)
        for n in (size // 40, size // 12, size // 5)
    ]
    return np.clip(100.0 + 25.0 * sum(octaves), 0.0, 255.0)


def _seen_through(at: np.ndarray) -> np.ndarray:
    """A frame of a camera over one large picture, resampled once."""
    corner = np.eye(3)
    corner[:2, 2] = -(CANVAS - SIZE) / 2
    shot = cv2.warpPerspective(_canvas(), at @ corner, (SIZE, SIZE), flags=cv2.INTER_CUBIC)
    return np.clip(shot, 0.0, 255.0)


@cache
def _canvas() -> np.ndarray:
    return _texture(CANVAS, 1)


def _shots(score: Score) -> Iterator[np.ndarray]:
    at = np.eye(3)
    for i in range(len(score)):
        if i:
            at = step_matrix(score.row(i), SIZE, SIZE) @ at
        shot = _seen_through(at) * score.row(i).brightness
        yield np.clip(np.rint(shot), 0, 255).astype(np.uint8)


def _filmed(frames: Iterator[np.ndarray], path: Path) -> Path:
    with Film(path, SIZE, SIZE, Fraction(12)) as film:
        for frame in frames:
            film.write(frame)
    return path


@pytest.fixture(scope="module")
def known(score: Score, song: Song, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    path = tmp_path_factory.mktemp("motion") / "known.mp4"
    return measure(_filmed(_shots(score), path), score, song)


@pytest.fixture(scope="module")
def noise(score: Score, song: Song, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    path = tmp_path_factory.mktemp("motion") / "noise.mp4"
    frames = (np.rint(_texture(SIZE, 100 + i)).astype(np.uint8) for i in range(FRAMES))
    return measure(_filmed(frames, path), score, song)


@pytest.mark.parametrize("channel", ["zoom", "rotation", "pan x", "pan y"])
def test_a_known_camera_is_recovered(known: Figures, channel: str) -> None:
    assert known.camera[channel].slope == pytest.approx(1.0, abs=0.05)
    assert known.camera[channel].correlation > 0.99


@pytest.mark.parametrize(
    "step",
    [
        {"zoom": 1.01}, {"zoom": 1.2}, {"zoom": 0.9}, {"dolly": 0.05},
        {"rotation": 0.2}, {"rotation": 8.0},
        {"translation_x": 0.1}, {"translation_x": 12.0, "translation_y": -3.0},
        {"pan": 2.0}, {"tilt": 2.0, "zoom": 1.02},
    ],
)  # fmt: skip
def test_steps_of_any_size_and_with_perspective_are_recovered(
    score: Score, step: dict[str, float]
) -> None:
    still = {name: channel.neutral for name, channel in CHANNELS.items()}
    matrix = step_matrix(replace(score.row(0), channels=still | step), SIZE, SIZE)
    flow = Flow(SIZE, SIZE)
    before, after = (luma(_seen_through(at)) for at in (np.eye(3), matrix))
    error = np.abs(flow.seen(before, after) - flow.commanded(matrix))
    assert (error < [0.003, 0.1, 0.1, 0.1]).all()  # of log, degrees, px, px


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_boiling_does_not_look_like_a_slower_camera(score: Score, share: float) -> None:
    flow, at = Flow(SIZE, SIZE), np.eye(3)
    lumas, commanded = [], []
    for i in range(FRAMES // 2):
        if i:
            matrix = step_matrix(score.row(i), SIZE, SIZE)
            commanded.append(flow.commanded(matrix))
            at = matrix @ at
        lumas.append(luma((1 - share) * _seen_through(at) + share * _texture(SIZE, 200 + i)))
    seen = [flow.seen(*pair) for pair in pairwise(lumas)]
    for one, other in zip(np.array(seen).T, np.array(commanded).T, strict=True):
        assert Fidelity.of(one, other).slope == pytest.approx(1.0, abs=0.05)


def test_pulses_of_light_on_the_beat_are_found_on_the_beat(known: Figures) -> None:
    assert known.beats.f == 1.0
    assert known.beats.f_shifted < 0.1
    assert known.beats.offset == 0.0
    assert known.beats.contrast > 2.0


def test_camera_and_grade_do_not_count_as_flicker(known: Figures) -> None:
    inside = known.levels_inside
    assert inside.boil < 0.25 * inside.flicker < 0.25 * inside.raw


def test_independent_frames_follow_no_camera_and_no_beat(noise: Figures) -> None:
    for fidelity in noise.camera.values():
        assert abs(fidelity.correlation) < 0.3
    assert noise.levels_inside.flicker == pytest.approx(noise.levels_inside.raw, rel=0.1)
    assert noise.beats.contrast == pytest.approx(1.0, abs=0.1)
    assert noise.beats.f < 0.5


def test_a_steady_move_has_the_share_that_is_seen_and_no_correlation() -> None:
    half = Fidelity.of(np.array([0.9, 1.0, 1.1]), np.array([2.0, 2.0, 2.0]))
    assert half.slope == pytest.approx(0.5)
    assert np.isnan(half.correlation)


def test_a_resting_channel_has_no_figures() -> None:
    assert np.isnan(Fidelity.of(np.array([0.1, -0.1]), np.zeros(2)).slope)


def test_peaks_are_the_same_at_any_loudness() -> None:
    change = np.array([4.0, 4.0, 4.1, 9.0, 5.0, 4.0, 4.2, 4.1, 8.0, 4.0])
    assert visual_peaks(change, 12.0).tolist() == [3, 8]
    assert visual_peaks(20 * change, 12.0).tolist() == [3, 8]


def test_a_ripple_beside_a_strong_change_is_not_a_peak() -> None:
    change = np.array([4.0, 4.0, 4.1, 9.0, 5.0, 4.0, 4.2, 5.0, 4.0, 4.0])
    assert visual_peaks(change, 12.0).tolist() == [3]


def test_noise_of_the_codec_is_not_a_peak() -> None:
    assert not len(visual_peaks(np.array([0.02, 0.01, 0.05, 0.01, 0.03, 0.01]), 12.0))


def test_one_peak_counts_for_one_beat() -> None:
    assert f_measure(np.array([3, 5]), np.array([4])) == pytest.approx(2 / 3)
    assert f_measure(np.array([3, 9]), np.array([4, 8])) == 1.0


def test_peaks_one_frame_late_show_in_the_offset(score: Score, song: Song) -> None:
    change = np.ones(FRAMES)
    change[7::6] = 5.0
    late = BeatFigures.of(change, score, song)
    assert (late.f, late.offset) == (1.0, 1.0)
    assert late.contrast == pytest.approx(1.0)


def test_a_film_of_another_length_is_refused(score: Score, song: Song, tmp_path: Path) -> None:
    film = _filmed(iter(list(_shots(score))[:10]), tmp_path / "short.mp4")
    with pytest.raises(FilmError, match="has 10 frames; its Score has 72"):
        measure(film, score, song)


def test_a_film_of_another_size_is_refused(score: Score, song: Song, tmp_path: Path) -> None:
    film = _filmed(iter(list(_shots(score))[:10]), tmp_path / "small.mp4")
    with pytest.raises(FilmError, match="is 128x128; its Score is 64x64"):
        measure(film, replace(score, width=64, height=64), song)


def test_a_film_is_decoded_to_the_encoded_colours(tmp_path: Path) -> None:
    colours = [np.full((SIZE, SIZE, 3), c, np.uint8) for c in ((200, 40, 40), (30, 60, 220))]
    shown = list(decoded(_filmed(iter(colours), tmp_path / "colours.mp4")))
    assert np.abs(np.array(shown).astype(int) - np.array(colours)).max() <= 3


def test_a_muted_project_only_lacks_its_hits(
    project: Callable[..., Project], registry: Registry, song: Song
) -> None:
    drift = {"use": "keyframes", "translation_x": {"0": 2.0}}
    motion = [
        {"use": "beat", "to": {"zoom": 0.05}},
        {"use": "onset", "to": {"rotation": 1.0}},
        {"use": "level", "to": {"strength": 0.1}, "when": {"pattern": "x..."}},
        drift,
    ]
    written, calm = project(*motion), project(drift)
    piece = Piece(written, song, compose(written, song), registry.engines["none"])
    assert np.ptp(piece.score.channels["zoom"]) > 0.0
    for name, curve in compose(calm, song).channels.items():
        np.testing.assert_array_equal(piece.muted().channels[name], curve)


def test_a_muted_project_repaints_as_often_but_not_by_the_beat(
    project: Callable[..., Project], registry: Registry, song: Song
) -> None:
    written = project(video={"fps": 12})
    on_beats = replace(compose(written, song), diffuses=np.arange(FRAMES) % 6 < 2)
    piece = Piece(written, song, on_beats, registry.engines["none"])
    assert np.flatnonzero(piece.muted().diffuses).tolist() == list(range(0, FRAMES, 3))


def test_the_command_prints_a_table(tmp_path: Path) -> None:
    clicks, rate = np.zeros(3 * 22050), 22050
    clicks[:: rate // 2] = 0.9
    soundfile.write(tmp_path / "clicks.wav", clicks, rate)
    options = ["--model", "none", "--size", "64x64", "--fps", "6", "--end", "2s"]
    ran = CliRunner().invoke(
        films, [str(tmp_path / "clicks.wav"), "--muted", "--keep", str(tmp_path), *options]
    )
    assert ran.exit_code == 0, ran.output
    assert "| zoom: correlation, slope |" in ran.stdout
    assert {file.name for file in tmp_path.glob("*.mp4")} == {"film.mp4", "muted.mp4"}


class _Texture:
    """An engine that paints once, and then leaves the picture to the camera."""

    device = torch.device("cpu")

    def first(self, row: Row) -> torch.Tensor:
        picture = torch.from_numpy(_texture(steady.SIZE, 3) / 255.0)
        return picture.permute(2, 0, 1)[None].contiguous()

    def img2img(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        return picture


def test_a_steady_move_is_seen_in_full_where_nothing_is_repainted() -> None:
    for _, name, score in steady.steady_scores([""], 5, {"strength": 0.0}, 1):
        assert steady.share_shown(score, _Texture(), [], name) == pytest.approx(1.0, abs=0.05)


def test_a_black_film_has_no_camera_and_no_peaks(score: Score, song: Song, tmp_path: Path) -> None:
    black = (np.zeros((SIZE, SIZE, 3), np.uint8) for _ in range(FRAMES))
    figures = measure(_filmed(black, tmp_path / "black.mp4"), score, song)
    assert {fidelity.slope for fidelity in figures.camera.values()} == {0.0}
    assert (figures.change, figures.beats.f) == (0.0, 0.0)

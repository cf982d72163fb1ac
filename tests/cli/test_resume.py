"""However a render is stopped, it ends with the same film as one that is not."""

import os
import shutil
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from small_film import PROJECT, write_noise

from phosphene.cli import cli
from phosphene.cli.inputs import projects
from phosphene.errors import EngineError, FilmError
from phosphene.film import film
from phosphene.painting import drawing, frames
from phosphene.painting.engine import EngineSpec
from phosphene.rendering import filming, set_aside
from phosphene.testing import synthetic_song

FRAMES = 24


@pytest.fixture(scope="module")
def song():
    """A song made in memory; its content does not matter here."""
    return synthetic_song(FRAMES / 12)


@pytest.fixture
def project(tmp_path, monkeypatch, song):
    """Two seconds at 12 fps in segments of 6 frames, a checkpoint after every frame."""
    write_noise(tmp_path / "song.wav", 2.0)
    path = tmp_path / "p.toml"
    path.write_text(PROJECT)
    monkeypatch.setattr(projects, "listen_to", lambda *_: song)
    monkeypatch.setattr("phosphene.rendering.render.preflight", lambda *_: None)
    monkeypatch.setattr(film, "SEGMENT", 0.5)
    monkeypatch.setattr(filming, "CHECKPOINT_SECONDS", -1.0)
    return path


def render(project, target, *more):
    return CliRunner().invoke(
        cli, ["render", str(project), "-o", str(target), *more], env={"COLUMNS": "200"}
    )


def at_frame(monkeypatch, number, do):
    """Run `do` just before a frame is handed to the film."""
    count, places = iter(range(10_000)), [(drawing, "array_levels"), (frames, "to_levels")]

    def counted(whole):
        def levels(picture):
            if next(count) == number:
                do()
            return whole(picture)

        return levels

    before = [getattr(*place) for place in places]
    for place, whole in zip(places, before, strict=True):
        monkeypatch.setattr(*place, counted(whole))

    def heal():
        for place, whole in zip(places, before, strict=True):
            monkeypatch.setattr(*place, whole)

    return heal


def stop():
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def whole():
    """Filled by the first test that needs it: the same for all."""
    return []


@pytest.fixture
def uninterrupted(project, tmp_path, whole):
    if not whole:
        assert render(project, tmp_path / "whole.mp4").exit_code == 0
        whole.append((tmp_path / "whole.mp4").read_bytes())
    return whole[0]


def test_after_ctrl_c_the_same_command_resumes(project, tmp_path, monkeypatch, uninterrupted):
    target = tmp_path / "film.mp4"
    for frame in (3, 5, 9):  # of what is left: the 4th, the 9th and the 18th of all
        heal = at_frame(monkeypatch, frame, stop)
        stopped = render(project, target)
        heal()
        assert stopped.exit_code == 130
        assert "The same command resumes after frame" in stopped.stderr
        assert not target.exists()
    printed = render(project, target)
    assert printed.exit_code == 0
    assert "Resuming after frame 17" in printed.stderr
    assert target.read_bytes() == uninterrupted
    assert not list(tmp_path.glob(".film*"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (["--seed", "7"], ": seed. "), (["--size", "96x64"], "size"), (["--fps", "10"], "frame rate"),
        (["--set", "motion.0.radius_x=9.0"], "translation_x"), (["--prompt", "x"], "prompts"),
    ],
)  # fmt: skip
def test_after_a_change_it_is_named_and_the_film_starts_over(
    project, tmp_path, monkeypatch, change, named
):
    target = tmp_path / "film.mp4"
    heal = at_frame(monkeypatch, 9, stop)
    render(project, target)
    heal()
    printed = render(project, target, *change)
    assert printed.exit_code == 0
    assert "Changed since the last run was stopped" in printed.stderr
    assert named in printed.stderr
    assert "Starting over" in printed.stderr
    assert target.exists()


@pytest.fixture
def stopped(project, tmp_path, monkeypatch):
    """Stopped before its tenth frame: one segment is whole, three frames are raw."""
    heal = at_frame(monkeypatch, 9, stop)
    assert render(project, tmp_path / "film.mp4").exit_code == 130
    heal()
    return tmp_path / "film.mp4"


def damage(path):
    path.write_bytes(b"torn")


def shorten(path):
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize(
    ("pattern", "how", "printed"),
    [
        ("picture.safetensors", damage, "Resuming after frame 6,"),
        ("picture.safetensors", Path.unlink, "Resuming after frame 6,"),
        ("segment-00001.rgb", shorten, "Resuming after frame 6,"),
        ("border-*", damage, "Resuming after frame 9,"),
        ("*.safetensors", damage, "left no frames to resume from. Starting over."),
        ("segment-00000.mp4", Path.unlink, "left no frames to resume from. Starting over."),
        ("render.json", damage, "Changed since the last run"),
    ],
)
def test_the_undamaged_rest_is_used(
    project, tmp_path, stopped, uninterrupted, pattern, how, printed
):
    found = list((tmp_path / ".film.mp4.resume").glob(pattern))
    assert found
    for path in found:
        how(path)
    result = render(project, stopped)
    assert result.exit_code == 0, result.output
    assert printed in result.stderr
    assert stopped.read_bytes() == uninterrupted


def test_resume_from_keeps_earlier_frames(project, tmp_path, stopped, uninterrupted, decode_frames):
    """Frames 0 to 5 are the old film's, to the bit; from there on they are the new project's."""
    changed = ["--set", "motion.0.radius_x=9.0"]
    printed = render(project, stopped, *changed, "--resume-from", "8")
    assert printed.exit_code == 0
    assert "Keeping the first 6 frames, 0.50 s: the last checkpoint before 8" in printed.stderr
    assert "(translation_x changed)" in printed.stderr
    (tmp_path / "old.mp4").write_bytes(uninterrupted)
    mixed, old = decode_frames(stopped), decode_frames(tmp_path / "old.mp4")
    assert len(mixed) == FRAMES
    np.testing.assert_array_equal(mixed[:6], old[:6])
    assert all(np.any(mixed[i] != old[i]) for i in range(6, FRAMES))
    render(project, stopped, "--force")  # the settings before: from where they were stopped
    assert stopped.read_bytes() == uninterrupted
    assert not (tmp_path / ".film.mp4.resume").exists()


def test_a_resumed_from_run_that_is_stopped_continues(project, tmp_path, stopped, monkeypatch):
    command = ["--set", "motion.0.radius_x=9.0", "--resume-from", "0.75s"]
    shutil.copytree(tmp_path / ".film.mp4.resume", tmp_path / ".other.mp4.resume")
    assert render(project, tmp_path / "other.mp4", *command).exit_code == 0
    heal = at_frame(monkeypatch, 5, stop)
    assert "Keeping the first 9 frames" in render(project, stopped, *command).stderr
    heal()
    assert "Resuming after frame 14," in render(project, stopped, *command).stderr
    assert stopped.read_bytes() == (tmp_path / "other.mp4").read_bytes()


@pytest.mark.parametrize(("position", "kept"), [("100%", 24), ("1.2s", 12), ("frame 6", 6)])
def test_a_film_that_is_kept_can_be_painted_again_from_anywhere(
    project, tmp_path, uninterrupted, position, kept
):
    target, folder = tmp_path / "film.mp4", tmp_path / ".film.mp4.resume"
    assert render(project, target, "--keep").exit_code == 0
    assert folder.is_dir()
    assert target.read_bytes() == uninterrupted
    printed = render(project, target, "--resume-from", position)
    assert f"Keeping the first {kept} frames" in printed.stderr
    assert "(nothing changed)" in printed.stderr
    assert target.read_bytes() == uninterrupted
    assert not folder.exists()


def test_before_the_first_border_nothing_is_kept(project, stopped, uninterrupted):
    printed = render(project, stopped, "--resume-from", "2")
    assert "No frames are kept before 2: starting over" in printed.stderr
    assert stopped.read_bytes() == uninterrupted


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (["--resume-from", "8", "--size", "96x64"], "differ in size"),
        (["--resume-from", "8", "--fps", "24"], "differ in frame rate"),
        (["--resume-from", "8", "--start", "0.5s"], "differ in start"),
        (["--resume-from", "loud"], "--resume-from loud: expected a frame (30), 2.5s"),
        (["--resume-from", "1:00"], "--resume-from 1:00: position '1:00' is outside"),
        (["--resume-from", "0.1s", "--start", "0.5s"], "the video is from 0:00 to 0:02"),
    ],
)
def test_an_unusable_position_is_refused_and_frames_are_kept(
    project, stopped, uninterrupted, more, expected
):
    printed = render(project, stopped, *more)
    assert printed.exit_code == 2
    assert expected in printed.stderr
    assert "Resuming after frame 9," in render(project, stopped).stderr
    assert stopped.read_bytes() == uninterrupted


def test_resume_from_nothing_says_how(project, tmp_path):
    printed = render(project, tmp_path / "film.mp4", "--resume-from", "8")
    assert printed.exit_code == 2
    assert "no frames are kept of an earlier run" in printed.stderr
    assert "--keep" in printed.stderr
    assert not list(tmp_path.glob(".film*"))


def test_two_renders_to_one_name(project, tmp_path, monkeypatch, uninterrupted):
    target, printed = tmp_path / "film.mp4", []
    heal = at_frame(monkeypatch, 9, lambda: printed.append(render(project, target)))
    assert render(project, target).exit_code == 0
    heal()
    assert printed[0].exit_code == 1
    assert f"Another render is writing this film (process {os.getpid()};" in printed[0].stderr
    assert target.read_bytes() == uninterrupted


@pytest.fixture
def films(monkeypatch):
    """The films that are begun."""
    begun = []

    class Noted(filming.Film):
        def __enter__(self):
            begun.append(self)
            return super().__enter__()

    monkeypatch.setattr(filming, "Film", Noted)
    return begun


@pytest.mark.parametrize("frame", [1, 9, 22])
def test_ffmpeg_that_is_killed(project, tmp_path, monkeypatch, uninterrupted, films, frame):
    target = tmp_path / "film.mp4"

    def kill():
        process = films[-1]._segments._encoder._process
        process.kill()
        process.wait()

    heal = at_frame(monkeypatch, frame, kill)
    printed = render(project, target)
    heal()
    assert printed.exit_code == 1
    assert "ffmpeg was killed by signal 9 (SIGKILL)" in printed.stderr
    assert "The same command resumes after frame" in printed.stderr
    assert not target.exists()
    assert "Resuming after frame" in render(project, target).stderr
    assert target.read_bytes() == uninterrupted


def test_a_folder_that_is_removed_meanwhile(project, tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    # Renamed, not removed file by file: the encoder is at work in it.
    at_frame(monkeypatch, 9, lambda: (tmp_path / "out").rename(tmp_path / "gone"))
    printed = render(project, tmp_path / "out" / "film.mp4")
    assert printed.exit_code == 1
    assert "removed or renamed" in printed.stderr
    assert "nothing could be saved. The same command starts over" in printed.stderr
    assert not (tmp_path / "out").exists()


def test_an_engine_that_cannot_be_loaded_leaves_nothing_behind(project, tmp_path, monkeypatch):
    def fail(*_):
        raise FilmError("no weights", "get some")

    monkeypatch.setattr(
        "phosphene.rendering.render.find_engine", lambda *_: EngineSpec("x", "", fail)
    )
    printed = render(project, tmp_path / "film.mp4")
    assert printed.exit_code == 1
    assert "no weights" in printed.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.toml", "song.wav"]


@pytest.fixture
def kept(project, tmp_path, monkeypatch, uninterrupted):
    """A film that was rendered with `--keep`."""
    assert render(project, tmp_path / "film.mp4", "--keep").exit_code == 0
    return tmp_path / "film.mp4"


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_an_engine_that_does_not_load_costs_nothing(project, kept, monkeypatch):
    """Nor does one that loads, and cannot paint a frame."""
    folder = kept.with_name(".film.mp4.resume")
    before = contents(folder)

    class Broken:
        device = torch.device("cpu")

        def first(self, row):
            raise EngineError("out of memory")

    def fail(*_):
        raise EngineError("no weights")

    for load in (fail, lambda *_: Broken()):
        spec = EngineSpec("x", "", load)
        with monkeypatch.context() as patch:
            patch.setattr("phosphene.rendering.render.find_engine", lambda *_, spec=spec: spec)
            assert render(project, kept, "--seed", "7").exit_code == 2
        assert contents(folder) == before
    printed = render(project, kept)
    assert f"Resuming after frame {FRAMES}," in printed.stderr


@pytest.mark.parametrize(
    "change",
    [["--seed", "7"], ["--set", "video.crf=30"], ["--size", "96x64"], ["--end", "1s"],
     ["--seed", "7", "--resume-from", "1s"]],
)  # fmt: skip
def test_frames_of_other_settings_are_set_aside(project, stopped, uninterrupted, change):
    folder = stopped.with_name(".film.mp4.resume")
    printed = render(project, stopped, *change)
    assert printed.exit_code == 0
    assert "set aside" in printed.stderr
    assert [path.name[:6] for path in folder.iterdir() if path.is_dir()] == ["aside-"]
    printed = render(project, stopped)
    assert "Resuming after frame 9," in printed.stderr
    assert stopped.read_bytes() == uninterrupted
    assert not folder.exists()


@pytest.mark.parametrize("first", ["3", "5"])
def test_resume_from_works_on_frames_set_aside(
    project, tmp_path, monkeypatch, uninterrupted, first
):
    """Stopped within the first segment; a third run continues from what the second set aside."""
    target = tmp_path / "film.mp4"
    heal = at_frame(monkeypatch, 5, stop)
    render(project, target)
    heal()
    printed = render(project, target, "--seed", "7", "--resume-from", first)
    assert printed.exit_code == 0
    printed = render(project, target, "--seed", "8", "--resume-from", "5")
    assert printed.exit_code == 0
    assert "Keeping the first 5 frames" in printed.stderr
    assert "Resuming after frame 5," in render(project, target).stderr
    assert target.read_bytes() == uninterrupted


def test_two_settings_take_turns(project, stopped, monkeypatch, uninterrupted):
    """Each stopped again and again: each continues where it was."""
    seen = []
    for change in ([], ["--set", "motion.0.radius_x=9.0"]) * 2:
        heal = at_frame(monkeypatch, 4, stop)
        seen.append(render(project, stopped, *change).stderr)
        heal()
    assert "Resuming after frame 9," in seen[0]
    assert "set aside" in seen[1]
    assert "Resuming after frame 13," in seen[2]
    assert "Resuming after frame 4," in seen[3]
    render(project, stopped)
    assert stopped.read_bytes() == uninterrupted


@pytest.mark.parametrize("name", ["os.replace", "shutil.copyfile"])
@pytest.mark.parametrize("call", [0, 1, 3])
def test_a_move_that_is_cut_short_loses_nothing(
    project, stopped, monkeypatch, uninterrupted, name, call
):
    """As by a kill in the middle of setting aside, and of bringing back."""

    def cut(number):
        module, function = {"os": os, "shutil": shutil}[name.split(".")[0]], name.split(".")[1]
        whole, count = getattr(module, function), iter(range(10_000))

        def called(*arguments, **named):
            if next(count) == number:
                raise KeyboardInterrupt
            return whole(*arguments, **named)

        other = types.SimpleNamespace(**{**vars(module), function: called})
        monkeypatch.setattr(set_aside, module.__name__, other)
        return lambda: monkeypatch.setattr(set_aside, module.__name__, module)

    for change in (["--seed", "7"], []):
        heal = cut(call)
        render(project, stopped, *change)
        heal()
        assert "Traceback" not in render(project, stopped, "--set", "motion.0.period=2s").stderr
    printed = render(project, stopped)
    assert printed.exit_code == 0
    assert stopped.read_bytes() == uninterrupted


def run(*arguments):
    return CliRunner().invoke(cli, ["resume", *map(str, arguments)], env={"COLUMNS": "200"})


def test_resume_list_and_clean(project, stopped, tmp_path, monkeypatch):
    heal = at_frame(monkeypatch, 5, stop)
    render(project, stopped, "--seed", "7")
    heal()
    for place in (tmp_path, stopped):
        printed = run("list", place).output.splitlines()
        assert len(printed) == 2
        assert printed[0].startswith("film.mp4: 5 frames, ")
        assert printed[0].endswith("can be resumed (none, seed 7, 64x64 at 12 fps, 24 frames)")
        assert printed[1].startswith("film.mp4: 9 frames, ")
        assert "set aside as " in printed[1]
        assert "seed 42" in printed[1]
    (tmp_path / ".film.mp4.resume" / "notes.txt").touch()
    assert "freed" in run("clean", "--set-aside", stopped).output
    assert len(run("list", tmp_path).output.splitlines()) == 1
    assert "Resuming after frame 5," in render(project, stopped, "--seed", "7", "--keep").stderr
    run("clean", tmp_path)
    left = [path.name for path in (tmp_path / ".film.mp4.resume").iterdir()]
    assert sorted(left) == ["lock", "made-by-phosphene", "notes.txt"]
    assert "Nothing is kept" in run("list", tmp_path).output
    assert stopped.exists()


def test_resume_clean_leaves_a_render_at_work_and_foreign_folders(project, tmp_path, monkeypatch):
    target, printed = tmp_path / "film.mp4", []
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "segment-00000.mp4").write_text("mine")
    (tmp_path / ".a.mp4.resume").symlink_to("album")
    (tmp_path / ".b.mp4.resume").mkdir()
    (tmp_path / ".b.mp4.resume" / "segment-00000.mp4").write_text("mine")
    heal = at_frame(monkeypatch, 9, lambda: printed.append(run("clean", tmp_path)))
    assert render(project, target).exit_code == 0
    heal()
    assert printed[0].exit_code == 1
    assert "Another render is writing" in printed[0].output
    assert run("clean", tmp_path, tmp_path / "a.mp4", tmp_path / "b.mp4").exit_code == 0
    assert (tmp_path / "album" / "segment-00000.mp4").read_text() == "mine"
    assert (tmp_path / ".b.mp4.resume" / "segment-00000.mp4").read_text() == "mine"


def flip(path):
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "name", ["segment-00000.mp4", "segment-00001.mp4", "segment-00003.mp4", "*.safetensors"]
)
@pytest.mark.parametrize("how", [flip, lambda path: path.write_bytes(b"")])
def test_damaged_frames_are_painted_again(project, kept, uninterrupted, name, how):
    for path in kept.with_name(".film.mp4.resume").glob(name):
        how(path)
    kept.unlink()
    assert render(project, kept).exit_code == 0
    assert kept.read_bytes() == uninterrupted


def test_links_in_a_downloaded_project_are_refused(project, tmp_path):
    target, folder = tmp_path / "film.mp4", tmp_path / ".film.mp4.resume"
    album = tmp_path / "album"
    album.mkdir()
    (album / "song.flac").write_text("mine")
    folder.symlink_to("album")
    printed = render(project, target)
    assert printed.exit_code == 2
    assert "symbolic link" in printed.stderr
    folder.unlink()
    for name in ("lock", "segment-00000.rgb", "segments.txt", "reserve.new", "joined.mp4"):
        folder.mkdir()
        (folder / "made-by-phosphene").touch()
        (folder / name).symlink_to(album / "song.flac")
        printed = render(project, target)
        assert printed.exit_code == 2
        assert f"{name} is a link" in printed.stderr
        shutil.rmtree(folder)
    assert [path.read_text() for path in album.iterdir()] == ["mine"]


def test_a_film_for_the_screen_resumes_to_the_bit(project, tmp_path, monkeypatch, decode_frames):
    screen = ("--interpolate", "60", "--upscale", "2")
    assert render(project, tmp_path / "one.mp4", *screen).exit_code == 0
    target = tmp_path / "film.mp4"
    heal = at_frame(monkeypatch, 8, stop)
    assert render(project, target, *screen).exit_code == 130
    heal()
    assert "Resuming after frame" in render(project, target, *screen).stderr
    assert target.read_bytes() == (tmp_path / "one.mp4").read_bytes()
    # Painted frames are where they were: the sound is in sync.
    assert render(project, tmp_path / "painted.mp4").exit_code == 0
    painted, shown = decode_frames(tmp_path / "painted.mp4"), decode_frames(target)
    assert shown.shape == (FRAMES * 5, 128, 128, 3)
    small = shown[::5].reshape(FRAMES, 64, 2, 64, 2, 3).mean((2, 4))
    assert np.abs(small - painted).mean() < 6
    assert np.abs(small - np.roll(painted, 1, 0)).mean() > 12

"""What docs/python-api.md shows: listen, compose, paint and render from Python."""

import logging
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

import phosphene
from phosphene.errors import SongError
from phosphene.film.probe import probe

ROOT = Path(__file__).parents[1]
RATE = 22050


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one second of clicks, two a second."""
    monkeypatch.chdir(tmp_path)
    sound = np.zeros(RATE)
    sound[:: RATE // 2] = 0.9
    soundfile.write("song.wav", sound, RATE)
    return tmp_path


@pytest.fixture
def project(folder):
    (folder / "p.toml").write_text(
        '[song]\nfile = "song.wav"\n[video]\nwidth = 64\nheight = 48\nfps = 4\n'
        '[model]\nname = "none"\n[[motion]]\nuse = "keyframes"\nzoom = 1.02\n'
    )
    return phosphene.Project.load("p.toml")


def test_the_example_of_the_docs_runs(folder, capsys):
    (code,) = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "docs/python-api.md").read_text("utf-8"), re.M | re.S
    )
    exec(compile(code, "python-api.md", "exec"), {})
    said = capsys.readouterr().out
    assert said.count("(64, 64, 3) uint8") == 8
    assert "painting: 8 of 8 frames" in said
    video = probe(folder / "film.mp4").video
    assert (video.width, video.height, video.fps) == (64, 64, 8)


def test_a_film_has_the_frames_that_paint_gives(project):
    score = phosphene.compose(project, phosphene.listen(project))
    frames = list(phosphene.paint(score, phosphene.load_engine(project, score)))
    assert [frame.shape for frame in frames] == [(48, 64, 3)] * len(score) == [(48, 64, 3)] * 4
    assert score.channels["zoom"].tolist() == [1.02] * 4
    assert any((one != other).any() for one, other in pairwise(frames))


def test_progress_comes_in_order_and_nothing_is_printed(project, capfd):
    steps = []
    film = phosphene.render(project, "f.gif", on_progress=lambda *step: steps.append(step))
    assert film.is_file()
    assert steps == [
        (0, 4, "loading"),
        *((done, 4, "painting") for done in range(5)),
        (4, 4, "joining"),
    ]
    assert capfd.readouterr() == ("", "")


def test_a_stopped_render_continues(project, caplog):
    caplog.set_level(logging.INFO, "phosphene")

    def stop(done, total, stage):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        phosphene.render(project, "f.mp4", on_progress=stop)
    assert "Stopped at frame 2 of 4" in caplog.text
    steps = []
    phosphene.render(project, "f.mp4", on_progress=lambda *step: steps.append(step))
    assert steps[0] == (2, 4, "loading")


def test_an_output_that_is_an_input_is_refused(project):
    Path("song.wav").rename("song.mkv")
    song = project.song.model_copy(update={"file": Path("song.mkv")})
    with pytest.raises(phosphene.ProjectError, match="would overwrite it"):
        phosphene.render(project.model_copy(update={"song": song}), "./song.mkv")


def test_a_song_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(SongError):
        phosphene.listen(tmp_path / "no.wav")


def test_data_is_validated_and_not_changed(folder):
    data = {"song": {"file": "song.wav"}, "motion": [{"use": "beet"}]}
    with pytest.raises(phosphene.ProjectError, match="beet"):
        phosphene.Project.from_data(data)
    assert data == {"song": {"file": "song.wav"}, "motion": [{"use": "beet"}]}


def test_importing_phosphene_imports_nothing_heavy():
    assert imported("import phosphene", "torch", "librosa", "numpy", "click", "rich") == []


def test_torch_is_imported_only_where_frames_are_painted():
    code = "from phosphene import Project, compose, listen, load_engine, render"
    assert imported(code, "torch", "librosa", "rich") == []


def imported(code, *libraries):
    """Those of some libraries that code imports."""
    code += f"; import sys; print(*{set(libraries)} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()

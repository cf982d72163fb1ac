"""`--jobs` on a GPU: scenes of a film, or films, in one process, in batches of one model.

The tests paint on the CPU, with a tiny model that is treated as one on a GPU.
"""

import contextlib
import shutil

import numpy as np
import pytest
import soundfile
import torch
from checkpoints import sd15
from click.testing import CliRunner
from diffusers import UNet2DConditionModel

from phosphene.cli import cli
from phosphene.cli.batches import planning
from phosphene.cli.batches.parts import in_parts
from phosphene.cli.terminal import console
from phosphene.composing.compose import compose
from phosphene.engines import presets
from phosphene.errors import EngineError, Stopped
from phosphene.film.film import beside
from phosphene.film.parts import ENDING, parts_folder
from phosphene.project.file import read_project
from phosphene.project.listening import song_of
from phosphene.rendering import painting
from phosphene.rendering.render import Render

PROJECT = """
[song]
file = "song.wav"
[video]
width = 64
height = 64
fps = 10
[model]
name = "MODEL"
quality = "draft"
steps = 2
guidance_scale = 1.0
device = "cpu"
[prompts.at]
"0" = "a cat"
[[scene]]
at = "0.4s"
prompt = "a dog"
[[scene]]
at = "0.7s"
prompt = "a bird"
[[motion]]
use = "orbit"
period = "1s"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batches")
    noise = 0.2 * np.random.default_rng(0).standard_normal(22050)
    soundfile.write(folder / "song.wav", noise, 22050)
    sd15(folder / "model")
    (folder / "project.toml").write_text(PROJECT.replace("MODEL", str(folder / "model")))
    return folder


@pytest.fixture(autouse=True)
def one_thread():
    """Two threads of a CPU divide a batch, so the last bits depend on the place of a film in it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def evaluated(monkeypatch):
    """The number of pictures in each evaluation of a UNet."""
    monkeypatch.setattr(presets, "batchable", lambda spec, model: True)
    forward, sizes = UNet2DConditionModel.forward, []

    def counted(self, sample, *arguments, **named):
        sizes.append(len(sample))
        return forward(self, sample, *arguments, **named)

    monkeypatch.setattr(UNet2DConditionModel, "forward", counted)
    return sizes


def checked(folder, target, registry):
    project = read_project(folder / "project.toml", registry)
    render = Render(project, target, registry)
    song = song_of(project.song, registry)
    render.check(song, project, compose(project, song))
    return render


def render(folder, target, registry, jobs, on_progress=lambda *step: None):
    making = checked(folder, target, registry)
    run = in_parts(folder / "project.toml", making, jobs, {}, [])
    if run is None:
        making.run(None, False, on_progress)
    else:
        run(on_progress)
    return target


def stop_at(frame):
    def on_progress(done, total, stage):
        if stage == "painting" and done >= frame:
            raise Stopped(2)

    return on_progress


def test_scenes_share_evaluations_and_a_stopped_film_resumes_to_the_same_bytes(
    folder, tmp_path, registry, evaluated, decode_frames
):
    alone = render(folder, tmp_path / "alone.mp4", registry, 1)
    one_by_one = len(evaluated)
    assert set(evaluated) == {1}
    evaluated.clear()
    steps = []
    film = render(folder, tmp_path / "film.mp4", registry, 3, lambda *s: steps.append(s))
    assert set(evaluated) == {3}
    assert len(evaluated) < one_by_one / 2
    assert (steps[0], steps[-1]) == ((0, 10, "loading"), (10, 10, "joining"))
    painted = decode_frames(film).astype(int)
    # The encoder may choose another block where the last bits differ. Frames differ by 35 levels.
    assert np.abs(painted - decode_frames(alone)).mean() < 0.5
    content = film.read_bytes()
    film.unlink()
    with pytest.raises(Stopped):
        render(folder, film, registry, 3, stop_at(5))
    assert not film.exists()
    assert beside(film, ENDING).is_dir()
    evaluated.clear()
    render(folder, film, registry, 3)
    assert set(evaluated) == {3}
    assert film.read_bytes() == content
    assert {path.name for path in tmp_path.iterdir()} == {"alone.mp4", "film.mp4"}


def test_another_size_of_batch_paints_other_parts(folder, tmp_path, registry, evaluated):
    film = tmp_path / "film.mp4"
    with pytest.raises(Stopped):
        render(folder, film, registry, 2, stop_at(4))
    begun = set(parts_folder(film).iterdir())
    steps = []
    with pytest.raises(Stopped):
        render(folder, film, registry, 3, lambda *step: (steps.append(step), stop_at(4)(*step)))
    assert steps[0] == (0, 10, "loading")
    assert begun < set(parts_folder(film).iterdir())


@pytest.fixture(scope="module")
def album(folder):
    """Two songs of different lengths, and a project without scenes."""
    noise = 0.2 * np.random.default_rng(1).standard_normal(22050)
    for name, length in (("a", 13230), ("b", 22050)):
        soundfile.write(folder / f"{name}.wav", noise[:length], 22050)
    text = (folder / "project.toml").read_text()
    (folder / "still.toml").write_text(text.partition("[[scene]]")[0])
    return folder


@pytest.fixture
def batch(album, evaluated, monkeypatch):
    monkeypatch.setattr(planning, "measure_speeds", lambda films, known: dict(known))

    def run(songs, output, *more):
        files = [str(album / f"{name}.wav") for name in songs]
        options = ["--project", str(album / "still.toml"), "-o", str(output), "--jobs", "2"]
        return CliRunner().invoke(cli, ["batch", *files, *options, *more])

    return run


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.mp4")}


def test_films_share_evaluations_and_do_not_depend_on_each_other(batch, tmp_path, evaluated):
    ran = batch("ab", tmp_path / "both")
    assert ran.exit_code == 0, ran.output
    both = len(evaluated)
    assert set(evaluated) == {2}
    assert batch("b", tmp_path / "one").exit_code == 0
    assert len(evaluated) - both == both  # the shorter film added none
    films = contents(tmp_path / "both")
    assert sorted(films) == ["a-still.mp4", "b-still.mp4"]
    assert contents(tmp_path / "one") == {"b-still.mp4": films["b-still.mp4"]}
    assert "2 films: 2 complete before." in batch("ab", tmp_path / "both").output


def test_stopped_films_resume_to_the_same_bytes(batch, tmp_path, monkeypatch):
    assert batch("ab", tmp_path / "films").exit_code == 0
    films = contents(tmp_path / "films")
    shutil.rmtree(tmp_path / "films")

    @contextlib.contextmanager
    def until_the_third_frame(waiting):
        def show(film, stage):
            if film.done >= 3:
                raise Stopped(2)

        yield show

    with monkeypatch.context() as patch:
        patch.setattr(console, "batch_progress", until_the_third_frame)
        ran = batch("ab", tmp_path / "films")
    assert ran.exit_code == 130
    assert "Stopped. 2 films: 2 stopped. The same command resumes." in ran.output
    assert contents(tmp_path / "films") == {}
    ran = batch("ab", tmp_path / "films")
    assert ran.exit_code == 0, ran.output
    assert contents(tmp_path / "films") == films
    log = (tmp_path / "films/batch-report/a-still.mp4.log").read_text()
    assert "Resuming after frame" in log


def test_a_film_that_fails_does_not_stop_the_other(batch, tmp_path, monkeypatch):
    load = painting.load_painter

    def load_one(making):
        if making.target.name == "a-still.mp4":
            raise EngineError("no such weights")
        return load(making)

    monkeypatch.setattr(painting, "load_painter", load_one)
    ran = batch("ab", tmp_path / "films")
    assert ran.exit_code == 1
    assert "no such weights" in ran.output
    assert "2 films: 1 made, 1 failed." in ran.output
    assert sorted(contents(tmp_path / "films")) == ["b-still.mp4"]

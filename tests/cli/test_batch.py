"""`phosphene batch`: films are made, resumed after Ctrl-C and kill -9, reported, and kept."""

import json
import signal
import subprocess
import sys
import threading
import time

import pytest
from click.testing import CliRunner
from fsspec.implementations.memory import MemoryFileSystem
from small_film import PROJECT, write_noise

from phosphene.batch import work
from phosphene.batch.plan import Figures
from phosphene.batch.work import Outcome
from phosphene.cli import cli
from phosphene.cli.batches import planning
from phosphene.film.film import beside

A_FILM = PROJECT.replace("song.wav", "a.wav")
MAIN = (sys.executable, "-c", "from phosphene.cli import main; main()")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    for number, name in enumerate("ab"):
        write_noise(folder / f"{name}.wav", seed=number)
    (folder / "broken.wav").write_bytes(b"not a sound" * 100)
    (folder / "p.toml").write_text(A_FILM)
    return folder


@pytest.fixture
def quick(monkeypatch):
    """Speeds are not measured, and films are rendered in this process; returns their arguments."""
    monkeypatch.setattr(planning, "measure_speeds", lambda films, known: dict(known))

    alone, begun = threading.Lock(), []

    def run(self, on_progress):
        begun.append(self._arguments)
        with alone:
            result = CliRunner().invoke(cli, [*self._arguments, "--progress", "json"])
        for line in filter(lambda line: line.startswith("{"), result.output.splitlines()):
            said = json.loads(line)
            on_progress(said["done"], said["total"], said["stage"])
        return Outcome("made" if result.exit_code == 0 else "failed", result.output[-300:])

    monkeypatch.setattr(work.Work, "run", run)
    return begun


def batch(*arguments):
    return CliRunner().invoke(cli, ["batch", *map(str, arguments)], env={"COLUMNS": "200"})


def test_a_broken_song_stops_no_other_film(folder, tmp_path, quick):
    songs = [folder / name for name in ("a.wav", "broken.wav", "b.wav")]
    options = ("--project", folder / "p.toml", "-o", tmp_path / "films")
    first = batch(*songs, *options)
    assert first.exit_code == 1
    assert "broken-p.mp4 cannot be made" in first.output
    assert "3 films: 2 made, 1 failed." in first.output
    names = {path.name for path in (tmp_path / "films").iterdir()}
    assert names == {"a-p.mp4", "b-p.mp4", "batch-report"}
    report = json.loads((tmp_path / "films/batch-report/report.json").read_text())
    assert [(line["film"], line["state"]) for line in report["films"]] == [
        ("a-p.mp4", "made"), ("broken-p.mp4", "failed"), ("b-p.mp4", "made"),
    ]  # fmt: skip
    page = (tmp_path / "films/batch-report/report.html").read_text()
    assert page.count("data:image/jpeg;base64,/9j/") == 2
    # The same command makes no film again; another seed is another film, under the same name.
    assert "3 films: 2 complete before, 1 failed." in batch(*songs, *options).output
    again = batch(folder / "a.wav", *options, "--seed", "9", "--plan")
    assert "1 of 1 films to make" in again.output


SCENES = '[[scene]]\nat = "0.3s"\n[[scene]]\nat = "0.6s"\ndissolve = "0.2s"\n'


def test_a_film_in_parts_is_the_same_and_is_copied(folder, tmp_path, quick):
    MemoryFileSystem.store.clear()
    (folder / "scenes.toml").write_text(A_FILM + SCENES)
    told = batch(folder / "scenes.toml", "-o", tmp_path / "one")
    assert told.exit_code == 0, told.output
    told = batch(folder / "scenes.toml", "-o", tmp_path / "two", "--jobs", 2, "--to", "memory://a")
    assert told.exit_code == 0, told.output
    *parts, joined = [words[-1] for words in quick[1:]]
    assert (sorted(parts), joined) == (["--part=0", "--part=1", "--part=2"], "--join")
    film = (tmp_path / "two/scenes.mp4").read_bytes()
    assert film == (tmp_path / "one/scenes.mp4").read_bytes()
    assert MemoryFileSystem().find("/a") == ["/a/scenes.mp4"]
    assert MemoryFileSystem().cat_file("/a/scenes.mp4") == film
    # A film that is complete is copied too; a file of somebody else is not replaced.
    MemoryFileSystem().pipe_file("/b/other.mp4", b"")
    told = batch(folder / "scenes.toml", "-o", tmp_path / "two", "--to", "memory://b")
    assert "1 film: 1 complete before." in told.output
    assert MemoryFileSystem().cat_file("/b/scenes.mp4") == film
    MemoryFileSystem().pipe_file("/b/scenes.mp4", b"a holiday")
    told = batch(folder / "scenes.toml", "-o", tmp_path / "two", "--to", "memory://b")
    assert told.exit_code == 2
    assert "memory://b/scenes.mp4 already exists and was not made by Phosphene" in told.output


@pytest.mark.parametrize("to", ["films", "nowhere://films", "file:///dev/null/films"])
def test_a_url_that_cannot_be_used_is_found_before_any_film(folder, tmp_path, quick, to):
    told = batch(folder / "p.toml", "-o", tmp_path / "films", "--to", to)
    assert told.exit_code == 2
    assert f"--to {to}: " in told.output
    assert list(tmp_path.iterdir()) == []


def test_the_speed_of_some_bars_is_measured(tmp_path, monkeypatch):
    write_noise(tmp_path / "a.wav", 4.0)
    (tmp_path / "p.toml").write_text(A_FILM)

    def run(self, on_progress):
        result = CliRunner().invoke(cli, [*self._arguments, "--progress", "json"])
        assert result.exit_code == 0, result.output
        return Outcome("made", "", 1.0, Figures(0.5, 1.0))

    monkeypatch.setattr(work.Work, "run", run)
    result = batch(tmp_path / "p.toml", "--bars", "1:2", "--plan", "-o", tmp_path / "films")
    assert result.exit_code == 0, result.output


def test_takes_of_a_job_list_begin_with_the_seed_of_the_command_line(folder, tmp_path, quick):
    (folder / "takes.toml").write_text('[[job]]\nprojects = "p.toml"\ntakes = 2\nseed = 1\n')
    result = batch(folder / "takes.toml", "--seed", 7, "-o", tmp_path / "films")
    assert result.exit_code == 0, result.output
    given = [[word for word in words if word.startswith("--seed")] for words in quick]
    assert sorted(given) == [["--seed=1007"], ["--seed=7"]]
    assert sorted(path.name for path in (tmp_path / "films").glob("*.mp4")) == [
        "p-1007.mp4", "p-7.mp4",
    ]  # fmt: skip


def test_a_plan_writes_nothing(folder, tmp_path, quick):
    told = batch(folder / "p.toml", "--takes", 3, "-o", tmp_path / "films", "--plan")
    assert told.exit_code == 0, told.output
    assert "3 of 3 films to make · 36 frames" in told.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('songs = "a.wav"\nsize = "64"', "job[0]: Invalid value for '--size': '64' is not a size"),
        ('songs = "a.wav"\nmodel = "nnoe"', "job[0]: model.name: unknown model 'nnoe'"),
        ('songs = "a.wav"\nprojects = "p.toml"\nidea = "x"', "job[0]: --idea is for songs"),
        ('songs = "a.wav"\noutput = "x"', "job[0].output: unknown key"),
        ('songs = "c.wav"', "c.wav: no such song"),
    ],
)
def test_a_mistake_in_a_job_list_is_found_before_any_film(folder, entry, expected):
    (folder / "jobs.toml").write_text(f"[[job]]\n{entry}\n[[job]]\nsongs = 'b.wav'\n")
    told = batch(folder / "jobs.toml")
    assert told.exit_code == 2
    assert f"{folder / 'jobs.toml'}: " in told.output
    assert expected in told.output
    assert not (folder / "films").exists()


def test_a_job_list_stands_alone(folder):
    (folder / "jobs.toml").write_text('[[job]]\nsongs = "b.wav"\n')
    told = batch(folder / "jobs.toml", folder / "a.wav")
    assert told.exit_code == 2
    assert "is a job list" in told.output


def test_two_batches_do_not_share_a_folder(folder, tmp_path):
    from phosphene.own_files import locked

    with locked(tmp_path / "batch-report"):
        told = batch(folder / "p.toml", "-o", tmp_path)
    assert told.exit_code == 1
    assert "Another batch is working in" in told.output


def test_a_cluster_needs_ray(folder, tmp_path, quick, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    told = batch(folder / "p.toml", "-o", tmp_path, "--on", "ray")
    assert told.exit_code == 2
    assert "--on ray: Ray is not installed" in told.output
    assert "pip install 'phosphene[cluster]'" in told.output


@pytest.mark.parametrize("option", ["--cpus=2", "--gpus=1", "--runtime-env=env.json"])
def test_an_option_of_clusters_needs_a_cluster(folder, tmp_path, option):
    told = batch(folder / "p.toml", "-o", tmp_path / "films", option)
    assert told.exit_code == 2
    assert f"{option.partition('=')[0]} is for films on a cluster. Give --on too." in told.output
    assert not (tmp_path / "films").exists()


def test_a_batch_that_is_killed_and_interrupted_resumes(folder, tmp_path, quick):
    report = tmp_path / "batch-report"
    report.mkdir()
    (report / "made-by-phosphene").touch()
    figures = {"none standard 64x64": {"frame": 0.01, "loading": 1.0}}
    (report / "report.json").write_text(json.dumps({"figures": figures}))  # nothing is measured
    options = ["--set=video.fps=240", "-o", str(tmp_path)]
    command = [*MAIN, "batch", str(folder / "p.toml"), *options]
    sums = beside(tmp_path / "p.mp4", ".resume") / "frames.sums"
    log = report / "p.mp4.log"
    begun_painting = sums.exists, lambda: log.exists() and "Resuming after" in log.read_text()
    for number, ready in zip((signal.SIGKILL, signal.SIGINT), begun_painting, strict=True):
        with subprocess.Popen(command, stderr=subprocess.PIPE) as begun:
            deadline = time.monotonic() + 60
            while not ready() and time.monotonic() < deadline:
                time.sleep(0.005)
            begun.send_signal(number)
            said = begun.stderr.read().decode()
        assert begun.returncode == (130 if number == signal.SIGINT else -number), said
    assert "Stopped. 1 film: 1 stopped. The same command resumes." in said
    ended = batch(folder / "p.toml", *options)
    assert ended.exit_code == 0, ended.output
    assert "1 film: 1 made." in ended.output

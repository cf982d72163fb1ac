"""A film that is painted in parts has the bytes of one that is painted at once."""

import pytest
from click.testing import CliRunner
from small_film import PROJECT, write_noise

from phosphene.cli import cli
from phosphene.composing.compose import compose
from phosphene.errors import FilmError, ProjectError, Stopped
from phosphene.film.parts import PartFile, parts_folder
from phosphene.project.file import read_project
from phosphene.project.listening import song_of
from phosphene.rendering.render import Render
from phosphene.score.parts import parts_of

SCENES = """
[[scene]]
at = "0.3s"
[[scene]]
at = "0.8s"
dissolve = "0.2s"
[[scene]]
at = "1s"
continues = "0.3s"
"""


def quiet(*step):
    pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    write_noise(folder / "song.wav", 27000 / 22050)
    return folder


@pytest.fixture
def checked(folder, tmp_path, registry):
    """Makes renders of the project, after their checks."""

    def make(name, video=""):
        (folder / "project.toml").write_text(
            PROJECT.replace("[model]", f"{video}\n[model]") + SCENES
        )
        project = read_project(folder / "project.toml", registry)
        render = Render(project, tmp_path / name, registry)
        song = song_of(project.song, registry)
        render.check(song, project, compose(project, song))
        return render

    return make


@pytest.mark.parametrize(
    ("name", "video"),
    [
        ("film.mp4", ""),
        ("film.gif", "metadata = false"),
        ("film.mkv", "interpolate = 20\nupscale = 2"),
    ],
)
def test_the_film_of_its_parts_is_the_same_to_the_byte(checked, name, video):
    render = checked(name, video)
    render.run(None, False, quiet)
    alone = render.target.read_bytes()
    render.target.unlink()
    count = len(parts_of(render.score))
    assert count == 3
    for number in reversed(range(count)):
        checked(name, video).paint_part(number, quiet)
    assert not render.target.exists()
    steps = []
    checked(name, video).join_parts(lambda *step: steps.append(step))
    assert render.target.read_bytes() == alone
    assert steps[-1] == (len(render.score), len(render.score), "joining")
    assert [path.name for path in render.target.parent.iterdir()] == [name]


def stop_at(frame):
    def on_progress(done, total, stage):
        if stage == "painting" and done == frame:
            raise Stopped(15)

    return on_progress


def test_a_part_resumes_and_is_not_painted_twice(checked):
    render = checked("film.mp4")
    with pytest.raises(Stopped):
        render.paint_part(1, stop_at(3))
    file = PartFile(render.target, render.fingerprint(render.project, render.score), 1)
    frames = len(parts_of(render.score)[1].rows)
    assert (file.is_complete(), file.done(frames)) == (False, 3)
    steps = []
    checked("film.mp4").paint_part(1, lambda *step: steps.append(step))
    assert steps[0] == (3, frames, "loading")
    assert (file.is_complete(), file.done(frames)) == (True, frames)
    steps.clear()
    checked("film.mp4").paint_part(1, lambda *step: steps.append(step))
    assert steps == []


def test_a_join_that_is_stopped_resumes_and_a_plain_render_ignores_it(checked):
    render = checked("film.mp4")
    render.run(None, False, quiet)
    alone = render.target.read_bytes()
    for number in range(3):
        checked("film.mp4").paint_part(number, quiet)
    with pytest.raises(Stopped):
        checked("film.mp4").join_parts(stop_at(9))
    steps = []
    with pytest.raises(Stopped):
        checked("film.mp4").join_parts(lambda *step: (steps.append(step), stop_at(11)(*step)))
    assert steps[0][0] == 9
    checked("film.mp4").run(None, False, lambda *step: steps.append(step))
    assert (0, len(render.score), "loading") in steps
    assert render.target.read_bytes() == alone
    checked("film.mp4").join_parts(quiet)
    assert render.target.read_bytes() == alone


def test_a_damaged_part_is_painted_again(checked):
    render = checked("film.mp4")
    fingerprint = render.fingerprint(render.project, render.score)
    for number in range(3):
        checked("film.mp4").paint_part(number, quiet)
    file = PartFile(render.target, fingerprint, 1)
    content = bytearray(file.path.read_bytes())
    content[len(content) // 2] ^= 1
    file.path.write_bytes(content)
    with pytest.raises(FilmError, match="was damaged since it was written"):
        checked("film.mp4").join_parts(quiet)
    assert not file.is_complete()
    checked("film.mp4").paint_part(1, quiet)
    checked("film.mp4").join_parts(quiet)


def test_a_part_that_is_a_link_is_refused(checked, tmp_path):
    """As in a folder that came with a downloaded project."""
    render = checked("film.mp4")
    for number in range(3):
        checked("film.mp4").paint_part(number, quiet)
    file = PartFile(render.target, render.fingerprint(render.project, render.score), 1)
    file.path.rename(tmp_path / "private.mp4")
    file.path.symlink_to(tmp_path / "private.mp4")
    with pytest.raises(ProjectError, match="is a link or not a plain file"):
        checked("film.mp4").join_parts(quiet)
    assert not render.target.exists()


def test_a_part_that_is_decoded_is_closed(checked, monkeypatch):
    """Otherwise hundreds of scenes are hundreds of open files."""
    for number in range(3):
        checked("film.mp4").paint_part(number, quiet)
    running, most, decode = set(), [], PartFile.frames

    def frames(file, size):
        running.add(file)
        most.append(len(running))
        try:
            yield from decode(file, size)
        finally:
            running.remove(file)

    monkeypatch.setattr(PartFile, "frames", frames)
    checked("film.mp4").join_parts(quiet)
    assert most == [1, 1, 2]  # the second part comes back after the third


def test_parts_of_other_settings_stay(checked):
    checked("film.mp4").paint_part(0, quiet)
    other = checked("film.mp4", "crf = 30")
    kept = set(parts_folder(other.target).iterdir())
    for number in range(3):
        checked("film.mp4", "crf = 30").paint_part(number, quiet)
    other.join_parts(quiet)
    assert kept <= set(parts_folder(other.target).iterdir())


def test_parts_are_listed_and_removed(checked):
    render = checked("film.mp4")
    checked("film.mp4").paint_part(0, quiet)
    with pytest.raises(Stopped):
        checked("film.mp4").paint_part(1, stop_at(2))
    for place in (render.target, render.target.parent):
        lines = CliRunner().invoke(cli, ["resume", "list", str(place)]).output.splitlines()
        assert len(lines) == 2
        assert lines[0].startswith("part-001-")
        assert ": 2 frames" in lines[0]
        assert lines[1].startswith("film.mp4: 1 parts")
    cleaned = CliRunner().invoke(cli, ["resume", "clean", str(render.target)])
    assert cleaned.exit_code == 0, cleaned.output
    assert list(render.target.parent.iterdir()) == []


def test_a_film_without_such_a_part(checked):
    with pytest.raises(ProjectError, match="the film has 3 parts"):
        checked("film.mp4").paint_part(3, quiet)


def test_a_part_that_is_missing(checked):
    with pytest.raises(FilmError, match="is missing"):
        checked("film.mp4").join_parts(quiet)

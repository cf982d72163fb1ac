"""Job lists: songs x projects x takes, and every mistake by its entry."""

from pathlib import Path

import pytest

from phosphene.batch.jobs import Entry, jobs_of, read_job_list, songs_in
from phosphene.errors import ProjectError

OPTIONS = ("model", "size", "seed", "set", "strict")


@pytest.fixture
def folder(tmp_path):
    for name in ("a.mp3", "b.mp3", "c.txt"):
        (tmp_path / name).write_bytes(b"sound")
    for name in ("p.toml", "q.toml"):
        (tmp_path / name).write_text('[song]\nfile = "a.mp3"\n[model]\nseed = 7\n')
    return tmp_path


def jobs(folder, text):
    (folder / "jobs.toml").write_text(text)
    return jobs_of(read_job_list(folder / "jobs.toml", OPTIONS)[0], folder)


def test_every_song_with_every_project_and_seed(folder):
    made = jobs(folder, '[[job]]\nsongs="*.mp3"\nprojects=["p.toml","q.toml"]\nseeds=[1,2]')
    assert [job.name for job in made] == [
        f"{song}-{project}-{seed}.mp4" for project in "pq" for song in "ab" for seed in (1, 2)
    ]
    assert {job.input for job in made} == {folder / "p.toml", folder / "q.toml"}
    assert made[0].arguments() == ["--seed=1", f'--set=song.file="{folder / "a.mp3"}"']


def test_takes_begin_with_the_seed_of_the_project(folder):
    (first, second) = jobs(folder, '[[job]]\nprojects="p.toml"\ntakes=2\nformat="webm"')
    assert first.name == "p-7.webm"
    assert first.options["seed"] == 7
    assert second.options["seed"] == 1007


def test_options_are_those_of_render(folder):
    (made,) = jobs(
        folder,
        '[[job]]\nsongs="a.mp3"\nname="x {song}"\nsize="64x64"\nstrict=true\nset=["a=1","b=2"]',
    )
    assert made.name == "x a.mp4"
    assert made.arguments() == ["--size=64x64", "--strict", "--set=a=1", "--set=b=2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# nothing", "jobs.toml: job: expected tables"),
        ("job=3", "jobs.toml: job: expected tables"),
        ('outptu="x"\n[[job]]\nsongs="a.mp3"', "outptu: unknown key. Did you mean 'output'?"),
        ('output=3\n[[job]]\nsongs="a.mp3"', "output: got 3: expected the name of a folder"),
        ('[[job]]\nsongs="a.mp3"\n[[job]]\nsnogs="a.mp3"', "job[1].snogs: unknown key. Did you mean 'songs'?"),
        ('[[job]]\nsongs="a.mp3"\ntakes=0', "job[0].takes: got 0"),
        ('[[job]]\nsongs="a.mp3"\nseeds=[-1]', "job[0].seeds[0]: got -1"),
        ('[[job]]\nsongs="a.mp3"\nformat="avi"', "job[0].format: got 'avi'"),
        ('[[job]]\nsongs="a.mp3"\nmodel={a=1}', "job[0].model: got {'a': 1}: expected text"),
        ('[[job]]\nsongs="a.mp3"\ntakes=2\nseeds=[1]', "job[0]: seeds are given in two ways"),
        ('[[job]]\nmodel="none"', "job[0]: it has neither songs nor projects"),
        ('[[job]]\nsongs="x.mp3"', "x.mp3: no such song"),
        ('[[job]]\nsongs="*.wav"', "no song is named *.wav"),
        ('[[job]]\nsongs="a.mp3"\nname="../x"', "expected the name of a file"),
        ('[[job]]\nsongs="*.mp3"\nname="x"', "the film x.mp4 of"),
        ('[[job]]\nsongs="a.mp3"\n[[job]]\nsongs="a.mp3"', "jobs.toml: job[0]. Give one of them another `name`"),
    ],
)  # fmt: skip
def test_mistakes_name_their_entry(folder, text, expected):
    with pytest.raises(ProjectError) as error:
        jobs(folder, text)
    assert expected in str(error.value)
    assert "jobs.toml" in str(error.value)


def test_every_mistake_is_named_at_once(folder):
    with pytest.raises(ProjectError) as error:
        jobs(folder, '[[job]]\nsongs="x.mp3"\n[[job]]\nprojects="y.toml"')
    assert "job[0]" in str(error.value)
    assert "job[1]" in str(error.value)


def test_signs_that_files_cannot_have_are_replaced(tmp_path):
    song = tmp_path / "a: b?.mp3"
    song.write_bytes(b"sound")
    (made,) = jobs_of([("here", Entry(songs=song))], tmp_path)
    assert made.name == "a_ b_.mp4"


def test_the_name_of_the_folder_of_a_job_list_is_no_pattern(tmp_path):
    album = tmp_path / "Album [2024]"
    album.mkdir()
    (album / "a.mp3").write_bytes(b"sound")
    assert [job.name for job in jobs(album, '[[job]]\nsongs="*.mp3"')] == ["a.mp4"]


def test_hidden_files_and_folders_are_no_songs(folder):
    (folder / "._a.mp3").write_bytes(b"attributes")
    (folder / "live.mp3").mkdir()
    assert [path.name for path in songs_in(folder)] == ["a.mp3", "b.mp3"]
    assert [job.name for job in jobs(folder, '[[job]]\nsongs="*.mp3"')] == ["a.mp4", "b.mp4"]


def test_a_folder_of_songs(folder):
    assert songs_in(folder) == (folder / "a.mp3", folder / "b.mp3")
    with pytest.raises(ProjectError, match="contains no songs"):
        songs_in(Path(__file__).parent)

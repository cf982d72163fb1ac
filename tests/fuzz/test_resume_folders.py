"""A resume folder that was damaged or prepared: an orderly end, and nothing outside it changes."""

import json
import os
import shutil
from pathlib import Path

import pytest
from hostile import fuzzed, survives
from hypothesis import given
from hypothesis import strategies as st
from small_film import PROJECT, write_noise

from phosphene.cli.inputs import projects
from phosphene.film import film
from phosphene.rendering import filming
from phosphene.testing import synthetic_song

FRAMES = 12
NAMES = [
    "lock", "made-by-phosphene", "render.json", "reserve", "picture.safetensors",
    "border-0000003.safetensors", "border-0000007.safetensors", "segments.txt", "segments.json",
    "frames.sums", "segment-00000.mp4", "segment-00001.mp4", "segment-00001.rgb",
    "segment-00002.short.mp4", "segment-00002.rgb", "joined.mp4", "reserve.new",
    "aside-0123456789ab", "notes.txt",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["made of", "asked", "seed", "settings", "x"]), inner)
    ),
)
DAMAGE = st.one_of(
    st.tuples(st.just("bytes"), st.binary(max_size=300)),
    st.tuples(st.just("json"), JSON),
    st.tuples(st.just("cut"), st.floats(0, 1)),
    st.tuples(st.just("flip"), st.floats(0, 1)),
    st.tuples(st.just("swap"), st.sampled_from(NAMES)),
    st.tuples(st.sampled_from(["link", "folder link", "hard link", "fifo", "folder", "gone",
                               "deep", "loop"]), st.none()),
)  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A project, the resume folder of a film that was kept, and the film."""
    folder = tmp_path_factory.mktemp("fuzz")
    write_noise(folder / "song.wav")
    (folder / "p.toml").write_text(PROJECT.replace("64", "32"))
    song = synthetic_song(FRAMES / 12)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projects, "listen_to", lambda *_: song)
        patch.setattr("phosphene.rendering.render.preflight", lambda *_: None)
        patch.setattr(film, "SEGMENT", 1 / 3)
        patch.setattr(filming, "CHECKPOINT_SECONDS", -1.0)
        command = ["render", str(folder / "p.toml"), "-o", str(folder / "film.mp4")]
        assert survives([*command, "--keep"]).exit_code == 0
        shutil.copytree(folder / ".film.mp4.resume", folder / "state")
        yield folder, command, (folder / "film.mp4").read_bytes()


def harm(path: Path, how: str, value: object, outside: Path) -> None:
    content = path.read_bytes() if path.is_file() else b"\0" * 40
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    place = int(value * (len(content) - 1)) if isinstance(value, float) else 0
    if how == "bytes":
        path.write_bytes(value)
    elif how == "json":
        path.write_text(json.dumps(value))
    elif how == "deep":
        path.write_text('{"made of":' * 100_000)
    elif how == "cut":
        path.write_bytes(content[:place])
    elif how == "flip":
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif how == "swap" and path.with_name(value).is_file():
        shutil.copyfile(path.with_name(value), path)
    elif how == "link":
        path.symlink_to(outside / "song.flac")
    elif how == "folder link":
        path.symlink_to(outside)
    elif how == "hard link":
        os.link(outside / "song.flac", path)
    elif how == "fifo":
        os.mkfifo(path)
    elif how == "folder":
        path.mkdir()
        (path / "song.flac").write_text("mine")
    elif how == "loop":
        path.symlink_to(path)


@fuzzed(10, 1000)
@given(st.lists(st.tuples(st.sampled_from(NAMES), DAMAGE), min_size=1, max_size=3), st.booleans())
def test_a_tampered_folder(prepared, harms, changed):
    folder, command, right = prepared
    state, outside = folder / ".film.mp4.resume", folder / "outside"
    for path in (state, outside):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(folder / "state", state)
    outside.mkdir()
    (outside / "song.flac").write_text("mine")
    for name, (how, value) in harms:
        harm(state / name, how, value, outside)
    foreign = [path for path in state.rglob("song.flac") if not path.is_symlink()]
    if changed:
        survives([*command, "--seed", "7"])
    told = survives(command)
    if told.exit_code == 0:
        assert (folder / "film.mp4").read_bytes() == right
    else:
        assert told.exit_code == 2
        assert ".film.mp4.resume" in told.stderr
    assert [path.name for path in outside.iterdir()] == ["song.flac"]
    assert (outside / "song.flac").read_text() == "mine"
    assert all(path.exists() for path in foreign)
    survives(["resume", "list", str(folder)])
    survives(["resume", "clean", str(folder)])
    assert (outside / "song.flac").read_text() == "mine"

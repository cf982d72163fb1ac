"""The cache: the same Song again for the same content, and never a damaged one."""

import importlib
import multiprocessing
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phosphene.song import Feature, Song, listen
from phosphene.song.beats.trackers import LIBROSA, TrackerSpec
from phosphene.song.store import cache
from phosphene.song.store.cache import Cache, Shelf, user_cache
from phosphene.song.store.code import analysis_code, code_of
from phosphene.testing import synthetic_song

Write = Callable[..., Path]


@pytest.fixture
def path(hits: Callable[..., np.ndarray], write: Write) -> Path:
    return write(hits(np.arange(0.5, 5.9, 0.5), 6.0))


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "songs")


def stages(path: Path, kept: Cache, tracker: TrackerSpec = LIBROSA) -> tuple[Song, list[str]]:
    """The song, and the stages of its analysis."""
    reported: dict[str, float] = {}
    song = listen(path, lambda stage, share: reported.update({stage: share}), tracker, kept)
    return song, list(reported)


def same(one: Song, other: Song) -> bool:
    arrays = ("samples", "beats", "downbeats", "onsets", "onset_strengths")
    numbers = ("sample_rate", "duration", "tempo", "metre", "confidence", "sections")
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
        and all(getattr(one, name) == getattr(other, name) for name in numbers)
        and one.features.keys() == other.features.keys()
        and all(same_feature(one.features[n], other.features[n]) for n in one.features)
    )


def same_feature(one: Feature, other: Feature) -> bool:
    return (one.hop, one.kind) == (other.hop, other.kind) and np.array_equal(
        one.values, other.values
    )


def test_the_second_analysis_is_read_from_the_cache(path: Path, kept: Cache) -> None:
    first, worked = stages(path, kept)
    again, found = stages(path, kept)
    assert "beats" in worked
    assert found == ["cache"]
    assert same(first, again)
    assert (first.shelf.from_cache, again.shelf.from_cache) == (False, True)


def test_the_key_is_the_content_not_the_name(path: Path, kept: Cache) -> None:
    stages(path, kept)
    other = path.with_name("other.wav")
    other.write_bytes(path.read_bytes())
    song, found = stages(other, kept)
    assert found == ["cache"]
    assert song.path == other
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    other.write_bytes(data)
    assert stages(other, kept)[1] != ["cache"]


def test_another_tracker_or_other_code_is_analysed_again(
    path: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages(path, kept)
    assert stages(path, kept, replace(LIBROSA, name="other"))[1] != ["cache"]
    monkeypatch.setattr(cache, "analysis_code", lambda: "another version")
    assert stages(path, kept)[1] != ["cache"]


def test_the_code_of_a_tracker_is_its_package(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "tracks_alone.py").write_text("def track(sound): ...")
    monkeypatch.syspath_prepend(tmp_path)
    import tracks_alone

    before = code_of(tracks_alone.track)
    assert before.startswith("tracks_alone ")
    (tmp_path / "tracks_alone.py").write_text("def track(sound): return None")
    assert code_of(tracks_alone.track) != before
    assert "librosa" in analysis_code()


PACKAGE = """
import functools, types
def other(function): return lambda *given: function(*given)
def plain(given): return 1
class Called:
    def __init__(self, *wrapping): self.wrapping = wrapping
    def __call__(self, given): return 1
    def method(self, given): return 1
class Late(Called): ...
"""
HOLDERS = {
    "function": "plain",
    "partial": "functools.partial(plain, 3)",
    "partial of a partial": "functools.partial(functools.partial(plain))",
    "partial of another, bound": "functools.partial(map, plain)",
    "partial with a keyword": "functools.partial(sorted, key=plain)",
    "decorated": "functools.wraps(plain)(lambda given: plain(given))",
    "cached": "functools.lru_cache(plain)",
    "dispatched": "functools.singledispatch(plain)",
    "method": "Called().method",
    "instance": "Called()",
    "class": "Called",
    "partial of an instance": "functools.partial(Called())",
}


@pytest.fixture
def wrapping(tmp_path: Path, monkeypatch):
    """A package whose callables are examined; ``wrapping(expression, name="inside.deep")``."""
    folder = tmp_path / "inside"
    (folder / "sub").mkdir(parents=True)
    for name in ("__init__.py", "sub/__init__.py", "sub/deep.py", "other.py"):
        (folder / name).write_text(PACKAGE)
    (folder / "table.json").write_text("[1]")
    (tmp_path / "alone.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)

    def wrapping(expression: str, name: str = "inside.sub.deep"):
        module = importlib.import_module(name)
        return eval(expression, vars(module))

    yield wrapping
    for name in [name for name in sys.modules if name.partition(".")[0] in ("inside", "alone")]:
        del sys.modules[name]


@pytest.mark.parametrize("holder", HOLDERS)
def test_code_of_looks_through_wrappers(tmp_path: Path, wrapping, holder: str) -> None:
    function = wrapping(HOLDERS[holder])
    before = code_of(function)
    assert code_of(function) == before
    for file in (
        "inside/sub/deep.py",
        "inside/other.py",
        "inside/__init__.py",
        "inside/table.json",
    ):
        (tmp_path / file).write_text("changed = 1")
        after = code_of(function)
        assert after != before, file
        before = after
    (tmp_path / "alone.py").write_text("changed = 1")  # beside the package: not of it
    assert code_of(function) == before


def test_code_that_is_compiled_when_it_first_runs_does_not_count(tmp_path: Path, wrapping) -> None:
    function = wrapping("plain")
    before = code_of(function)
    compiled = tmp_path / "inside" / "sub" / "__pycache__"
    compiled.mkdir(exist_ok=True)
    for name in ("deep.work-7.py311.nbi", "deep.work-7.py311.1.nbc", "deep.pyc.139863"):
        (compiled / name).write_bytes(b"numba, and a file that Python has not renamed yet")
    assert code_of(function) == before


@pytest.mark.parametrize("holder", ["other(plain)", "Called(plain)", "Called([{1: plain}])"])
def test_code_of_includes_callables_inside_foreign_wrappers(tmp_path, wrapping, holder) -> None:
    plain = wrapping("plain", "alone")
    wrapper = wrapping(f"lambda plain: {holder}", "inside.other")(plain)
    before = code_of(wrapper)
    assert {"inside", "alone"} == {part.split()[0] for part in before.split(", ")}
    (tmp_path / "alone.py").write_text("changed = 1")
    assert code_of(wrapper) != before


def test_kept_features_are_computed_again_after_a_change_of_their_code(tmp_path, wrapping) -> None:
    level = Feature(np.zeros(3), 0.1, "level")
    code = "def work():\n    calls.append(1)\n    return {'x': level}\n"
    (tmp_path / "alone.py").write_text(code)
    work, calls = wrapping("work", "alone"), []
    work.__globals__.update(calls=calls, level=level)

    def hear() -> None:
        replace(synthetic_song(2.0), shelf=Shelf(tmp_path, "code")).kept("x", work)

    hear()
    hear()
    assert len(calls) == 1
    (tmp_path / "alone.py").write_text(code + "\n# changed")
    hear()
    assert len(calls) == 2


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "overwrite", "folder", "pipe", "link"])
def test_a_damaged_entry_is_computed_again(path: Path, kept: Cache, harm: str) -> None:
    first, _ = stages(path, kept)
    files = sorted(file for file in kept.folder.rglob("*") if file.is_file())
    assert {file.suffix for file in files} == {".npz", ".npy", ".crc32"}
    for file in files:
        content = file.read_bytes()
        middle = len(content) // 2
        if harm == "folder":
            file.unlink()
            file.mkdir()
        elif harm == "pipe":
            file.unlink()
            os.mkfifo(file)
        elif harm == "link":
            file.unlink()
            file.symlink_to("/dev/zero")
        else:
            flipped = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
            harmed = {
                "cut": content[:middle],
                "flip": flipped,
                "empty": b"",
                "overwrite": b"x" * 999,
            }
            file.write_bytes(harmed[harm])
        again, worked = stages(path, kept)
        assert "beats" in worked, file.name
        assert same(first, again)
        assert stages(path, kept)[1] == ["cache"]


def test_every_flipped_byte_of_a_file_is_detected(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "code")
    shelf.write("numbers", {"a": np.arange(20.0)})
    (file,) = tmp_path.glob("*.npz")
    content = file.read_bytes()
    for place in range(len(content)):
        file.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
        read = shelf.read("numbers")
        assert read is None or "a" not in read or np.array_equal(read["a"], np.arange(20.0)), place


def test_pickles_are_not_read(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("x", {"a": np.zeros(3)})
    (file,) = tmp_path.glob("*.npz")
    np.savez(file, a=np.array([{"evil": 1}], dtype=object))
    assert shelf.read("x") is None


def hear_there(path: Path, folder: Path, ready: object) -> None:
    ready.wait()  # type: ignore[attr-defined]
    listen(path, tracker=LIBROSA, cache=Cache(folder))


def test_two_processes_at_once(path: Path, kept: Cache) -> None:
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(2)
    both = [context.Process(target=hear_there, args=(path, kept.folder, ready)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
        assert process.exitcode == 0
    assert [file.name for file in kept.folder.rglob("*.part")] == []
    song, found = stages(path, kept)
    assert found == ["cache"]
    assert same(song, listen(path, tracker=LIBROSA))


def test_an_unwritable_cache_does_not_prevent_the_analysis(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, where the folder would be")
    kept = Cache(tmp_path / "file" / "songs")
    for _ in range(2):
        song, worked = stages(path, kept)
        assert "beats" in worked
        assert len(song.beats)


def entry(kept: Cache, digit: str, size: int, used: float) -> Path:
    folder = kept.folder / (32 * digit)
    folder.mkdir(parents=True)
    (folder / f"{32 * digit}.npz").write_bytes(bytes(size))
    os.utime(folder, (used, used))
    return folder


def test_the_least_recently_used_is_removed_first(tmp_path: Path) -> None:
    kept = Cache(tmp_path, limit=250)
    old, middle, new = (entry(kept, name, 100, used) for used, name in enumerate("abc"))
    kept.trim(new)
    assert [folder.exists() for folder in (old, middle, new)] == [False, True, True]
    Cache(tmp_path, limit=0).trim(middle)
    assert [folder.exists() for folder in (middle, new)] == [True, False]


def test_only_files_that_phosphene_wrote_are_removed(tmp_path: Path) -> None:
    kept = Cache(tmp_path / "songs", limit=0)
    album = kept.folder / "album"
    album.mkdir(parents=True)
    (album / "01.flac").write_bytes(bytes(500))
    linked = tmp_path / "elsewhere"
    linked.mkdir()
    (linked / f"{32 * 'a'}.npz").write_bytes(bytes(500))
    (kept.folder / (32 * "b")).symlink_to(linked)
    ours, mixed = entry(kept, "c", 100, 1), entry(kept, "d", 100, 2)
    (mixed / "notes.txt").write_text("mine")
    kept.trim(tmp_path)
    assert (album / "01.flac").exists()
    assert list(linked.iterdir())
    assert not ours.exists()
    assert [file.name for file in mixed.iterdir()] == ["notes.txt"]


def test_a_folder_in_place_of_an_entry_is_kept(path: Path, kept: Cache) -> None:
    stages(path, kept)
    files = sorted(kept.folder.rglob("*.np*"))
    for file in files:
        file.unlink()
        file.mkdir()
        (file / "notes.txt").write_text("mine")
    assert "beats" in stages(path, kept)[1]
    assert all((file / "notes.txt").read_text() == "mine" for file in files)


def test_a_song_that_is_used_counts_as_new(path: Path, kept: Cache) -> None:
    stages(path, kept)
    (folder,) = kept.folder.iterdir()
    os.utime(folder, (0, 0))
    stages(path, kept)
    assert folder.stat().st_mtime > 1e9


def test_features_are_computed_once_and_read_again(path: Path, kept: Cache) -> None:
    calls = []

    def work() -> dict[str, Feature]:
        calls.append(1)
        return {"wind": Feature(np.arange(5.0), 0.1, "envelope")}

    for _ in range(2):
        song, _ = stages(path, kept)
        for _ in range(2):
            kept_feature = song.kept("gale 1.0", work)["wind"]
            assert same_feature(kept_feature, Feature(np.arange(5.0), 0.1, "envelope"))
    assert len(calls) == 1
    song.kept("gale 1.1", work)
    assert len(calls) == 2


def test_kept_features_can_have_any_name(tmp_path: Path) -> None:
    names = ["drums.kick", "values", "a.values", "über"]
    features = {name: Feature(np.arange(5.0), 0.1, "level") for name in names}
    for _ in range(2):
        song = replace(synthetic_song(2.0), shelf=Shelf(tmp_path, "code"))
        assert sorted(song.kept("x", lambda: features)) == sorted(names)


def test_two_packages_can_keep_features_under_one_name() -> None:
    def work_of(package: str) -> Callable[[], dict[str, Feature]]:
        def work() -> dict[str, Feature]:
            return {package: Feature(np.arange(5.0), 0.1, "level")}

        work.__module__ = f"{package}.features"
        return work

    song = synthetic_song(2.0)
    for package in ("gale", "storm"):
        assert list(song.kept("wind", work_of(package))) == [package]


def test_a_registered_feature_is_computed_once(path: Path) -> None:
    calls = []

    def wind(song: Song) -> Feature:
        calls.append(song)
        return song.features["rms"]

    song = replace(listen(path, tracker=LIBROSA), extra={"wind": wind})
    assert song.feature("wind") is song.feature("wind")
    assert len(calls) == 1


def test_the_environment_variable_sets_the_users_cache(own_cache: Path) -> None:
    assert user_cache().folder == own_cache / "songs"


def test_stored_arrays_are_computed_once_for_all_shelves_of_a_folder(tmp_path):
    calls = []

    def work():
        calls.append(1)
        return {"values": np.arange(3.0)}

    for shelf in (Shelf(tmp_path), Shelf(tmp_path)):
        np.testing.assert_array_equal(shelf.stored("name", work)["values"], [0.0, 1.0, 2.0])
    assert len(calls) == 1
    Shelf(tmp_path, "other code").stored("name", work)
    Shelf().stored("name", work)
    assert len(calls) == 3

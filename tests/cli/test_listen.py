"""`phosphene listen`, as a user types it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from PIL import Image

from phosphene.cli import cli


def run(*arguments):
    return CliRunner().invoke(
        cli, ["listen", *map(str, arguments)], env={"COLUMNS": "160"}, catch_exceptions=False
    )


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp("listen") / "song.wav"
    sound = np.zeros(44100 * 8)
    for beat in np.arange(0.0, 8.0, 0.5):
        sound[round(beat * 44100) : round(beat * 44100) + 800] = np.sin(np.arange(800) * 0.2)
    soundfile.write(path, 0.5 * sound, 44100)
    return path


def project(song, entries):
    path = song.with_name("project.toml")
    path.write_text(f'[song]\nfile = "song.wav"\ntracker = "librosa"\n{entries}\n')
    return path


def heard(song, entries):
    path = song.with_name("heard.json")
    result = run(project(song, entries), "--json", path)
    assert result.exit_code == 0, result.output
    return json.loads(path.read_text())


def test_it_prints_the_analysis_and_its_source(song):
    words = ("0:08 (8.000 s)", "120.0 BPM", "16 in 4 bars of 4", "onsets", "LUFS")
    first = run(song, "--tracker", "librosa")
    again = run(song, "--tracker", "librosa")
    for result in (first, again):
        assert result.exit_code == 0
        assert all(word in result.stdout for word in words)
    assert "found in the cache in" in again.stdout


def test_a_song_in_the_cache_needs_no_librosa(song):
    run(song, "--tracker", "librosa")
    code = (
        "import sys; from phosphene.cli import cli\n"
        f"try: cli(['listen', {str(song)!r}, '--tracker', 'librosa'])\nexcept SystemExit: pass\n"
        "print({'librosa', 'numba', 'torch', 'scipy.signal'} & set(sys.modules))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "found in the cache" in printed.stdout
    assert printed.stdout.strip().endswith("set()")


@pytest.mark.parametrize(
    ("entries", "beats", "downbeats"),
    [
        ("", np.arange(16) / 2, np.arange(4) * 2.0),
        ("downbeat = 2", np.arange(16) / 2, 0.5 + np.arange(4) * 2.0),
        ("metre = 3", np.arange(16) / 2, np.arange(6) * 1.5),
        ('tempo = "half"', np.arange(8) * 1.0, [0.0, 4.0]),
        ("offset = 0.1", np.arange(16) / 2 + 0.1, np.arange(4) * 2 + 0.1),
        ("bpm = 240", np.arange(31) / 4, np.arange(8)),
    ],
)
def test_a_project_corrects_the_analysis(song, entries, beats, downbeats):
    printed = heard(song, entries)
    np.testing.assert_allclose(printed["beats"], beats, atol=0.005)
    np.testing.assert_allclose(printed["downbeats"], downbeats, atol=0.005)


def test_a_file_with_beats_lies_beside_the_project(song):
    song.with_name("taps.beats").write_text("1 1\n2 2\n3 1\n")
    printed = heard(song, 'beats = "taps.beats"')
    assert printed["beats"] == [1, 2, 3]
    assert printed["downbeats"] == [1, 3]
    song.with_name("taps.beats").write_text("1 1\ntwo\n")
    result = run(project(song, 'beats = "taps.beats"'))
    assert result.exit_code == 2
    assert "taps.beats, line 2: got 'two'" in result.stderr


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ('tempo = "haf"', "song.tempo: got 'haf'"),
        ("downbeat = 99", "song.downbeat: got 99, but the song has 16 beats"),
        ("bmp = 120", "song.bmp: unknown key. Did you mean 'bpm'?"),
        ('bpm = 120\ntempo = "half"', "expected `bpm` or `tempo`, not both"),
        ("offset = nan", "song.offset"),
    ],
)
def test_mistakes_are_named_by_their_entry(song, entries, message):
    result = run(project(song, entries))
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_unknown_tracker_names_the_nearest(song):
    result = run(song, "--tracker", "librasa")
    assert result.exit_code == 2
    assert "song.tracker: unknown tracker 'librasa'. Did you mean 'librosa'?" in result.stderr


def test_clicks_lie_on_the_corrected_beats(song, tmp_path):
    target = tmp_path / "new" / "clicks.wav"
    result = run(project(song, "offset = 0.25"), "--clicks", target)
    assert result.exit_code == 0, result.output
    sound, rate = soundfile.read(target)
    original, _ = soundfile.read(song)
    clicks = np.abs(sound - original)  # at half of full scale it need not be turned down
    loud = np.flatnonzero(clicks > 0.3)
    begins = loud[np.diff(loud, prepend=-rate) > rate // 10] / rate
    np.testing.assert_allclose(begins, np.arange(16) / 2 + 0.25, atol=0.002)


def test_a_plot_is_1600_px_wide(song, tmp_path):
    assert run(song, "--plot", tmp_path / "heard.png").exit_code == 0
    picture = Image.open(tmp_path / "heard.png")
    assert picture.width == 1600
    colours = np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)
    assert len(colours) > 50


def test_file_types_are_checked_before_the_analysis(tmp_path):
    missing = tmp_path / "missing.wav"
    result = run(missing, "--plot", "x.jpg")
    assert result.exit_code == 2
    assert ".png, .svg" in result.stderr
    result = run(missing, "--clicks", "x.mp3")
    assert result.exit_code == 2
    assert ".wav, .flac" in result.stderr


def test_silence_is_no_song_with_a_key(tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(22050), 22050)
    result = run(
        tmp_path / "silence.wav", "--json", tmp_path / "h.json", "--plot", tmp_path / "h.svg"
    )
    assert result.exit_code == 0
    assert "no beats found" in result.stdout
    assert "key" not in result.stdout
    printed = json.loads((tmp_path / "h.json").read_text())
    assert (printed["key"], printed["loudness"], printed["beats"]) == ("", None, [])


def test_the_cache_is_no_condition(song, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PHOSPHENE_CACHE", str(tmp_path / "file"))
    result = run(song, "--tracker", "librosa")
    assert result.exit_code == 0
    assert "analysed in" in result.stdout


def test_the_same_song_under_another_name_is_found(song, tmp_path):
    run(song, "--tracker", "librosa")
    copy = Path(shutil.copy(song, tmp_path / "copy.wav"))
    result = run(copy, "--tracker", "librosa")
    assert "copy.wav" in result.stdout
    assert "found in the cache" in result.stdout

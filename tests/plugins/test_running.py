"""Plugins that exit, interrupt, change the folder or start threads in Phosphene's process."""

import os
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from plugin_packages import write_package

from phosphene.cli import cli

ENGINE = """
import asyncio, errno, os, sys, threading
import click
import torch
from os import _exit
from phosphene import EngineError, EngineSpec, ProjectError

class Odd:
    device = torch.device("cpu")
    def first(self, row):
        return torch.full((1, 3, 64, 64), 0.5)
    def img2img(self, picture, row):
        {body}
        return picture

class Stop(KeyboardInterrupt): ...
class Own(BaseException): ...

@hookimpl
def register_engines(register):
    register(EngineSpec("odd", "", lambda model, score: Odd(), diffuses=False))
"""
CURVES = """
import os, sys, threading
from phosphene import Feature, ProjectError

class Odd(Modulator):
    name: ClassVar = "odd"
    def curves(self, song, timeline):
        {body}
        return {{"rotation": np.ones(timeline.n_frames)}}

@hookimpl
def register_modulators(register):
    register(Odd)
"""
SMALL = ("--size", "64x64", "--fps", "4", "-o", "film.mp4")
RENDER = ("render", "p.toml", "--model", "odd", *SMALL)
COMPOSE = ("compose", "p.toml", "-o", "score.csv")


@pytest.fixture(autouse=True)
def tried(monkeypatch):
    """Skip the trial in a separate process, which takes a second and is tested elsewhere."""
    from phosphene.plugins import loading
    from phosphene.plugins.trial import Record

    monkeypatch.setattr(loading, "record_of", lambda plugin: Record("", "", "", ""))


@pytest.fixture
def run(package, tmp_path, monkeypatch):
    """Install a plugin, and run a command."""
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", 0.1 * np.random.default_rng(0).standard_normal(22050), 22050)
    (tmp_path / "p.toml").write_text('[song]\nfile = "song.wav"\n')

    def phosphene(code, body, *words):
        package("odd", code.format(body=body), version="0.7.1")
        if code is CURVES:
            with (tmp_path / "p.toml").open("a") as file:
                file.write('[[motion]]\nuse = "odd"\n')
        return CliRunner().invoke(cli, words, env={"COLUMNS": "400"})

    return phosphene


ENDINGS = [
    ("sys.exit(0)", 3, "failed: SystemExit: 0"),
    ("os._exit(0)", 3, "called os._exit(0)"),
    ("_exit(3)", 3, "called os._exit(3)"),
    ("raise MemoryError", 3, "failed: MemoryError"),
    ("raise KeyboardInterrupt", 3, "failed: KeyboardInterrupt"),
    ("raise Stop", 3, "failed: Stop"),
    ("raise Own('no')", 3, "failed: Own: no"),
    ("raise GeneratorExit", 3, "failed: GeneratorExit"),
    ("raise asyncio.CancelledError", 3, "failed: CancelledError"),
    ("raise click.Abort", 3, "failed: Abort"),
    ("raise click.exceptions.Exit(0)", 3, "failed: Exit: 0"),
    ("raise OSError(errno.EPIPE, 'gone')", 1, "cannot be read or written: gone"),
    ("1 / 0", 3, "failed: ZeroDivisionError: division by zero"),
    ("raise ProjectError('choose less')", 2, ": choose less"),
    ("raise EngineError('no weights', 'Download them.')", 2, ": no weights"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "message"), ENDINGS, ids=[body for body, _, _ in ENDINGS])
def test_an_engine_that_ends_the_render_is_named(run, site, body, code, message):
    result = run(ENGINE, body, *RENDER)
    assert result.exit_code == code, result.output
    assert "bug in Phosphene" not in result.stderr
    source = f"phosphene-odd 0.7.1 ({site / 'phosphene_odd.py'})"
    assert f"Error: {source}" in result.stderr
    assert message in result.stderr
    assert not Path("film.mp4").exists()


@pytest.mark.parametrize("body", [body for body, _, _ in ENDINGS if "click" not in body][:8])
def test_curves_that_end_the_process_are_named(run, body):
    body = body.replace("_exit(3)", "os._exit(3)").replace("os.os.", "os.")
    body = body.replace("Stop", "type('Stop', (KeyboardInterrupt,), {{}})").replace(
        "Own(", "Exception("
    )
    result = run(CURVES, body, *COMPOSE)
    assert result.exit_code == 3, result.output
    assert "phosphene-odd 0.7.1" in result.stderr
    assert not Path("score.csv").exists()


def test_ctrl_c_in_a_plugin_stops_the_command(run):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    # Like a real signal, it runs the handler between two lines of the plugin.
    press = "import _thread; _thread.interrupt_main(); [None for _ in range(9999)]"
    result = run(CURVES, press, *COMPOSE)
    signal.signal(signal.SIGINT, before)
    assert result.exit_code == 130, result.output
    assert "Stopped." in result.stderr


@pytest.mark.parametrize("at", ["import", "register", "curves"])
def test_a_plugin_that_changes_the_folder_does_not_move_the_output(run, tmp_path, caplog, at):
    go = "os.chdir('/')"
    code = {
        "import": f"import os; {go}{CURVES}",
        "register": CURVES.replace("    register(Odd)", f"    {go}; register(Odd)"),
        "curves": CURVES.replace("{body}", go),
    }[at]
    result = run(code, "pass", *COMPOSE)
    (tmp_path / "p.toml").write_text('[song]\nfile = "song.wav"\n[[motion]]\nuse = "odd"')
    result = CliRunner().invoke(cli, COMPOSE)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "score.csv").exists()
    assert Path.cwd() == tmp_path
    assert "the plugin odd changed the current folder" in caplog.text


def test_an_engine_that_changes_the_folder_does_not_move_the_film(run, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    result = run(ENGINE, f"os.chdir({str(elsewhere)!r})", *RENDER)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "film.mp4").stat().st_size > 0
    assert not list(elsewhere.iterdir())
    assert not list(tmp_path.glob(".film*"))


THREADS = """
        import time
        threading.Thread(target=lambda: threading.Event().wait()).start()
        threading.Thread(target=time.sleep, args=(600,)).start()
"""


def test_threads_of_a_plugin_do_not_prevent_the_exit(environment, tmp_path, song):
    python, site = environment
    write_package(site, "stays", CURVES.format(body=THREADS.strip()))
    (tmp_path / "p.toml").write_text(f'[song]\nfile = "{song}"\n[[motion]]\nuse = "odd"')
    command = [python, "-c", "from phosphene.cli import main; main()", *COMPOSE]
    # A run that does not end fails by timeout.
    result = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, env=os.environ
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "score.csv").exists()
    assert result.stderr.count("phosphene_stays.py) still runs, in Thread-") == 2


def test_a_command_of_a_plugin_can_set_the_exit_code(run):
    code = """
@hookimpl
def register_commands(cli):
    @cli.command()
    def bye():
        raise SystemExit(7)
"""
    from phosphene.plugins import loading
    from phosphene.plugins.trial import Record

    record = Record("", "", "", "", hooks=["register_commands"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "record_of", lambda plugin: record)
        assert run(code, "", "bye").exit_code == 7


@pytest.mark.parametrize("body", ["raise KeyboardInterrupt", "raise SystemExit", "os._exit(0)"])
def test_a_plugin_that_exits_on_import_is_not_loaded(run, body):
    result = run(f"import os\n{body}", "", *COMPOSE)
    assert result.exit_code == 0, result.output
    assert "odd (phosphene-odd 0.7.1) is broken and left out: import: " in result.stderr

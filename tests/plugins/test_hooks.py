"""Every hook, each with a plugin of its own that is used as a user would use it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.film import formats
from phosphene.plugins import load_plugins
from phosphene.plugins.alone import HOOKS

EXAMPLES = {
    "register_modulators": """
        class Wobble(Modulator):
            '''Wobbles.'''
            name: ClassVar = "wobble"
            def curves(self, song, timeline):
                return {"rotation": np.full(timeline.n_frames, 1.5)}
        @hookimpl
        def register_modulators(register):
            register(Wobble)
    """,
    "register_features": """
        from phosphene import Feature
        @hookimpl
        def register_features(register):
            register("half", lambda song: Feature(np.full(400, 0.5), 0.01, "level"))
    """,
    "register_trackers": """
        from phosphene import Pulse, Sound, TrackerSpec
        def even(sound: Sound) -> Pulse:
            beats = np.arange(0.0, sound.duration, 0.5)
            return Pulse(beats, beats[::4], 120.0, 1.0, 4)
        @hookimpl
        def register_trackers(register):
            register(TrackerSpec("even", "a beat every half second", even))
    """,
    "register_engines": """
        import torch
        from phosphene import EngineSpec
        class Grey:
            def __init__(self, model, score):
                self.device = torch.device("cpu")
                self.size = (score.height, score.width)
            def first(self, row):
                return torch.full((1, 3, *self.size), 0.5)
            def img2img(self, picture, row):
                return picture
        @hookimpl
        def register_engines(register):
            register(EngineSpec("grey", "grey", Grey, diffuses=False))
    """,
    "register_encoders": """
        from phosphene import FilmFormat
        @hookimpl
        def register_encoders(register):
            lossless = ("-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0")
            register(".nut", FilmFormat(lossless))
    """,
    "register_looks": """
        @hookimpl
        def register_looks(register):
            layer = {"use": "oscillator", "period": "1s", "to": {"rotation": 1.0}}
            register("sway", {"about": "sways", "layers": [layer]})
    """,
    "register_options": """
        from phosphene import Options
        class TiltOptions(Options):
            angle: float = Field(1.0, ge=0.0, description="degrees per frame")
        class Tilt(Modulator):
            '''Tilts.'''
            name: ClassVar = "tilt"
            options: TiltOptions = TiltOptions()
            def curves(self, song, timeline):
                return {"rotation": np.full(timeline.n_frames, self.options.angle)}
        @hookimpl
        def register_options(register):
            register(TiltOptions)
        @hookimpl
        def register_modulators(register):
            register(Tilt)
    """,
    "register_commands": """
        import click
        @hookimpl
        def register_commands(cli):
            @cli.command()
            def hello():
                click.echo("hello from a plugin")
    """,
}


def test_every_hook_has_an_example():
    assert EXAMPLES.keys() == HOOKS.keys()
    assert all(spec.__doc__ for spec in HOOKS.values())


@pytest.fixture
def run(package, tmp_path, monkeypatch):
    """Install the example of a hook, and give a command; or render a project of two seconds."""
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", 0.1 * np.random.default_rng(0).standard_normal(44100), 22050)

    def phosphene(hook, *words, motion="", tables=""):
        package("example", EXAMPLES[hook])
        (tmp_path / "p.toml").write_text(f'[song]\nfile = "song.wav"\n{tables}\n{motion}')
        result = CliRunner().invoke(cli, [*words], env={"COLUMNS": "200"})
        assert result.exit_code == 0, result.output
        return result

    return phosphene


def rotation(run, hook, **project):
    run(hook, "compose", "p.toml", "-o", "s.csv", **project)
    lines = [line.split(",") for line in Path("s.csv").read_text().splitlines()]
    column = lines[0].index("rotation")
    return np.array([float(line[column]) for line in lines[1:]])


def test_a_modulator(run):
    values = rotation(run, "register_modulators", motion='[[motion]]\nuse = "wobble"')
    np.testing.assert_allclose(values, 1.5)


def test_a_feature(run):
    motion = '[[motion]]\nuse = "level"\nfeature = "half"\nattack = "0s"\nto = { rotation = 3.0 }'
    values = rotation(run, "register_features", motion=motion)
    np.testing.assert_allclose(values, 1.5)


def test_a_tracker(run):
    told = run("register_trackers", "listen", "song.wav", "--tracker", "even").stdout
    assert "120.0 BPM, confidence 100%" in told
    assert "4 in 1 bars of 4" in told


def test_an_engine_and_an_encoder(run, package):
    package("film", EXAMPLES["register_encoders"])
    options = ("--model", "grey", "--size", "64x64", "--fps", "2", "-o", "film.nut")
    run("register_engines", "render", "p.toml", *options)
    assert Path("film.nut").read_bytes()[:3] == b"nut"
    formats.FORMATS.pop(".nut")


def test_a_look(run):
    values = rotation(run, "register_looks", motion='[[motion]]\nlook = "sway"\namount = 0.5')
    assert np.abs(values).max() == pytest.approx(0.5 * 12 / 15, rel=0.05)


def test_options(run):
    motion = '[[motion]]\nuse = "tilt"'
    values = rotation(run, "register_options", motion=motion, tables="[plugins.example]\nangle = 2")
    np.testing.assert_allclose(values, 2.0)
    page = CliRunner().invoke(cli, ["modulators", "tilt"], env={"COLUMNS": "200"}).stdout
    assert "[plugins.example] angle" in page


def test_a_command(run):
    assert run("register_commands", "hello").stdout == "hello from a plugin\n"
    assert "hello" in CliRunner().invoke(cli, ["--help"]).stdout
    assert "hello" not in load_plugins().modulators

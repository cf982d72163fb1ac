"""The loader: every kind of broken plugin is named and left out, and the others go on."""

import subprocess
import sys
import types
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from phosphene import plugins
from phosphene.hookspecs import hookimpl
from phosphene.modulator import Modulator
from phosphene.plugins import load_plugins

BUILT_IN = {"keyframes", "orbit", "spiral", "beat", "onset", "level"}
LISSAJOUS = Path(__file__).parent.parent / "plugins" / "phosphene-lissajous"


class Wobble(Modulator):
    """Wobbles."""

    name = "wobble"

    def curves(self, song, timeline):
        return {}


def module(**members):
    made = types.ModuleType("made_for_a_test")
    made.__dict__.update(members)
    return made


@hookimpl
def register_modulators(register):
    register(Wobble)


@hookimpl(specname="register_modulators")
def fails(register):
    register(Wobble)
    raise RuntimeError("half-way")


@hookimpl(specname="register_modulators")
def no_modulator(register):
    register(dict)


@hookimpl(specname="register_modulators")
def twice(register):
    register(Wobble)
    register(Wobble)


@hookimpl(specname="register_modulators")
def taken(register):
    register(type("Beat", (Wobble,), {"name": "beat"}))


@hookimpl
def register_modulator(register):  # misspelt
    register(Wobble)


@hookimpl(specname="register_modulators")
def wrong_arguments(registry):
    registry(Wobble)


def install(monkeypatch, load):
    """One plugin from outside, whose module is what `load` gives or raises."""

    class Point(EntryPoint):
        dist = None

        def load(self):
            return load()

    points = [Point("made", "made_for_a_test", "phosphene")]
    monkeypatch.setattr(plugins, "entry_points", lambda group: points)
    return load_plugins()


def test_the_built_ins_come_through_the_public_hooks(registry):
    assert set(registry.modulators) >= BUILT_IN
    assert {"none", "worlds", "sd15", "sd-turbo", "sdxl", "sdxl-turbo", "lcm"} <= set(
        registry.engines
    )
    assert registry.owner("modulators", "beat").hooks == ["register_modulators"]


def test_a_plugin_from_outside_is_loaded(monkeypatch):
    registry = install(monkeypatch, lambda: module(register_modulators=register_modulators))
    assert registry.modulators["wobble"] is Wobble
    assert not registry.broken


def raises(error):
    def load():
        raise error

    return load


@pytest.mark.parametrize(
    ("load", "reason"),
    [
        (raises(ImportError("no module named 'gone'")), "no module named 'gone'"),
        (raises(SyntaxError("bad")), "SyntaxError"),
        (lambda: module(f=fails), "RuntimeError: half-way"),
        (lambda: module(f=no_modulator), "no subclass of phosphene.Modulator"),
        (lambda: module(f=twice), "modulator 'wobble' is registered twice"),
        (
            lambda: module(f=taken),
            "modulator 'beat' is already registered by modulators (phosphene",
        ),
        (lambda: module(register_modulator=register_modulator), "register_modulator"),
        (lambda: module(f=wrong_arguments), "registry"),
        (lambda: module(), "implements no hook"),
    ],
)
def test_a_broken_plugin_is_named_and_registers_nothing(monkeypatch, load, reason):
    registry = install(monkeypatch, load)
    [broken] = registry.broken
    assert broken.name == "made"
    assert reason in broken.error
    assert "wobble" not in registry.modulators
    assert set(registry.modulators) >= BUILT_IN


def test_features_engines_and_commands_have_doors_too(monkeypatch):
    import click

    from phosphene.engines import EngineSpec

    @hookimpl
    def register_features(register):
        register("wind", lambda song: song.features["rms"])

    @hookimpl
    def register_engines(register):
        register(EngineSpec("mirror", "a mirror", lambda model, score: None))

    @hookimpl
    def register_commands(cli):
        @cli.command()
        def hello():
            click.echo("hello")

    hooks = {f.__name__: f for f in (register_features, register_engines, register_commands)}
    registry = install(monkeypatch, lambda: module(**hooks))
    assert not registry.broken
    assert set(registry.features) == {"wind"}
    assert "mirror" in registry.engines
    assert set(registry.commands) == {"hello"}


def test_a_feature_of_a_plugin_is_read_by_level(monkeypatch, project):
    from dataclasses import replace

    import numpy as np

    from phosphene.score.compose import compose
    from phosphene.testing import synthetic_song

    def half(song):
        rms = song.features["rms"]
        return replace(rms, values=rms.values * 0.5)

    song = replace(synthetic_song(2.0, level=0.8), extra={"half": half})
    layer = {"use": "level", "feature": "half", "attack": "0s", "to": {"rotation": 10.0}}
    score = compose(song, project(layer))
    np.testing.assert_allclose(score.channels["rotation"], 4.0)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The lissajous package, installed by pip into a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--target", folder, LISSAJOUS],
        check=True,
    )  # fmt: skip
    return folder


def phosphene(*arguments, path=""):
    return subprocess.run(
        [sys.executable, "-c", "from phosphene.cli import main; main()", *arguments],
        capture_output=True, text=True, env={"PYTHONPATH": str(path), "PATH": "", "COLUMNS": "200"},
    )  # fmt: skip


def test_an_installed_package_is_used_with_no_other_step(installed, tmp_path):
    told = phosphene("plugins", path=installed).stdout
    assert "phosphene-lissajous" in told
    assert "0.1.0" in told
    assert "reach_x" in phosphene("modulators", "lissajous", path=installed).stdout
    told = phosphene("modulators", "lissajous")  # and is gone when it is not installed
    assert told.returncode == 2
    assert "'lissajous' is no modulator" in told.stderr


def test_the_packages_own_tests_pass(installed):
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", LISSAJOUS / "tests"],
        env={"PYTHONPATH": str(installed), "PATH": ""}, cwd=installed, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr

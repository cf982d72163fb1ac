"""The loader: a broken plugin is reported with the step that failed, and the others load."""

import pytest

from phosphene.modulators.modulator import Modulator
from phosphene.plugins import load_plugins
from phosphene.plugins.plugin import BROKEN, READY

BUILT_IN = {"keyframes", "orbit", "spiral", "beat", "onset", "level"}


def test_the_built_ins_are_registered_by_the_public_hooks(registry):
    assert set(registry.modulators) >= BUILT_IN
    engines = {"none", "worlds", "sd15", "sd-turbo", "sdxl", "sdxl-turbo", "lcm"}
    assert set(registry.engines) >= engines
    assert {".mp4", ".webm"} <= set(registry.encoders)
    assert {"pulse", "drift"} <= set(registry.looks)
    assert "librosa" in registry.trackers
    assert registry.owner("modulators", "beat").hooks == ["register_modulators"]
    assert all(plugin.state == READY for plugin in registry.plugins)


def test_an_installed_plugin_is_loaded(package):
    file = package("wobble")
    registry = load_plugins()
    assert issubclass(registry.modulators["wobble"], Modulator)
    plugin = registry.owner("modulators", "wobble")
    assert (plugin.package, plugin.version, plugin.file) == ("phosphene-wobble", "1.2.0", file)
    assert plugin.items == [("modulators", "wobble")]
    assert not registry.broken


ONE = """
class One(Modulator):
    name: ClassVar = "one"
    {parameter}
    def {method}(self, {arguments}):
        return {{}}

@hookimpl{hookimpl}
def {hook}({register}):
    {before}
    {call}
    {after}
"""
DEFAULT = {
    "parameter": "", "method": "curves", "arguments": "song, timeline", "hookimpl": "",
    "hook": "register_modulators", "register": "register", "before": "", "call": "register(One)",
    "after": "",
}  # fmt: skip


def one(**changes):
    return ONE.format(**DEFAULT | changes)


WRONG = [
    ("import gone_for_ever", "import: ModuleNotFoundError: No module named 'gone_for_ever'"),
    ("this is no python", "import: SyntaxError"),
    ("raise SystemExit(3)", "import: SystemExit: 3 ("),
    ("x = 1", "hooks: it implements no hook; mark one with @phosphene.hookimpl"),
    (one(hook="register_modulator"), "hooks: unknown hook 'register_modulator'. Did you mean 'register_modulators'"),
    (one(hookimpl="(specname='register_engine')"), "unknown hook 'register_engine'"),
    (one().replace("@hookimpl", ""), "hooks: register_modulators is not marked with @phosphene.hookimpl"),
    (one(register="registry"), "hooks: Argument(s) {'registry'} are declared in the hookimpl"),
    (one(after="raise RuntimeError('half-way')"), "register_modulators: RuntimeError: half-way ("),
    (one(after="raise SystemExit"), "register_modulators: SystemExit"),
    (one(call="register(dict)"), "<class 'dict'> is not a subclass of phosphene.Modulator"),
    (one(after="register(One)"), "modulator 'one' is registered twice"),
    (one(before="One.name = 3"), "One has no name"),
    (one(before="One.name = ' '"), "' ' cannot be the name of a modulator"),
    (one(before="One.name = 'beat'"), "modulator 'beat' is already registered by modulators (phosphene "),
    (one(method="curve"), "One does not define curves"),
    (one(arguments="song"), "One: curves(self, song) does not take (self, song, timeline)"),
    (one(parameter="mix: float = 1.0"), "One: the parameter 'mix' is a key of every layer; rename it"),
    (one(hook="register_features", call="register('f', 3)"), "register_features: feature 'f': 3 cannot be called"),
    (one(hook="register_features", call="register('f', lambda: 0)"), "<lambda>() does not take (song)"),
    (one(hook="register_features", call="register('bass', lambda song: 0)"), "feature 'bass' is already registered"),
    (one(hook="register_engines", call="register('e')"), "register_engines: 'e' is not an EngineSpec"),
    (one(hook="register_trackers", call="register(None)"), "register_trackers: None is not a TrackerSpec"),
    (one(hook="register_encoders", call="register('.avi', 1)"), "1 is not a FilmFormat"),
    (one(hook="register_options", call="register(One)"), "is not a subclass of phosphene.Options"),
    (one(hook="register_looks", call="register('l', {})"), "look 'l': expected a dict of 'about' and 'layers'"),
    (one(hook="register_looks", call="register('l', {'about': 'x', 'layers': [{'use': 'one', 'to': {'zom': 1}}]})"), "look 'l': layers[0].to: unknown channel 'zom'. Did you mean 'zoom'"),
]  # fmt: skip


@pytest.fixture
def in_process(monkeypatch):
    """Skip the trial in a separate process, as if every plugin had passed it."""
    from phosphene.plugins import loading
    from phosphene.plugins.trial import Record

    fine = Record("", "", "", "")
    monkeypatch.setattr(loading, "record_of", lambda plugin: fine)


@pytest.mark.parametrize(("body", "why"), WRONG, ids=range(len(WRONG)))
def test_a_broken_plugin_is_reported_with_the_step_and_registers_nothing(
    package, in_process, registry, body, why
):
    package("odd", body)
    package("sound")
    found = load_plugins()
    [broken] = found.broken
    assert str(broken) == "odd (phosphene-odd 1.2.0)"
    assert broken.state == BROKEN
    assert why in broken.error
    assert "phosphene plugins uninstall phosphene-odd" in broken.fix
    assert set(found.modulators) == {*registry.modulators, "sound"}
    assert set(found.features) == set(registry.features)


def test_a_duplicate_name_is_an_error_of_the_second_plugin(package, in_process):
    package("first")
    package(
        "second", "from phosphene_first import *\nfrom phosphene_first import register_modulators"
    )
    found = load_plugins()
    assert found.owner("modulators", "first").name == "first"
    [broken] = found.broken
    assert broken.error == (
        "modulator 'first' is already registered by first (phosphene-first 1.2.0)"
    )


def test_strict_mode_raises_the_original_error(package, monkeypatch):
    package("odd", "1 / 0")
    monkeypatch.setenv("PHOSPHENE_STRICT", "1")
    with pytest.raises(ZeroDivisionError):
        load_plugins()


@pytest.mark.parametrize(
    ("names", "loaded"),
    [("", set()), ("one", {"one"}), ("Phosphene_TWO, one", {"one", "two"}), ("three", set())],
)
def test_an_environment_variable_selects_the_plugins(
    package, in_process, monkeypatch, names, loaded
):
    package("one")
    package("two")
    monkeypatch.setenv("PHOSPHENE_LOAD_PLUGINS", names)
    found = load_plugins()
    assert set(found.modulators) & {"one", "two"} == loaded
    assert not found.broken
    assert set(found.modulators) >= BUILT_IN


def test_every_call_can_be_traced(package, in_process, monkeypatch, capsys):
    package("wobble")
    monkeypatch.setenv("PHOSPHENE_TRACE_PLUGINS", "1")
    load_plugins()
    printed = [line for line in capsys.readouterr().err.splitlines() if "plugin wobble" in line]
    assert [line.partition(" took ")[0] for line in printed] == [
        "plugin wobble: import", "plugin wobble: register_modulators",
    ]  # fmt: skip


def test_the_list_does_not_raise_in_strict_mode(package, in_process, monkeypatch):
    from phosphene.plugins import loading
    from phosphene.plugins.trial import Record

    package("odd")
    monkeypatch.setenv("PHOSPHENE_STRICT", "1")
    monkeypatch.setattr(loading, "record_of", lambda plugin: Record("", "", "", "", why="broken"))
    [odd] = [plugin for plugin in loading.list_plugins() if plugin.name == "odd"]
    assert (odd.state, odd.why) == (BROKEN, "broken")

"""API versions and requirements of plugins, and the requirements and options of projects."""

import re
from pathlib import Path

import pytest

from phosphene.errors import PluginError, ProjectError
from phosphene.plugins import load_plugins
from phosphene.plugins.discovery import incompatible, module_file
from phosphene.project.file import make_project


@pytest.mark.parametrize(
    ("apis", "requires", "why"),
    [
        ((), [], ""),
        (("v1",), ["phosphene>=0.1", "numpy"], ""),
        (("v2", "v1"), [], ""),
        (("v2",), [], "it supports API v2; Phosphene 0.1.0 has v1"),
        ((), ["Phosphene>=0.1,<0.2"], ""),
        ((), ["phosphene>=0.2"], "it needs phosphene>=0.2; this is 0.1.0"),
        ((), ["phosphene<0.1; python_version < '3'"], ""),
        ((), ["phosphene>=9; extra == 'all'"], ""),
        ((), ["phosphene-shake>=9", "not a requirement!"], ""),
    ],
)
def test_compatibility_of_apis_and_requirements(apis, requires, why):
    assert incompatible(apis, requires) == why


def test_a_module_is_found_without_importing_it(site):
    deep = site / "outer" / "inner.py"
    deep.parent.mkdir()
    (site / "outer" / "__init__.py").write_text("raise SystemExit")
    deep.write_text("raise SystemExit")
    assert module_file("outer.inner") == deep
    assert module_file("outer") == site / "outer" / "__init__.py"
    assert module_file("outer.other") is None
    assert module_file("nowhere_at_all") is None


def read(data, registry=None):
    project = {"song": {"file": "song.wav"}} | data
    return make_project(project, Path("p.toml"), registry or load_plugins())


def test_missing_required_packages_are_listed_with_a_fix(package):
    package("shake", version="0.1.0")
    read({"requires": ["phosphene-shake>=0.1", "numpy", "nothing; python_version < '3'"]})
    with pytest.raises(ProjectError) as printed:
        read({
            "requires": ["phosphene-shake>=0.2", "phosphene-gone", "numpy"],
            "motion": [{"use": "gone"}],
        })  # fmt: skip
    assert str(printed.value).splitlines() == [
        "p.toml: requires[0]: this project needs phosphene-shake>=0.2; phosphene-shake 0.1.0 is "
        "installed",
        "p.toml: requires[1]: this project needs phosphene-gone; phosphene-gone is not installed",
    ]
    assert printed.value.fix == 'phosphene plugins install "phosphene-shake>=0.2" "phosphene-gone"'


@pytest.mark.parametrize("given", ["phosphene-shake", ["!!"], [""]])
def test_an_invalid_requirement_is_named(given):
    with pytest.raises(ProjectError, match=r"p.toml: requires(\[0\])?: got"):
        read({"requires": given})


TILT = """
from phosphene import Options
class TiltOptions(Options):
    angle: float = Field(1.0, ge=0.0, description="degrees per frame")
class Tilt(Modulator):
    name: ClassVar = "tilt"
    options: TiltOptions = TiltOptions()
    def curves(self, song, timeline):
        return {}
@hookimpl
def register_options(register):
    register(TiltOptions)
@hookimpl
def register_modulators(register):
    register(Tilt)
"""


def test_options_are_validated_by_the_plugin(package):
    package("tilt", TILT)
    package("wobble")
    registry = load_plugins()
    use = {"motion": [{"use": "tilt"}]}
    [layer] = read(use, registry).motion
    assert layer.modulator.options.angle == 1.0
    [layer] = read(use | {"plugins": {"tilt": {"angle": 3}}}, registry).motion
    assert layer.modulator.options.angle == 3.0
    for tables, message in [
        ({"tilt": {"angel": 3}}, "plugins.tilt.angel: unknown key. Did you mean 'angle'"),
        ({"tilt": {"angle": -1}}, "plugins.tilt.angle: got -1: "),
        ({"tlit": {}}, "plugins.tlit: unknown plugin. Did you mean 'tilt'"),
        ({"wobble": {}}, "plugins.wobble: wobble (phosphene-wobble 1.2.0) has no options"),
        ({"tilt": 3}, "plugins: expected tables"),
    ]:
        with pytest.raises(ProjectError, match=re.escape(message)):
            read({"plugins": tables}, registry)
    with pytest.raises(ProjectError, match=r"motion\[0\]\.options: set it in \[plugins\.tilt\]"):
        read({"motion": [{"use": "tilt", "options": {"angle": 2}}]}, registry)


def test_a_missing_modulator_is_traced_to_its_plugin(package, own_settings, site):
    import shutil

    from phosphene.plugins.trust import Settings, write_settings

    file = package("wobble")
    load_plugins()  # records what it registers
    use = {"motion": [{"use": "wobble"}]}
    write_settings(Settings(disabled=["phosphene-wobble"]))
    with pytest.raises(ProjectError) as printed:
        read(use)
    assert "p.toml: motion[0]: the modulator 'wobble' comes from wobble (phosphene-wobble 1.2.0)" in str(printed.value)  # fmt: skip
    assert "which is disabled" in str(printed.value)
    assert printed.value.fix.startswith("`phosphene plugins enable wobble`")
    skipped: list[str] = []
    data = {"song": {"file": "song.wav"}} | use
    assert make_project(data, Path("p.toml"), load_plugins(), skipped=skipped).motion == ()
    assert "which is disabled" in skipped[0]

    write_settings(Settings())
    file.write_text("1 / 0")
    with pytest.raises(PluginError, match="which is broken: import: ZeroDivisionError"):
        read(use)

    file.unlink()
    shutil.rmtree(site / "phosphene_wobble-1.2.0.dist-info")
    with pytest.raises(ProjectError, match="which is not installed") as printed:
        read(use)
    assert "phosphene plugins install phosphene-wobble" in printed.value.fix
    with pytest.raises(ProjectError, match="Did you mean 'orbit'"):
        read({"motion": [{"use": "orbt"}]})

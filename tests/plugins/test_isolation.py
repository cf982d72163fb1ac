"""Errors of modulators are reported with plugin, version, file and entry, before painting."""

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene.cli import cli

ODD = """
class Odd(Modulator):
    name: ClassVar = "odd"
    at: int = 1

    def curves(self, song, timeline):
        n = timeline.n_frames
        {body}

@hookimpl
def register_modulators(register):
    register(Odd)
"""
WRONG = [
    ("return {'zom': np.ones(n)}", "returned a curve for 'zom'. Did you mean 'zoom'"),
    ("return {'value': np.ones(n), 'zoom': np.ones(n)}", "returned a curve for 'value'"),
    ("return {'zoom': np.ones(n + 1)}", "returned 'zoom' in shape (16,); expected (15,), one value per frame"),
    ("return {'zoom': np.ones((n, 1))}", "returned 'zoom' in shape (15, 1)"),
    ("return {'zoom': 1.0}", "returned 'zoom' in shape ()"),
    ("return {'zoom': np.ones(n) * 1j}", "returned no numbers for 'zoom': complex128"),
    ("return {'zoom': ['1.0'] * n}", "returned no numbers for 'zoom': <U3"),
    ("return {'zoom': np.ma.masked_all(n)}", "returned a masked array for 'zoom'"),
    ("return {'zoom': np.where(np.arange(n) == 3, np.nan, 1.0)}", "returned 'zoom' = nan at frame 3"),
    ("return {'zoom': np.where(np.arange(n) == 4, np.inf, 1.0)}", "returned 'zoom' = inf at frame 4"),
    ("return np.ones(n)", "returned ndarray; expected a dict of curves"),
    ("return {'zoom': 1 / 0}", "failed: ZeroDivisionError: division by zero"),
    ("raise SystemExit(0)", "failed: SystemExit: 0"),
    ("raise GeneratorExit", "failed: GeneratorExit"),
    ("song.beats[:] = 0.0; song.samples[0] = 1.0", "failed: ValueError: assignment destination is read-only"),
    ("timeline.times *= 2; return {}", "failed: ValueError: output array is read-only"),
    ("timeline.starts.setflags(write=True); return {}", "failed: ValueError: cannot set WRITEABLE flag"),
    ("timeline.tempo_map.beats[0] = 1; return {}", "failed: ValueError: assignment destination is read-only"),
    ("timeline.tempo_map.downbeats.sort(); return {}", "failed: ValueError: sort array is read-only"),
    ("song.feature('rms').values[0] = 1; return {}", "failed: ValueError: assignment destination is read-only"),
    ("song.samples[:] *= 2; return {}", "failed: ValueError: "),
    ("song.extra.clear()", "failed: AttributeError"),
    ("timeline.fps = 1", "failed: FrozenInstanceError"),
    ("raise MemoryError('too much')", "failed: MemoryError: too much"),
    ("song.tempo = 1.0", "failed: FrozenInstanceError"),
    ("song.extra['bass'] = None", "failed: TypeError"),
]  # fmt: skip


@pytest.fixture
def run(package, tmp_path, monkeypatch):
    """Install a plugin with this body of `curves`, and run a command."""
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", 0.1 * np.random.default_rng(0).standard_normal(22050), 22050)
    layers = '[[motion]]\nuse = "keyframes"\nrotation = { "0" = 2.0 }\n[[motion]]\nuse = "odd"\n'
    (tmp_path / "p.toml").write_text(f'[song]\nfile = "song.wav"\n{layers}')

    def phosphene(body, *words):
        if body:
            run.file = package("odd", ODD.format(body=body), version="0.7.1")
        return CliRunner().invoke(cli, [*words], env={"COLUMNS": "400"})

    run = phosphene
    return phosphene


@pytest.fixture(autouse=True)
def tried(monkeypatch):
    """Skip the trial in a separate process, which takes a second and is tested elsewhere."""
    from phosphene.plugins import loading
    from phosphene.plugins.trial import Record

    monkeypatch.setattr(loading, "record_of", lambda plugin: Record("", "", "", ""))


@pytest.mark.parametrize(("body", "message"), WRONG, ids=range(len(WRONG)))
def test_an_invalid_result_is_reported_with_plugin_and_entry(run, site, body, message):
    result = run(body, "compose", "p.toml", "-o", "score.json")
    assert result.exit_code == 3, result.output
    where = f"motion[1]: the modulator 'odd' of phosphene-odd 0.7.1 ({site / 'phosphene_odd.py'}) "
    assert where + message in result.stderr
    assert "phosphene plugins install --upgrade phosphene-odd" in result.stderr
    assert "--skip-broken" in result.stderr


def test_the_error_has_the_line_and_a_hint(run, site):
    body = "t = timeline.times\n        t *= 2.0\n        return {'zoom': t}"
    result = run(body, "compose", "p.toml", "-o", "score.json")
    file = site / "phosphene_odd.py"
    line = file.read_text().splitlines().index("        t *= 2.0") + 1
    assert f"read-only ({file}, line {line}: t *= 2.0)" in result.stderr
    assert (
        "arrays that a modulator receives are shared with other layers and read-only"
        in result.stderr
    )
    assert "`t = t * 2` instead of `t *= 2`" in result.stderr
    assert "PHOSPHENE_STRICT=1 shows the full traceback" in result.stderr


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("below['zoom'] = 1.0; return {}", "does not support item assignment"),
        ("below['zoom'][:] = 1.0; return {}", "assignment destination is read-only"),
        ("below['zoom'].setflags(write=True); return {}", "cannot set WRITEABLE flag"),
    ],
    ids=range(3),
)
def test_the_curves_below_are_read_only(run, package, body, message):
    odd = ODD.replace("def curves(", "def curves_above(").replace("timeline):", "timeline, below):")
    also = "    by_interval: ClassVar = True\n    def curves(self, s, t): ...\n@hookimpl"
    package("odd", odd.format(body=body).replace("@hookimpl", also), version="0.7.1")
    result = run("", "compose", "p.toml", "-o", "score.json")
    assert result.exit_code == 3, result.output
    assert message in result.stderr


OWN_ERROR = """
        class TooWide(ProjectError):
            def __init__(self, width, most):
                super().__init__(f"{width} is above {most}", "Lower it.")
        raise TooWide(3, 2)"""


def test_an_error_for_the_user_names_the_plugin(run, site):
    result = run(
        "from phosphene import ProjectError" + OWN_ERROR, "compose", "p.toml", "-o", "s.json"
    )
    assert result.exit_code == 2, result.output
    plugin = f"phosphene-odd 0.7.1 ({site / 'phosphene_odd.py'})"
    assert f"Error: motion[1] (odd of {plugin}): 3 is above 2\nFix:   Lower it." in result.stderr


def test_nothing_is_painted(run, tmp_path):
    small = ("--model", "none", "--size", "64x64", "-o", "film.mp4")
    result = run("return {'zoom': np.zeros(3)}", "render", "p.toml", *small)
    assert result.exit_code == 3
    assert not [path for path in tmp_path.rglob("*film*") if path.name != "site-packages"]


def test_skip_broken_composes_the_other_layers(run, tmp_path):
    result = run("raise SystemExit", "compose", "p.toml", "-o", "score.csv", "--skip-broken")
    assert result.exit_code == 0, result.output
    assert "left out: motion[1]: the modulator 'odd' of phosphene-odd 0.7.1" in result.stderr
    rows = [line.split(",") for line in (tmp_path / "score.csv").read_text().splitlines()]
    column = rows[0].index("rotation")
    assert {float(row[column]) for row in rows[1:]} == {2.0}


def test_a_changed_song_cannot_be_skipped(run):
    body = "object.__setattr__(song, 'tempo', 77.0); return {}"
    result = run(body, "compose", "p.toml", "-o", "score.csv", "--skip-broken")
    assert result.exit_code == 3
    assert "phosphene_odd.py) changed the song, which every other layer reads" in result.stderr


def test_strict_mode_raises_the_original_error(run, monkeypatch):
    monkeypatch.setenv("PHOSPHENE_STRICT", "1")
    result = run("return {'zoom': 1 / 0}", "compose", "p.toml", "-o", "score.csv")
    assert isinstance(result.exception, ZeroDivisionError)


def test_calls_can_be_traced(run, monkeypatch):
    monkeypatch.setenv("PHOSPHENE_TRACE_PLUGINS", "1")
    result = run("return {'zoom': np.ones(n)}", "compose", "p.toml", "-o", "score.csv")
    assert result.exit_code == 0, result.output
    for call in ("import", "register_modulators", "odd.curves"):
        assert f"plugin odd: {call} took " in result.stderr


@pytest.mark.parametrize("body", ["raise KeyError(at)", "1 / 0"])
def test_a_failing_validator_is_an_error_of_the_plugin(run, package, body):
    check = f"""
class Odd(Modulator):
    name: ClassVar = "odd"
    def __init__(self, **at):
        {body}
    def curves(self, song, timeline):
        return {{}}
@hookimpl
def register_modulators(register):
    register(Odd)
"""
    package("odd", check, version="0.7.1")
    check_init = run("", "compose", "p.toml", "-o", "score.csv")
    assert check_init.exit_code == 3, check_init.output
    assert "motion[1]: the parameters of 'odd' failed: " in check_init.stderr
    assert "phosphene-odd 0.7.1" in check_init.stderr


FEATURES = [
    ("1 / 0", "the feature 'wind' of phosphene-odd 0.7.1"),
    ("3", "it returned int; expected a phosphene.Feature"),
    ("Feature(np.array([np.nan]), 0.01, 'level')", "its values are not all finite numbers"),
    ("Feature(np.zeros((2, 2)), 0.01, 'level')", "its values have the shape (2, 2)"),
    ("Feature(np.zeros(2), 0.0, 'level')", "its hop is 0.0; expected seconds above 0"),
]


@pytest.mark.parametrize(("given", "message"), FEATURES, ids=range(len(FEATURES)))
def test_an_invalid_feature_is_reported_with_its_plugin(run, package, tmp_path, given, message):
    package("odd", f"""
from phosphene import Feature
@hookimpl
def register_features(register):
    register("wind", lambda song: {given})
""", version="0.7.1")  # fmt: skip
    layer = '[[motion]]\nuse = "level"\nfeature = "wind"\nto = { rotation = 1.0 }'
    (tmp_path / "p.toml").write_text(f'[song]\nfile = "song.wav"\n{layer}')
    result = run("", "compose", "p.toml", "-o", "score.csv")
    assert result.exit_code == 3, result.output
    assert "motion[0] (level): the feature 'wind' of phosphene-odd 0.7.1" in result.stderr
    assert message in result.stderr


def test_a_failing_command_of_a_plugin_is_not_a_bug_in_phosphene(run, package, monkeypatch, capsys):
    from phosphene.cli import listen, main

    package("odd", """
@hookimpl
def register_commands(cli):
    @cli.command()
    def hello():
        1 / 0
""", version="0.7.1")  # fmt: skip
    from phosphene.plugins import loading
    from phosphene.plugins.trial import Record

    record = Record("", "", "", "", hooks=["register_commands"])
    monkeypatch.setattr(loading, "record_of", lambda plugin: record)
    monkeypatch.setattr("sys.argv", ["phosphene", "hello"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    printed = capsys.readouterr().err
    assert "phosphene_odd.py) failed: ZeroDivisionError" in printed
    monkeypatch.setattr(listen, "callback", lambda **options: 1 / 0)
    monkeypatch.setattr("sys.argv", ["phosphene", "listen", "song.wav"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 70
    assert "a bug in Phosphene" in capsys.readouterr().err

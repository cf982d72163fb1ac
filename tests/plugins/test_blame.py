"""Errors about a missing modulator name the broken plugin that provides it."""

import pytest
from click.testing import CliRunner
from plugin_packages import code_of

from phosphene.cli import cli

MISSPELT = code_of("sway").replace("def register_modulators", "def register_modulator")
LATE = "\n\n1 / 0\n"
ENGINE = "from phosphene import EngineSpec\nEngineSpec('sway', '', None)\n"
# Files of a folder: the one in `blamed` has the modulator, and each is broken.
CASES = {
    "misspelt": {"a": "def :", "blamed": MISSPELT, "z": "import gone"},
    "misspelt, the other one uses it": {"a": "{'use': 'sway'}; 1 / 0", "blamed": MISSPELT},
    "broken at its end": {"a": "1 / 0", "blamed": code_of("sway") + LATE, "z": MISSPELT.replace("sway", "way")},
    "broken at its beginning": {"a": "1 / 0", "blamed": "import gone\n" + code_of("sway")},
    "not Python": {"a": "def :", "blamed": code_of("sway") + "\ndef :"},
    "another is called so": {"sway": "1 / 0", "blamed": MISSPELT},
    "in single quotes": {"a": "1 / 0", "blamed": MISSPELT.replace('"', "'")},
    "nearly a built-in": {"a": "1 / 0", "blamed": MISSPELT.replace("sway", "orbits")},
}  # fmt: skip


@pytest.fixture
def compose(tmp_path, own_settings, monkeypatch):
    """Compose a project that uses a modulator, with plugin files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHOSPHENE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "mine").mkdir()

    def run(files, use="sway", table="motion"):
        for name, code in files.items():
            (tmp_path / "mine" / f"{name}.py").write_text(code)
        (tmp_path / "p.toml").write_text(f'[song]\nfile = "song.wav"\n[[motion]]\nuse = "{use}"')
        words = ["--plugins-dir", "mine", "compose", "p.toml", "-o", "score.csv"]
        result = CliRunner().invoke(cli, words, env={"COLUMNS": "999"})
        [error] = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        return result.exit_code, error

    return run


@pytest.mark.parametrize("case", CASES)
def test_the_broken_plugin_that_provides_it_is_named(compose, tmp_path, case):
    use = "orbits" if "built-in" in case else "sway"
    code, error = compose(CASES[case], use)
    assert code == 3
    place = tmp_path / "mine" / "blamed.py"
    assert f"the modulator '{use}' comes from blamed ({place}), which is broken: " in error


def test_without_evidence_no_plugin_is_named(compose):
    code, error = compose({"a": "1 / 0", "b": "def :"}, "swya")
    assert code == 2
    assert "motion[0].use: unknown modulator 'swya'" in error


def test_all_modules_of_a_package_are_searched(site, package, compose):
    package("other", "1 / 0")
    package("apart", points="[phosphene]\napart = phosphene_whole\n", body="")
    (site / "phosphene_whole").mkdir()
    (site / "phosphene_whole" / "__init__.py").write_text("from . import inner")
    (site / "phosphene_whole" / "inner.py").write_text("x = 1\n" + code_of("sway") + LATE)
    code, error = compose({})
    assert code == 3
    assert "comes from apart (phosphene-apart 1.2.0)" in error
    assert f"({site / 'phosphene_whole' / 'inner.py'}, line " in error

"""The commands and code in the README and the docs are run."""

import glob
import re
import shlex
import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from phosphene import hookspecs
from phosphene.cli import cli
from phosphene.project.file import make_project
from phosphene.score.channels import CHANNELS

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
# Its code is files of a package of its own: tests/plugins/test_guide.py follows it.
HERE = [page for page in PAGES if page.name != "first-plugin.md"]


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    sound = np.zeros(22050 * 17)
    for beat in np.arange(0.0, 17.0, 0.5):
        sound[round(beat * 22050) : round(beat * 22050) + 400] = np.sin(np.arange(400) * 0.4)
    for name in ("song.flac", "song.mp3"):
        soundfile.write(folder / name, 0.5 * sound, 22050)
    first = next(text for text in blocks(ROOT / "README.md", "toml") if "[song]" in text)
    (folder / "project.toml").write_text(first)
    (folder / "album").mkdir()
    soundfile.write(folder / "album" / "one.wav", 0.5 * sound, 22050)
    jobs = next(text for text in blocks(ROOT / "docs" / "batch.md", "toml") if "[[job]]" in text)
    (folder / "jobs.toml").write_text(jobs)
    return folder


@pytest.fixture(scope="module")
def ran():
    """The lines that have run."""
    return set()


# tests/test_api.py runs the code of python-api.md, beside a song.
@pytest.mark.parametrize(
    "page", [page for page in HERE if page.name != "python-api.md"], ids=lambda page: page.name
)
def test_python_runs(page):
    shared: dict[str, object] = {"__name__": "docs"}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), shared)


@pytest.mark.parametrize("page", HERE, ids=lambda page: page.name)
def test_projects_are_valid(page, registry):
    for block in blocks(page, "toml"):
        data = tomllib.loads(block)
        if data.keys() & {"song", "video", "model", "prompts", "motion", "scene"}:
            make_project({"song": {"file": "song.flac"}} | data, page, registry)


@pytest.mark.parametrize("page", HERE, ids=lambda page: page.name)
def test_commands_run(page, folder, ran, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr("phosphene.studio.web.serving.require_installed", lambda: None)
    monkeypatch.setattr("phosphene.studio.web.serving.serve", lambda *opened: None)
    monkeypatch.setattr(
        "phosphene.cli.batches.planning.measure_speeds", lambda films, known: dict(known)
    )
    lines = [line for line in "\n".join(blocks(page, "sh")).splitlines() if line not in ran]
    ran.update(lines)  # a line of several pages runs once
    for line in lines:
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
            continue
        if words[0] != "phosphene":
            continue
        if words[1] in ("render", "loop"):  # as it stands, but small and unpainted
            words += ["--model", "none", "--size", "64x64", "--fps", "2"]
            words += ["--interpolate", "4"] * ("--interpolate" in words)
        if words[1] == "batch":  # its films are those of `render`
            words = [name for word in words for name in sorted(glob.glob(word)) or [word]]
            words += ["--model", "none", "--plan"]
        result = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
        assert result.exit_code == 0, f"{line}\n{result.output}"


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_channel_and_hook_is_documented():
    channels = (ROOT / "docs" / "channels.md").read_text()
    for name, channel in CHANNELS.items():
        assert f"| `{name}` |" in channels
        assert channel.unit.split(" of ")[0] in channels
    plugins = (ROOT / "docs" / "plugins.md").read_text()
    for name in vars(hookspecs):
        if name.startswith("register_"):
            assert f"`{name}(" in plugins


def test_public_names_are_documented_and_there():
    import phosphene

    plugins = (ROOT / "docs" / "plugins.md").read_text().partition("## Public names")[2]
    for name in phosphene.__all__:
        assert f"`{name}`" in plugins
        assert getattr(phosphene, name) is not None

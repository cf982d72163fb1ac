"""docs/first-plugin.md and docs/publishing.md, run in a fresh environment."""

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phosphene.scaffold import FILES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("first-plugin.md", "publishing.md")]
STEP = re.compile(r"(?:(?:Replace|Write) `([^`]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.M | re.S)
# Unchanged, but without a network, unpainted and small, and compiled only where it is used.
INSTEAD = {
    "python3 -m venv .venv": "python3 -m venv --without-pip .venv",  # ours: `share_packages`
    "python -m build": "python -m build --no-isolation",
    "phosphene render sway.toml -o sway.mp4": (
        "phosphene render sway.toml -o sway.mp4 --model none --size 64x64 --fps 2"
    ),
}
INSTALL = "phosphene plugins install --editable ./phosphene-sway"
PIP = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_COMPILE": "0"}  # 0 is "off"


def steps():
    """Every file and command of the pages, in order."""
    for page in PAGES:
        for file, language, text in STEP.findall(page.read_text(encoding="utf-8")):
            assert bool(file) == (language != "console"), f"{page.name}: a block without a file"
            if file:
                yield file, text
            else:
                lines = text.splitlines()
                assert all(line.startswith("$ ") for line in lines), text
                yield from (("", line.removeprefix("$ ")) for line in lines)


@pytest.fixture
def desk(tmp_path):
    """A folder with what the reader starts with: Phosphene's source, and a song."""
    source = tmp_path / "phosphene"
    shutil.copytree(
        ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "song.mp3", 0.1 * rng.standard_normal(44100), 22050)
    return tmp_path


@pytest.fixture
def bash(desk):
    """One shell for all commands, which keeps its folder and environment."""
    settings = {
        "PHOSPHENE_CONFIG": str(desk / "config"), "COLUMNS": "200", "NUMBA_DISABLE_JIT": "1",
    }  # fmt: skip
    shell = subprocess.Popen(
        ["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, cwd=desk, env=os.environ | PIP | settings,
    )  # fmt: skip

    def run(command):
        shell.stdin.write(f"{command} < /dev/null\ncode=$?; echo; echo END $code\n")
        shell.stdin.flush()
        printed = []
        for line in shell.stdout:
            if line.startswith("END "):
                assert line == "END 0\n", f"$ {command}\n{''.join(printed)}"
                return "".join(printed)
            printed.append(line)
        pytest.fail(f"the shell ended: $ {command}\n{''.join(printed)}")

    yield run
    shell.stdin.close()
    shell.wait()


def share_packages(environment):
    """Give a new environment access to the packages of this one."""
    site = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    ours = sysconfig.get_path("purelib")
    (site / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    pip = environment / "bin" / "pip"
    pip.write_text(f'#!/bin/sh\nexec {environment}/bin/python -m pip "$@"\n')
    pip.chmod(0o755)


def test_the_guide_leads_to_an_installable_wheel(desk, bash):
    printed = {}
    for file, text in steps():
        if file:
            (desk / file).write_text(text, encoding="utf-8")
            continue
        printed[text] = bash(INSTEAD.get(text, text))
        if text == "python3 -m venv .venv":
            share_packages(desk / ".venv")
        if text == INSTALL:  # before the pages change the package
            assert " passed" in bash("python -m pytest phosphene-sway")
    assert not INSTEAD.keys() - printed.keys(), "the pages no longer have these commands"
    assert "./phosphene-sway written" in printed["phosphene plugins new sway"]
    assert "Installed phosphene-sway 0.1.0" in printed[INSTALL]
    assert "px from the centre" not in printed["phosphene modulators sway"]  # not yet
    assert " passed" in printed["python -m pytest"]
    assert sorted(printed["ls dist"].split()) == [
        "phosphene_sway-0.1.0-py3-none-any.whl", "phosphene_sway-0.1.0.tar.gz",
    ]  # fmt: skip
    by_name = "phosphene plugins install --find-links wheels phosphene-sway"
    assert "Installed phosphene-sway 0.1.0" in printed[by_name]
    assert re.search(r"sway +phosphene-sway +0.1.0 +ready", printed["phosphene plugins list"])
    assert (desk / "sway.mp4").stat().st_size > 0
    rows = [row.split(",") for row in (desk / "sway.csv").read_text().splitlines()]
    moved = [float(row[rows[0].index("translation_x")]) for row in rows[1:]]
    assert max(moved) > 1.0
    assert "sway" not in bash("pip freeze")


def test_the_package_has_what_the_pages_describe():
    """Check what the text mentions outside of commands."""
    publishing = PAGES[1].read_text(encoding="utf-8")
    workflows = [file.rpartition("/")[2] for file in FILES if "/workflows/" in file]
    assert all(f"`{name}`" in publishing for name in workflows)
    template = ROOT / "src" / "phosphene" / "scaffold" / "template" / "publish.yml.txt"
    assert re.search(r"^    environment: pypi$", template.read_text(), re.MULTILINE)
    assert "environment `pypi`" in publishing

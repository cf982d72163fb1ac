"""CONTRIBUTING.md and the files for contributors keep their promises."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import phosphene

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]
LISTS = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
REQUIRED = [Requirement(line) for lines in LISTS for line in lines]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def pins():
    found = re.findall(r"^([\w.-]+)==(.+)$", read("constraints.txt"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


@pytest.mark.parametrize("required", REQUIRED, ids=lambda required: required.name)
def test_a_dependency_has_a_lowest_version_and_a_pin_that_fits(required):
    assert any(one.operator == ">=" for one in required.specifier)
    assert required.specifier.contains(pins()[canonicalize_name(required.name)])


def test_every_dependency_has_a_reason_and_no_other_is_listed():
    table = read("CONTRIBUTING.md").partition("## Dependencies")[2].partition("## Releases")[0]
    reasons = re.findall(r"^\| (\w[\w-]*) \| (\S.*) \|$", table, re.MULTILINE)
    names = [name for name, _ in reasons if name != "package"]
    assert names == [required.name for required in REQUIRED]


def test_the_version_has_one_source():
    assert "version" in PROJECT["dynamic"]
    assert SETTINGS["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "phosphene.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", phosphene.__version__)


def test_hooks_of_pre_commit_have_the_pinned_versions():
    hooks = read(".pre-commit-config.yaml")
    for repository, package in (("ruff-pre-commit", "ruff"), ("check-jsonschema",) * 2):
        revision = re.search(rf"{repository}\n    rev: v?(\S+)", hooks)[1]
        assert revision == pins()[package]


def test_ci_tests_every_supported_python():
    supported = [name[-4:] for name in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", name)]
    matrix = re.search(r"python: \[(.+)\]", read(".github/workflows/ci.yml"))[1]
    assert re.findall(r'"(.+?)"', matrix) == supported


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"])
def test_links_into_the_project_lead_somewhere(page):
    site, source = PROJECT["urls"]["Documentation"], PROJECT["urls"]["Source"]
    raw = source.replace("github.com", "raw.githubusercontent.com")
    for target in re.findall(r"\]\(([^)#\s]+)", read(page)):
        if target.startswith(site):
            name = target.removeprefix(site).rstrip("/") or "index"
            pages = [ROOT / "docs" / f"{name}.md", ROOT / "docs" / name / "README.md"]
            assert any(path.is_file() for path in pages), target
        elif target.startswith((f"{source}/blob/main/", f"{raw}/main/")):
            assert (ROOT / target.partition("/main/")[2]).is_file(), target
        elif not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def test_the_readme_shows_its_pictures_on_pypi_too():
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", read("README.md"))
    assert pictures
    assert all(target.startswith("https://") for target in pictures)

"""Each package in plugins/ is laid out as `phosphene plugins new` writes it."""

import re
import tomllib
from pathlib import Path

import pytest

from phosphene.scaffold import write_package

PACKAGES = sorted((Path(__file__).parents[2] / "plugins").glob("phosphene-*"))
ALIKE = ("LICENSE", ".gitignore", ".github/workflows/tests.yml", ".github/workflows/publish.yml")
ITS_OWN = ("project.description", "project.dependencies", "project.optional-dependencies.dev")
# What a package may have in addition: more extras, files that go into the wheel, its own third parties.
BESIDES = ("project.optional-dependencies.", "tool.setuptools.package-data.")


def files(folder):
    made = ("__pycache__", ".pytest_cache", ".egg-info", "build/", "dist/")
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return {path for path in paths if not any(part in path for part in made)}


def flat(table, prefix=""):
    """Every key of a TOML file, in order: ``project.name``."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def settings(folder):
    return dict(flat(tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))))


@pytest.fixture(params=PACKAGES, ids=lambda path: path.name)
def package(request):
    return request.param


@pytest.fixture
def new(package, tmp_path):
    """The package that `plugins new` writes for this name."""
    return write_package(package.name, tmp_path)


def test_it_has_the_files_of_the_template(package, new):
    have, wanted = files(package), files(new)
    module = package.name.replace("-", "_")
    assert have >= wanted
    for extra in have - wanted:
        inside = extra.startswith((f"src/{module}/", "tests/"))
        picture = "/" not in extra and extra.endswith((".png", ".gif"))
        assert inside or picture, f"{extra}: no place of the layout"


@pytest.mark.parametrize("name", ALIKE)
def test_shared_files_are_those_of_the_template(package, new, name):
    assert (package / name).read_text(encoding="utf-8") == (new / name).read_text(encoding="utf-8")


def test_its_pyproject_has_the_same_keys_in_the_same_order(package, new):
    have, wanted = settings(package), settings(new)
    assert [key for key in have if key in wanted] == list(wanted)
    for key in have.keys() - wanted.keys():
        assert key.startswith(BESIDES), f"{key}: not in what `new` writes"
    for key in wanted.keys() - set(ITS_OWN):
        assert have[key] == wanted[key], key
    assert set(wanted["project.optional-dependencies.dev"]) <= set(
        have["project.optional-dependencies.dev"]
    )


def test_its_readme_has_the_same_parts(package, new):
    page, wanted = ((folder / "README.md").read_text(encoding="utf-8") for folder in (package, new))
    title, ending = wanted.partition("\n")[0], wanted.partition("## Development")[2]
    assert page.startswith(f"{title}\n")
    assert f"phosphene plugins install {package.name}" in page.replace('"', "")
    assert page.partition("## Development")[2] == ending
    assert re.search(r"^```toml$", page, re.MULTILINE)  # how a project uses it

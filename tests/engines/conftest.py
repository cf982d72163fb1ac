"""Checkpoints that tests of engines share; they must not be changed."""

import pytest
from checkpoints import sd15, sdxl


@pytest.fixture(scope="session")
def sd15_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sd15")
    sd15(folder)
    return folder


@pytest.fixture(scope="session")
def sdxl_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdxl")
    sdxl(folder)
    return folder


@pytest.fixture(scope="session", params=["sd15", "sdxl"])
def either_folder(request, sd15_folder, sdxl_folder):
    return {"sd15": sd15_folder, "sdxl": sdxl_folder}[request.param]

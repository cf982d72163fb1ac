"""The doctor's report where something is broken."""

import sys

from click.testing import CliRunner

from phosphene.cli import cli
from phosphene.cli.doctor import CHECKS


def test_a_torch_that_cannot_be_imported_is_a_line_of_the_report(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    result = CliRunner().invoke(cli, ["doctor"], catch_exceptions=False)
    assert result.exit_code == 1
    assert "no   device     PyTorch cannot be imported: ModuleNotFoundError" in result.output
    assert "--force-reinstall torch" in result.output
    assert "models " in result.output  # the other checks are made too


def test_a_check_that_fails_in_any_way_is_a_line_of_the_report(monkeypatch):
    def check():
        raise RuntimeError("[bold]the driver hangs[/]")

    monkeypatch.setitem(CHECKS, "device", check)
    result = CliRunner().invoke(cli, ["doctor"], catch_exceptions=False)
    assert result.exit_code == 1
    assert "RuntimeError: [bold]the driver hangs[/]" in result.output

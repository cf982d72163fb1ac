"""Text from outside is printed literally, and cannot control the terminal."""

import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.table import Table

from phosphene.cli import cli
from phosphene.cli.terminal.console import Terminal, one_line, show_error, styled, visible, warn
from phosphene.errors import ProjectError

HOSTILE = "a\x1b[2J\x9b1A\r\x07[red]:smile:\u202egpj\udcff.wav"
SHOWN = r"a\x1b[2J\x9b1A\r\x07[red]:smile:\u202egpj\udcff.wav"


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(file=io.StringIO(), force_terminal=True, width=200)


def written(terminal: Terminal) -> str:
    """What was printed, without the styles that are ours."""
    return re.sub(r"\x1b\[[\d;]*m", "", terminal.file.getvalue())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HOSTILE, SHOWN),
        ("two\nlines\tof text", "two\nlines\tof text"),
        ("root:x:0 [bold]", "root:x:0 [bold]"),
        ("Café 愛 \N{NO-BREAK SPACE}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}", None),
        ("\u2028\u2066\ufeff\x7f", r"\u2028\u2066\ufeff\x7f"),
    ],
)
def test_characters_that_a_terminal_obeys_are_written_out(text: str, shown: str | None) -> None:
    assert visible(text) == (text if shown is None else shown)


def test_a_name_is_one_line() -> None:
    assert one_line(Path("a\nError:\tb")) == r"a\nError:\tb"


def test_text_is_printed_literally(terminal: Terminal) -> None:
    table = Table(title=HOSTILE)
    table.add_column(HOSTILE)
    table.add_row(HOSTILE)
    terminal.print(HOSTILE, table, styled((HOSTILE, "bold"), HOSTILE))
    assert written(terminal).count(SHOWN) == 6
    assert not set(written(terminal)) & set("\x1b\x9b\r\x07\u202e")


def test_a_status_is_not_markup(terminal: Terminal) -> None:
    with terminal.status(f"Loading {HOSTILE}"):
        pass
    assert f"Loading {SHOWN}" in written(terminal)


def test_lines_of_a_message_are_indented(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(ProjectError("a\nError: all is lost", "do this\nFix: that"))
    warn("one\ntwo")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "Error: a", "       Error: all is lost", "Fix:   do this", "       Fix: that",
        "Warning: one", "         two",
    ]  # fmt: skip


@pytest.mark.parametrize("arguments", [["listen"], ["listen", "song", "more"], ["render"]])
def test_arguments_are_shown_in_messages(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, [*arguments, HOSTILE])
    assert result.exit_code == 2
    assert SHOWN in result.stderr
    assert "\x1b" not in result.stderr


def test_keys_of_a_project_are_shown_in_messages(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(f"[song]\nfile = 'a.wav'\n{json.dumps(HOSTILE[:-5])} = 1\n")
    result = CliRunner().invoke(cli, ["compose", str(tmp_path / "p.toml"), "-o", "x.csv"])
    assert result.exit_code == 2
    assert not set(result.output) & set("\x1b\x9b\r\x07\u202e")


def test_nothing_is_printed_as_markup() -> None:
    for file in (Path(__file__).parents[2] / "src" / "phosphene" / "cli").rglob("*.py"):
        text = file.read_text()
        assert not re.search(r"\[(bold|dim|red|green|yellow|cyan)[ \w]*\]", text), file

from pathlib import Path

import pytest

from phosphene.errors import FilmError
from phosphene.film import ffmpeg


def test_bundled_ffmpeg_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ffmpeg.VARIABLE, raising=False)
    assert Path(ffmpeg.executable()).exists()
    assert ffmpeg.version()


def test_user_names_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "mine"
    other.symlink_to(ffmpeg.executable())
    monkeypatch.setenv(ffmpeg.VARIABLE, str(other))
    assert ffmpeg.executable() == str(other)
    monkeypatch.setenv(ffmpeg.VARIABLE, "mine")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ffmpeg.executable() == str(other)


def test_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ffmpeg.VARIABLE, "/nowhere/ffmpeg")
    with pytest.raises(FilmError, match="'/nowhere/ffmpeg'") as caught:
        ffmpeg.executable()
    assert "unset" in caught.value.fix


@pytest.mark.parametrize("script", ["#!/bin/sh\necho hello\n", "#!/nowhere\n"])
def test_something_else_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    other = tmp_path / "other"
    other.write_text(script)
    other.chmod(0o755)
    monkeypatch.setenv(ffmpeg.VARIABLE, str(other))
    with pytest.raises(FilmError, match=r"other (does not run|is not ffmpeg)"):
        ffmpeg.version()

"""Commands that paint nothing work where PyTorch is broken."""

import os
import subprocess
import sys

import numpy as np
import soundfile

CODE = """
from click.testing import CliRunner
from phosphene.cli import cli

for command in (
    ["listen", "song.wav"],
    ["compose", "song.wav", "-o", "score.csv"],
    ["plugins", "list"],
    ["doctor"],
    ["render", "song.wav", "-o", "film.mp4", "--model", "none", "--size", "64x64"],
):
    result = CliRunner().invoke(cli, command)
    print(command[0], result.exit_code, "| " + result.output.replace("\\n", "\\n| "))
"""


def test_commands_that_paint_nothing_do_not_import_torch(tmp_path):
    torch = tmp_path / "broken" / "torch"
    torch.mkdir(parents=True)
    (torch / "__init__.py").write_text("raise ImportError('libcudart.so.13: cannot open')\n")
    clicks = np.zeros(22050 * 4)
    for beat in np.arange(0.0, 4.0, 0.5):
        clicks[round(beat * 22050) :][:400] = np.sin(np.arange(400) * 0.4)
    soundfile.write(tmp_path / "song.wav", 0.5 * clicks, 22050)
    path = os.pathsep.join([str(torch.parent), *sys.path])
    result = subprocess.run(
        [sys.executable, "-c", CODE],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path, "PHOSPHENE_CACHE": str(tmp_path / "cache")},
        check=False,
    )
    codes = [line.split()[:2] for line in result.stdout.splitlines() if not line.startswith("|")]
    expected = [["listen", "0"], ["compose", "0"], ["plugins", "0"], ["doctor", "1"]]
    expected.append(["render", "2"])  # which computes the colours of the preview first
    assert codes == expected, result.stdout + result.stderr
    assert "120.0 BPM" in result.stdout
    assert (tmp_path / "score.csv").read_text().startswith("frame,time,")
    failed = result.stdout.count("PyTorch cannot be imported: ImportError: libcudart.so.13")
    assert failed == 2

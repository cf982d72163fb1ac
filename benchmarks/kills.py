"""`python -m benchmarks.kills INPUT [OPTION ...]`: kill renders at random moments.

The command line runs in its own process, is killed with SIGKILL while it paints, encodes or joins,
and is restarted at once, while its ffmpeg may still be writing. Every film must be identical to the
one of an uninterrupted render. PHOSPHENE_KILLS sets the number of kills (default 20).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IN_TURN = 4  # maximum kills of one film


def main() -> None:
    """Kill, resume, compare, and print the outcome."""
    kills, chance = int(os.environ.get("PHOSPHENE_KILLS", "20")), random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reference = folder / "reference.mp4"
        alone = _render(reference, None)
        print(f"Uninterrupted: {alone:.1f} s of painting and encoding", flush=True)
        made, films = 0, 0
        while made < kills:
            film = folder / f"film-{films}.mp4"
            for _ in range(min(IN_TURN, kills - made)):
                moment = chance.uniform(0.0, alone / 2)
                if _render(film, moment) is not None or film.exists():
                    break  # done before the kill
                made += 1
                print(f"kill {made}: {moment:.2f} s after its start, {_left(film)}", flush=True)
            else:
                _render(film, None)
            same = film.read_bytes() == reference.read_bytes()
            films += 1
            print(f"film {films}: {'identical' if same else 'DIFFERENT'}", flush=True)
            if not same or list(folder.glob(".film*")):
                sys.exit("The film differs, or files are left behind.")
    print(f"{made} kills, {films} films, all identical.")


def _render(film: Path, moment: float | None) -> float | None:
    """Seconds from the first file of the resume state to the end; None if it was killed."""
    state = film.with_name(f".{film.name}.resume") / "lock"
    command = [sys.executable, "-c", "from phosphene.cli import main; main()", "render",
               *sys.argv[1:], "-o", str(film)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        inode = state.stat().st_mtime_ns if state.exists() else None
        while process.poll() is None and (not state.exists() or state.stat().st_mtime_ns == inode):
            time.sleep(0.005)
        begun = time.monotonic()
        if moment is not None:
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                return None
        message = process.stderr.read().decode()
        if process.wait():
            sys.exit(message)
        return time.monotonic() - begun


def _left(film: Path) -> str:
    folder = film.with_name(f".{film.name}.resume")
    names = [path.name for path in folder.glob("*")]
    complete = sum(name.startswith("segment") and ".part" not in name for name in names)
    return f"{complete} segments or raw files, {sum('border' in name for name in names)} borders"


if __name__ == "__main__":
    main()

"""`python -m benchmarks.hearing [--of openmsx] [--music FOLDER] [--recordings FOLDER]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.hearing import openmsx, recorded
from benchmarks.hearing.report import report


def main() -> None:
    """Print the tables of docs/hearing.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hearing", description=__doc__)
    parser.add_argument("--music", type=Path, default=openmsx.FOLDER, help="the openmsx MIDI files")
    parser.add_argument("--recordings", type=Path, default=recorded.FOLDER, help="the rock songs")
    kinds = ("all", "openmsx", "generated", "recorded", "blind")
    parser.add_argument("--of", choices=kinds, default="all", help="which songs")
    given = parser.parse_args()
    print(report(given.music, given.recordings, given.of))


if __name__ == "__main__":
    main()

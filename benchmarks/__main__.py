"""`python -m benchmarks [NAME ...]`: measure, and print the tables of docs/performance.md."""

from __future__ import annotations

import importlib
import sys

NAMES = ("painter", "painting", "sd15", "composing", "listening", "start")


def main() -> None:
    """Print the named tables, or all of them."""
    for name in sys.argv[1:] or NAMES:
        print(f"\n## {name}\n\n{importlib.import_module(f'benchmarks.{name}').report()}")


if __name__ == "__main__":
    main()

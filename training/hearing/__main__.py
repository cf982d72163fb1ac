"""Make the beat network: compose and render the songs, train, export.

python -m training.hearing [--songs 1200] [--minutes 60] [--workers 1]
"""

import argparse

from training.hearing import songs


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.hearing", description=__doc__)
    parser.add_argument("--songs", type=int, default=1200)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    songs.make_all(args.songs // songs.CHUNK, args.workers)
    from training.hearing import train

    train.train(args.minutes)
    train.export()


if __name__ == "__main__":
    main()

"""Train the model in one command: draw, vae, text, latents, unet. Finished steps are skipped.

python -m training                       train until stopped (SIGTERM saves the state)
python -m training --minutes 90          train for 90 minutes
python -m training --finish-minutes 120  last session: decay the learning rate, then export
"""

import argparse
import subprocess
import sys
import time
from os import cpu_count

from training import contact, export, unet, vae
from training.device import DEVICE
from training.paths import RUNS, chunks_of

MIN_CHUNKS = 20  # training starts once this many are drawn
DRAWING_WORKERS = {"cuda": max(1, (cpu_count() or 2) - 2), "cpu": 1}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--chunks", type=int, default=200, help="a hundred pictures each")
    parser.add_argument("--vae-minutes", type=float, default=20)
    parser.add_argument("--minutes", type=float, default=0, help="0: until stopped")
    parser.add_argument("--finish-minutes", type=float, default=0)
    args = parser.parse_args()
    # pictures are drawn in parallel; the training picks up new chunks as they appear
    drawing = subprocess.Popen(
        ["nice", "-n", "15", sys.executable, "-m", "training.latents", str(args.chunks),
         str(DRAWING_WORKERS[DEVICE.type])]
    )  # fmt: skip
    try:
        while len(chunks_of("words")) < min(MIN_CHUNKS, args.chunks):
            time.sleep(1)
        vae.make_vae(args.vae_minutes)
        unet.train_unet(args.minutes, args.finish_minutes)
    finally:
        drawing.terminate()
        drawing.wait()
    if args.finish_minutes:
        export.export(RUNS / "worlds")
        contact.article(RUNS / "article.jpg", 20, 3.0, tile=160, folder=RUNS / "worlds")


if __name__ == "__main__":
    main()

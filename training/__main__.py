"""Train the model in one command: draw, vae, text, latents, unet. Finished steps are skipped.

python -m training                       runs until it is stopped (SIGTERM saves the state)
python -m training --minutes 90          for so long
python -m training --finish-minutes 120  the last session: the rate falls, then export and a sheet
"""

import argparse
import subprocess
import sys
import time
from os import cpu_count

from training import contact, export, unet, vae
from training.pace import DEVICE
from training.places import RUNS, chunks_of

# chunks without which nothing begins; the cores that draw meanwhile: beside a GPU nearly all
FIRST = 20
DRAWING = {"cuda": max(1, (cpu_count() or 2) - 2), "cpu": 1}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--chunks", type=int, default=200, help="a hundred pictures each")
    parser.add_argument("--vae-minutes", type=float, default=20)
    parser.add_argument("--minutes", type=float, default=0, help="0: until stopped")
    parser.add_argument("--finish-minutes", type=float, default=0)
    given = parser.parse_args()
    # the pictures are drawn beside the training, which takes them up
    drawing = subprocess.Popen(
        ["nice", "-n", "15", sys.executable, "-m", "training.latents", str(given.chunks),
         str(DRAWING[DEVICE.type])]
    )  # fmt: skip
    try:
        while len(chunks_of("words")) < min(FIRST, given.chunks):
            time.sleep(1)
        vae.make_vae(given.vae_minutes)
        unet.train_unet(given.minutes, given.finish_minutes)
    finally:
        drawing.terminate()
        drawing.wait()
    if given.finish_minutes:
        export.export(RUNS / "worlds")
        contact.article(RUNS / "article.jpg", 20, 3.0, tile=160, folder=RUNS / "worlds")


if __name__ == "__main__":
    main()

"""One command makes the model: draw, vae, text, latents, unet. What is done is not done again.

python -m training                       goes on until it is stopped (SIGTERM keeps the work)
python -m training --minutes 90          for so long
python -m training --finish-minutes 120  the last session: the rate falls, then export and a sheet
"""

import argparse
import subprocess
import sys

from training import contact, draw, export, latents, unet, vae
from training.places import RUNS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--chunks", type=int, default=40, help="500 pictures each")
    parser.add_argument("--vae-minutes", type=float, default=20)
    parser.add_argument("--minutes", type=float, default=0, help="0: until stopped")
    parser.add_argument("--finish-minutes", type=float, default=0)
    given = parser.parse_args()
    first = min(4, given.chunks)
    draw.draw(first)
    vae.make_vae(given.vae_minutes)
    latents.encode_first(first)
    # the rest of the pictures is drawn and encoded beside the training, which takes them up
    filling = subprocess.Popen(
        ["nice", "-n", "15", sys.executable, "-m", "training.latents", str(given.chunks)]
    )
    try:
        unet.train_unet(given.minutes, given.finish_minutes)
    finally:
        filling.terminate()
        filling.wait()
    if given.finish_minutes:
        export.export(RUNS / "worlds")
        contact.article(RUNS / "article.png", 20, 3.0, tile=160, folder=RUNS / "worlds")


if __name__ == "__main__":
    main()

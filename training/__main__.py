"""One command makes the model: draw, vae, unet, export, look. What is done is not done again.

python -m training [--vae-minutes 13] [--unet-minutes 76] [--chunks 24]
"""

import argparse

from training import contact, draw, export, latents, unet, vae
from training.places import CACHE, PICTURES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--vae-minutes", type=float, default=13)
    parser.add_argument("--unet-minutes", type=float, default=76)
    parser.add_argument("--chunks", type=int, default=24, help="500 pictures each")
    given = parser.parse_args()
    if not (CACHE / f"pictures-{given.chunks - 1:03d}.npy").exists():
        draw.draw(given.chunks)
    vae.make_vae(given.vae_minutes)
    latents.encode_all()
    unet.train_unet(given.unet_minutes)
    export.export()
    contact.article(PICTURES / "worlds-article.png", tile=160)
    contact.contact(PICTURES / "worlds-contact.png")


main()

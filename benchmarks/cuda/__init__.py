"""The painter on an NVIDIA GPU: `python -m benchmarks.cuda [--seconds N] [--tiny]`.

Stable Diffusion 1.5 in its true configuration with random weights, at 512 px, in half precision:
Phosphene as `sd-turbo` at `draft` (one evaluation, the tiny VAE) through its own engine, frame loop
and readback, and the article's loop on the same UNet; then the bundled model, against the CPU. No
film is encoded. A check that fails says why, and the next one goes on. `--tiny` runs every line on
a CPU, with small models.
"""

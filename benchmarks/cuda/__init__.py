"""The painter on an NVIDIA GPU: `python -m benchmarks.cuda [--seconds N] [--tiny]`.

Stable Diffusion 1.5 at full size with random weights, at 512 px, in half precision: Phosphene as
`sd-turbo` at `draft` (one evaluation, the tiny VAE) through its own engine, frame loop and
readback, and the reference loop on the same UNet; then the bundled model, against the CPU. No
film is encoded. A failing check is reported, and the next one runs. `--tiny` runs everything
on a CPU, with small models.
"""

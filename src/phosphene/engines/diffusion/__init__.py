"""Diffusion models: their engines, and their LoRAs, ControlNets and IP-Adapters."""

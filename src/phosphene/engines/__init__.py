"""Engines that come with Phosphene: how models are found, loaded and run."""

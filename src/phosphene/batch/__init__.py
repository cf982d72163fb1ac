"""Batches of films: jobs from a list, rendered in separate processes, resumed and reported."""

"""Batches of films: jobs from a list, rendered several at a time, resumed and reported."""

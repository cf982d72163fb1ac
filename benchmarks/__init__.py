"""Benchmarks of Phosphene against a named alternative in the same run."""

"""Prompts as a model reads them: weights of words, a vocabulary, and how much fits."""

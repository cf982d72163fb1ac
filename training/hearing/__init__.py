"""Training of the beat network on songs that the project composes and renders."""

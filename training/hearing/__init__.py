"""What makes the beat network: songs that the project composes and renders itself."""

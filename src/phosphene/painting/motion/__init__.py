"""Camera motion of the picture and of the scene's noise."""

"""Letters as pixels: fonts, and text that is laid out within a picture."""

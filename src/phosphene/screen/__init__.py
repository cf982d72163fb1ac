"""Frame interpolation and upscaling of painted frames."""

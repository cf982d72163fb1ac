"""What moves with the camera: the picture and the noise of the scene."""

"""Training of the bundled model `worlds`: drawings, captions, training, export."""

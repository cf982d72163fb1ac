"""What makes the bundled model `worlds`: drawings, captions, training, export."""

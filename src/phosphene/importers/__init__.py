"""Import files of other programs as projects."""

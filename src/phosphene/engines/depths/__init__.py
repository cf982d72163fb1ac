"""Sources of depth that come with Phosphene: drawn ones, and models that estimate it."""

"""Export and restore."""

"""Monthly statements: made, delivered, run for a whole practice, and shown."""

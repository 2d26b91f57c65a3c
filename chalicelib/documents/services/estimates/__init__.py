"""Good faith estimates: issued, drawn, and shown."""

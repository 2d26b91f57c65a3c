"""What insurers say that they pay: X12 835 (005010X221A1) files as values, and what is wrong there."""

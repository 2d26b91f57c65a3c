"""Remittances against the books: which charge a line is of, what it posts, and what is left to a person."""

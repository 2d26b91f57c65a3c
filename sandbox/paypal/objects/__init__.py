"""The kinds of objects: what each request about them does."""

"""Importing a practice's files: planned and rehearsed whole, then applied; a kill leaves no half to see."""

"""The demo practice: made-up files in the import's own formats, and a loader that shifts their dates."""

"""A release: what a deployment takes, the same bytes from the same commit. docs/releases.md."""

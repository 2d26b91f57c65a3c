"""The drop folder: looked at by a function, posted by a person."""

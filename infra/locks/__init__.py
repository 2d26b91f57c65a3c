"""The locks of Python's packages: made by `make lock` (__main__.py), read by releases and tests."""

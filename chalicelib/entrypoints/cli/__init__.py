"""The `billfold` command line, for operators: `python -m chalicelib.entrypoints.cli --help`.

It is built on argparse: the commands are few and plain, its help and errors are what people know, and a
library would have to be carried in the deployed zip beside code that never runs there.
"""

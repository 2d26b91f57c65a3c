import sys

from chalicelib.entrypoints.cli.main import main

sys.exit(main(sys.argv[1:]))

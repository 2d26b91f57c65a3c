"""The API's description with every route in it: `python -m chalicelib.entrypoints.http.openapi` prints
docs/openapi.json."""

import sys

from chalicelib.entrypoints.http import blueprints as _every_route_is_declared_by_importing_it  # noqa: F401
from chalicelib.entrypoints.http.description import document, text

__all__ = ["document", "text"]

if __name__ == "__main__":
    sys.stdout.write(text())

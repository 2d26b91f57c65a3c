"""Runs a module as a child of the sandbox: `python -m sandbox.child sandbox.web --port 8000`.

The child ends with the process that started it, so that no run leaves anything behind.
"""

import runpy
import sys

from sandbox.parent import end_with_parent


def main() -> None:
    """Run the module named first with the arguments that follow."""
    module, *arguments = sys.argv[1:]
    end_with_parent()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""Forgets everything that a sandbox keeps: `python -m sandbox.reset .billfold` (or `make reset`).

Standard library only.
"""

import shutil
import sys
from pathlib import Path

from sandbox.state_lock import StateInUse, held

# A folder with none of these is no sandbox's, whatever name was typed.
_OURS = ("format", "aws", "lock")


def main() -> int:
    """The exit status: 1 where nothing could be removed, and why is said."""
    name = sys.argv[1]
    state = Path(name).resolve()
    _remove(_aside(state))  # what a reset that was cut short left
    if not state.exists():
        print(f"billfold: there is no {name}/; nothing to forget")
        return 0
    if any(state.iterdir()) and not any((state / ours).exists() for ours in _OURS):
        print(f"billfold: {name}/ is not a sandbox's; nothing was removed", file=sys.stderr)
        return 1
    try:
        with held(state, "make reset"):
            # In one step: a reset that is cut short leaves no half of it.
            state.rename(_aside(state))
    except StateInUse as error:
        print(f"billfold: {name}/ is in use by {error}; stop it first (Ctrl-C)", file=sys.stderr)
        return 1
    _remove(_aside(state))
    print(f"billfold: {name}/ is gone; make run starts over")
    return 0


def _aside(state: Path) -> Path:
    return state.with_name(f"{state.name}.removed")


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())

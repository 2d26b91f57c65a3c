"""Compile every module under a folder; run as a program of its own: `python compile.py FOLDER [--replace]`.

Bytecode is marked "unchecked": Python takes it without looking at the source, for Lambda's disk keeps neither
dates nor what Python would write. `--replace` puts it in the place of the source.

A process of its own, because what marshal writes depends on what else the process holds: a fresh one that
compiles the same files in the same order writes the same bytes. Standard library only.
"""

import py_compile
import sys
from importlib.util import cache_from_source
from pathlib import Path

_UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def main(folder: Path, *, replace: bool) -> None:
    for name in sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py")):
        source = folder / name
        bytecode = source.with_suffix(".pyc") if replace else Path(cache_from_source(str(source)))
        py_compile.compile(
            str(source),
            cfile=str(bytecode),
            dfile=name,
            doraise=True,
            optimize=0,
            invalidation_mode=_UNCHECKED,
        )
        if replace:
            source.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), replace="--replace" in sys.argv[2:])

"""What goes into the API's zip, and how large it may be."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.package import wheels
from infra.package.archive import unzipped_bytes
from infra.package.target import PackageError, Target

LIMIT_BYTES = 250 * 1024 * 1024  # a function with all its layers, unzipped
_OWN_FILES = ("app.py", "LICENSE", "NOTICE")
# Commands run from the source: no function has a use for them and their words, nor for what exports, migrates
# or hosts.
_NOT_OURS = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "cli", "backups", "hosting")


@contextmanager
def staged_api(root: Path, target: Target, cache: Path) -> Iterator[Path]:
    """A folder laid out as Lambda unpacks it. Gone afterwards. Error: PackageError."""
    with tempfile.TemporaryDirectory(dir=_made(cache)) as scratch:
        folder, own = Path(scratch) / "api", Path(scratch) / "own"
        copy_app(root, own)
        # Our own source stays, beside its bytecode: to be read where it runs; others' is published.
        wheels.compile_modules(own, replace=False)
        wheels.compile_methods(own)
        shutil.copytree(wheels.installed(root / "requirements-api.txt", target, cache), folder)
        shutil.copytree(own, folder, dirs_exist_ok=True)
        yield folder


def copy_app(root: Path, folder: Path) -> None:
    """Our own files that are deployed."""
    folder.mkdir()
    for name in _OWN_FILES:
        shutil.copyfile(root / name, folder / name)
    shutil.copytree(root / "chalicelib", folder / "chalicelib", ignore=_NOT_OURS)


def check_sizes(api: Path, layer: Path) -> None:
    """Error: PackageError when Lambda would refuse a function that has both."""
    size = unzipped_bytes(api) + unzipped_bytes(layer)
    if size > LIMIT_BYTES:
        raise PackageError(f"code and layer are {size:,} bytes unzipped; Lambda takes {LIMIT_BYTES:,}")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder

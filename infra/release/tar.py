"""Tar files that depend on nothing but what is in them: order, dates, owners and permissions are fixed."""

import tarfile
from collections.abc import Iterable
from pathlib import Path

_PROGRAM, _FILE = 0o755, 0o644


def write_tar(
    root: Path, names: Iterable[str], target: Path, *, programs: frozenset[str] = frozenset()
) -> None:
    """Pack the files of `root` with these names; those in `programs` may be run. `target` is replaced."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(names):
            entry = tarfile.TarInfo(name)
            entry.size = (root / name).stat().st_size
            entry.mode = _PROGRAM if name in programs else _FILE
            with (root / name).open("rb") as opened:
                archive.addfile(entry, opened)


def files_under(folder: Path) -> list[str]:
    """Names of all files, relative to the folder."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def unpack(archive: Path, folder: Path) -> None:
    """Error: tarfile.TarError for one that leads out of the folder, or is none."""
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")

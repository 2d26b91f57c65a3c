"""SHA256SUMS: the sha256 of every file of a release, as `sha256sum --check` reads it."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

NAME = "SHA256SUMS"


class ReleaseInvalid(Exception):
    """The folder is not the release that it says it is; the text says what is wrong with which file."""


def write(folder: Path) -> None:
    """Of every file that lies in `folder`, by name."""
    files = sorted(path for path in folder.iterdir() if path.name != NAME)
    text = "".join(f"{_sha256(file)}  {file.name}\n" for file in files)
    (folder / NAME).write_text(text, encoding="utf-8")


def taken(folder: Path, into: Path) -> frozenset[str]:
    """Copy the files to `into`, which is made; their names. Error: ReleaseInvalid, with all that is wrong.

    What is hashed are the bytes of the copies: who writes into `folder` later changes nothing of them.
    """
    listed, wrong = _listed(folder), list[str]()
    into.mkdir(parents=True)
    for name, digest in listed.items():
        if not (folder / name).is_file():
            wrong.append(f"{name} is missing")
        elif _sha256(Path(shutil.copyfile(folder / name, into / name))) != digest:
            wrong.append(f"{name} has other bytes than {NAME} says")
    if wrong:
        raise ReleaseInvalid(f"{folder}: {'; '.join(wrong)}")
    return frozenset(listed)


def _listed(folder: Path) -> Mapping[str, str]:
    try:
        lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseInvalid(f"{folder}: there is no {NAME} that can be read") from error
    listed: dict[str, str] = {}
    for line in lines:
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name or "/" in name:
            raise ReleaseInvalid(f"{folder}: {NAME} has a line that is none: {line[:80]}")
        if name in listed:
            raise ReleaseInvalid(f"{folder}: {NAME} names {name} twice")
        listed[name] = digest
    return listed


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

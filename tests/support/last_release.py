"""The release before this one, from which deployments are upgraded: its files, out of git's history.

It is the newest tag of a version behind the commit that is checked out. Until there is one, the commit before
releases were made stands in. Whoever has a tree without that history is told how to get it.
"""

import subprocess
from functools import cache
from pathlib import Path

import pytest

from chalicelib.version import VERSION
from infra.release.tar import unpack
from sandbox.config import ROOT

STAND_IN = "87844bf270bc4444106245647ee5bee3099f9a3e"


@cache
def last_release() -> str:
    """Its tag, or the commit that stands in. The test is skipped where git does not have it."""
    of_this = f"v{VERSION}"
    tags = _git("tag", "--merged", "HEAD", "--list", "v*", "--sort=-version:refname").decode().split()
    found = next((tag for tag in tags if tag != of_this), STAND_IN)
    _git("cat-file", "-e", f"{found}^{{commit}}")
    return found


def file_of(release: str, name: str) -> str:
    """One of its files."""
    return _git("show", f"{release}:{name}").decode()


def unpack_release(release: str, folder: Path) -> None:
    """All of its files."""
    folder.mkdir(parents=True)
    archive = folder.with_suffix(".tar")
    archive.write_bytes(_git("archive", "--format=tar", release))
    unpack(archive, folder)
    archive.unlink()


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("NOT tried: the release before this one is in git's history, and there is no git")
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        pytest.skip(
            f"NOT tried: the last release is in git's history, which this tree has not got ({said});"
            " in a clone: git fetch --unshallow --tags"
        )
    return done.stdout

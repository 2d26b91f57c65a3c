"""Two releases of one commit, made in two places, are the same bytes: `make soak-release`.

Two clones of what is committed here, in folders of different depth, with another umask, time zone, locale
and seed of hashes, and other dates of files, one after the other; each packs with a cache of its own. Both
have this tree's environments, which set-up holds to the locks. Exit status 0 when all checksums are the same.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from chalicelib.version import VERSION
from infra.release import sums
from sandbox.config import ROOT

# What set-up makes, and git does not have.
_SHARED = (".venv", ".venv-deploy", "portal/node_modules")
_LONG_AGO = 1_000_000_000


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        one = _released(
            Path(scratch) / "one", {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}, umask=0o022
        )
        far = Path(scratch) / "another" / "folder" / "far away"
        other = _released(
            far,
            {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
            umask=0o077,
            dated=True,
        )
    different = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
    print(f"{len(one)} files, different: {', '.join(different) or 'none'}")
    return 1 if different or not one else 0


def _released(
    folder: Path, environment: Mapping[str, str], *, umask: int, dated: bool = False
) -> Mapping[str, str]:
    """Each file's checksum."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True, umask=umask)
    for file in (path for path in folder.glob("[!.]*/**/*") if dated):
        os.utime(file, (_LONG_AGO, _LONG_AGO))
    for name in _SHARED:
        (folder / name).symlink_to((ROOT / name).resolve())
    with (folder / ".git" / "info" / "exclude").open("a", encoding="utf-8") as excluded:
        excluded.write("\n".join(_SHARED))
    pages = folder / "build" / "release-portal"
    build = [
        "npm",
        "--prefix",
        "portal",
        "run",
        "--silent",
        "build",
        "--",
        "--logLevel",
        "warn",
        "--emptyOutDir",
    ]
    pack = [sys.executable, "-m", "infra.release", "--portal", str(pages)]
    for command in ([*build, "--outDir", str(pages)], pack):
        made = {**os.environ, **environment}
        subprocess.run(command, cwd=folder, env=made, umask=umask, stdout=subprocess.DEVNULL, check=True)
    lines = (folder / "dist" / f"release-{VERSION}" / sums.NAME).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


if __name__ == "__main__":
    raise SystemExit(main())

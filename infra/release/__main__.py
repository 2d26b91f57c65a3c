"""`make release`: dist/release-<version>/ from the commit that is checked out, the same bytes each time.

    api.zip, *-layer.zip   what `make package` makes
    template.json    SAM template of the functions, as `make package` makes it
    functions.json   the same as plain CloudFormation; the bucket of the code is named at deployment
    data.json, site.json   templates of the other two stacks
    portal.tar       the portal's built files
    source.tar       every file of the commit: the deployment's program and the commands among them
    sbom.cdx.json    the packages that the release carries (CycloneDX)
    manifest.json    version, commit, formats, and the Python that packed
    SHA256SUMS       of all of these

docs/releases.md says what a version promises, and how a release is deployed.
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.backups.services.backing_up import FORMAT as BACKUP
from chalicelib.importing.domain.mapping.map_text import FORMAT as MAP
from chalicelib.kernel import stored_format
from chalicelib.ledger.domain.entry_text import FORMAT as ENTRY
from chalicelib.verification.domain.anchors import FORMAT as ANCHOR
from chalicelib.version import VERSION
from infra.deploy import artefacts
from infra.deploy.template import DeployError, code_files, content_key, deployable
from infra.package import layers
from infra.package.__main__ import CACHE, ROOT, build
from infra.package.target import PackageError, Target, of_this_python
from infra.release import sums
from infra.release.sbom import sbom
from infra.release.tar import files_under, write_tar
from infra.table import DATA_TEMPLATE, load_template

_ZIPS = {
    "requirements-api.txt": "api.zip",
    **{f"requirements-{name}.txt": f"{name}-layer.zip" for name in layers.NAMES},
}


@dataclass(frozen=True, slots=True)
class Commit:
    """`at`: when it was made, ISO 8601 in UTC; `programs`: those of its files that may be run."""

    id: str
    at: str
    files: tuple[str, ...]
    programs: frozenset[str]


class ReleaseRefused(Exception):
    """There is nothing that could be released; the text says why."""


def checked_out(root: Path, wanted: str) -> Commit:
    """Error: ReleaseRefused where files differ from the commit's, or where its tag names another version."""
    if changed := _git(root, "status", "--porcelain"):
        raise ReleaseRefused(f"the work tree differs from its commit:\n{changed}")
    tags = [tag for tag in _git(root, "tag", "--points-at", "HEAD").split() if tag.startswith("v")]
    if tags and f"v{wanted}" not in tags:
        raise ReleaseRefused(f"the commit is tagged {', '.join(tags)}; chalicelib/version.py says {wanted}")
    return commit_of(root)


def commit_of(root: Path) -> Commit:
    """As above, whatever the work tree has beside it."""
    listed = [line.split(maxsplit=3) for line in _git(root, "ls-files", "--stage", "-z").split("\0") if line]
    return Commit(
        _git(root, "rev-parse", "HEAD").strip(),
        _git(root, "log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ").strip(),
        tuple(name for _, _, _, name in listed),
        frozenset(name for mode, _, _, name in listed if mode == "100755"),
    )


def make(out: Path, portal: Path, target: Target, commit: Commit, *, cache: Path = CACHE) -> None:
    """Fill `out`; `portal` is the portal's build. Errors: ReleaseRefused, PackageError, DeployError."""
    pages = files_under(portal)
    if "index.html" not in pages:
        raise ReleaseRefused(f"{portal} is no build of the portal")
    build(out, target, cache=cache)
    sam = json.loads((out / "template.json").read_text(encoding="utf-8"))
    keys = {name: content_key(out / name) for name in code_files(sam)}
    _write_json(out / artefacts.FUNCTIONS, deployable(sam, artefacts.BUCKET, keys))
    _write_json(out / artefacts.DATA, load_template(DATA_TEMPLATE))
    _write_json(out / artefacts.SITE, load_template(ROOT / "infra" / "site.yaml"))
    write_tar(portal, pages, out / artefacts.PORTAL)
    write_tar(ROOT, commit.files, out / "source.tar", programs=commit.programs)
    zips = {lock: out / name for lock, name in _ZIPS.items()}
    text = sbom(ROOT, zips, version=VERSION, commit=commit.id, at=commit.at)
    (out / "sbom.cdx.json").write_text(text, encoding="utf-8")
    _write_json(out / artefacts.MANIFEST, _manifest(target, commit, keys))
    sums.write(out)


def _manifest(target: Target, commit: Commit, code: Iterable[str]) -> dict[str, Any]:
    api = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["info"]["version"]
    return {
        "version": VERSION, "commit": commit.id, "committed": commit.at,
        "formats": {
            "api": api, "backup": BACKUP, "entry": ENTRY, "anchor": ANCHOR, "map": MAP,
            "stored": stored_format.FORMAT,
        },
        "reads": stored_format.reads(),
        "code": sorted(Path(name).name for name in code),
        "runtime": target.runtime, "architecture": target.architecture,
        "packed_with": f"Python {platform.python_version()}",
    }  # fmt: skip


def _write_json(file: Path, content: object) -> None:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def _git(root: Path, *arguments: str) -> str:
    # In UTC, whatever the machine's zone; paths as they are.
    command = ["env", "TZ=UTC", "git", "-c", "core.quotepath=off", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseRefused(f"git: {done.stderr.strip()}")
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.release", description="Make a release.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--portal", type=Path, default=ROOT / "portal" / "dist", help="the built portal")
    options = parser.parse_args(arguments)
    try:
        commit = checked_out(ROOT, VERSION)
        folder = _released(options.out, options.portal, commit)
    except (PackageError, DeployError, ReleaseRefused) as error:
        print(f"billfold: {error}", file=sys.stderr)
        return 1
    print(f"billfold: release {VERSION} of commit {commit.id[:12]}, in {folder}")
    print((folder / sums.NAME).read_text(encoding="utf-8"), end="")
    return 0


def _released(out: Path, portal: Path, commit: Commit) -> Path:
    """Made beside and moved into place: a folder that has the name is whole."""
    out.mkdir(parents=True, exist_ok=True)
    folder = out / f"release-{VERSION}"
    with tempfile.TemporaryDirectory(dir=out, prefix="release.") as scratch:
        made = Path(scratch) / "made"
        make(made, portal, of_this_python(), commit)
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return folder


if __name__ == "__main__":
    raise SystemExit(main())

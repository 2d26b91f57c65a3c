"""`make package`: what a deployment uploads. The same work tree gives the same bytes.

    dist/api.zip              code of every function: app.py, chalicelib, Chalice's runtime,
                              requirements-api.txt
    dist/documents-layer.zip  layer of the documents function: requirements-documents.txt, under python/
    dist/signatures-layer.zip  layer of the API's: requirements-signatures.txt, under python/
    dist/commands-layer.zip    layer of the drop folder's function: requirements-commands.txt, under python/
    dist/template.json        SAM template: what Chalice makes of app.py, merged with infra/app.yaml. CodeUri
                              and ContentUri are the files above, named as they lie beside it

`--native` takes wheels of this machine instead of Lambda's, for running the functions here where this is not
Linux on x86_64. What was compiled is kept in build/package and made again when a requirement, the target or
this package changes; chalicelib is always compiled anew. docs/adr/0015-packaging.md says why it is like this.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.package import layers, template
from infra.package.archive import write_zip
from infra.package.contents import check_sizes, staged_api
from infra.package.target import PackageError, Target, of_this_python

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "package"


def build(out: Path, target: Target, *, cache: Path = CACHE) -> None:
    """Make the files in `out`, replacing each as a whole. Error: PackageError."""
    out.mkdir(parents=True, exist_ok=True)
    with staged_api(ROOT, target, cache) as api:
        write_zip(api, out / "api.zip")
    for name in layers.NAMES:
        layers.layer(name, ROOT, target, cache, out / f"{name}-layer.zip")
        check_sizes(out / "api.zip", out / f"{name}-layer.zip")
    template.write(ROOT, out / "template.json", target)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.package", description="Make what is uploaded.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--native", action="store_true", help="wheels of this machine instead of Lambda's")
    options = parser.parse_args(arguments)
    try:
        target = of_this_python(native=options.native)
        build(options.out, target)
    except PackageError as error:
        print(f"billfold: {error}", file=sys.stderr)
        return 1
    print(f"billfold: packed for {target.runtime} on {target.architecture}")
    for name in ("api.zip", *(f"{name}-layer.zip" for name in layers.NAMES), "template.json"):
        content = (options.out / name).read_bytes()
        print(f"  {name:21} {len(content):>11,} bytes  sha256 {hashlib.sha256(content).hexdigest()[:16]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What one function needs and no other has to load: Typst and the fonts; what checks PayPal's signatures;
what reads workbooks."""

import shutil
from pathlib import Path

from infra.package import wheels
from infra.package.archive import write_zip
from infra.package.target import Target

NAMES = ("documents", "signatures", "commands")


def layer(name: str, root: Path, target: Target, cache: Path, out: Path) -> None:
    """Lambda unpacks a layer under /opt and imports from /opt/python. Error: PackageError."""
    folder = wheels.installed(root / f"requirements-{name}.txt", target, cache)
    packed = folder.with_suffix(".zip")  # 120 MB to compress: kept as well
    if not packed.exists():
        write_zip(folder, packed, prefix="python/")
    shutil.copyfile(packed, out)

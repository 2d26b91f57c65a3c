"""Builds chalicelib/practice/store/icd10cm/table.txt.xz, the diagnosis codes that ship with Billfold.

    make codes
    python -m scripts.build_codes WHEELS [TARGET]

WHEELS is a folder with the three wheels of simple-icd-10-cm that are named below: each has one of CMS's
releases. The same wheels make the same table. NOTICE.md beside it tells where everything comes from.
"""

import hashlib
import importlib
import lzma
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

from chalicelib.practice.domain.code_releases import read_order_file
from chalicelib.practice.domain.diagnosis_codes import Listed, Release, table_text

TARGET = Path(__file__).parent.parent / "chalicelib/practice/store/icd10cm/table.txt.xz"
_PACKAGE = "simple_icd_10_cm"
# By the day from which CMS's release is valid: the package's version that has it, and its wheel's SHA-256.
WHEELS = {
    "2021-01-01": ("1.2.0", "9f325bdc507f8b273568afc6a609271ddcd89032ff599090f460a024b122d960"),
    "2025-04-01": ("1.3.0", "9b6c022e7de2b59a5c440938e8e62e1b912923d28ac06d66112fdef6ef3949dc"),
    "2026-04-01": ("1.5.0", "6d461d71dc26aedc530ae65f02cfb578a154e49507c32e8241e75f701d4b7e42"),
}
_ORDER_FILE = f"{_PACKAGE}/data/icd10cm-order-Jan-2021.txt"
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}")


def main(wheels: Path, target: Path) -> None:
    text = table_text({day: release(wheels, day) for day in WHEELS})
    target.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{target}: {text.count(chr(10)) - 2:,} codes, {target.stat().st_size:,} bytes")


def release(wheels: Path, day: str) -> Release:
    """Error: SystemExit, where a wheel is missing or is another one."""
    version, wanted = WHEELS[day]
    wheel = wheels / f"{_PACKAGE}-{version}-py3-none-any.whl"
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != wanted:
        raise SystemExit(f"{wheel} is not the wheel that this script names")
    with zipfile.ZipFile(wheel) as archive:
        if _ORDER_FILE in archive.namelist():
            return read_order_file(archive.read(_ORDER_FILE).decode("utf-8"))
    return _of_package(wheel)


def _of_package(wheel: Path) -> Release:
    """A release that the package has as a list of codes and CMS's tabular list, which it joins."""
    for name in [name for name in sys.modules if name.startswith(_PACKAGE)]:
        del sys.modules[name]
    sys.path.insert(0, str(wheel))
    try:
        package: Any = importlib.import_module(_PACKAGE)
        codes = [code for code in package.get_all_codes(False) if _CODE.fullmatch(code)]
        return {code: Listed(package.is_leaf(code), _words(package.get_description(code))) for code in codes}
    finally:
        sys.path.remove(str(wheel))


def _words(text: str) -> str:
    """Without the other ways to say it, which some seventh characters have."""
    return " ".join(text.split("/\t")[0].split())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET)

"""The diagnosis codes that ship with Billfold: table.txt.xz, as scripts/build_codes.py makes it."""

import lzma
from pathlib import Path

from chalicelib.practice.domain.diagnosis_codes import CodeTable

TABLE = Path(__file__).parent / "icd10cm" / "table.txt.xz"


def shipped() -> CodeTable:
    return CodeTable(lzma.decompress(TABLE.read_bytes()).decode())

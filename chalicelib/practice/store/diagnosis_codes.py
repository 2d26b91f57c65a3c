"""The diagnosis codes that ship with Billfold, and the releases that were loaded since."""

import lzma
from collections.abc import Sequence
from pathlib import Path

from pynamodb.attributes import BinaryAttribute

from chalicelib.kernel.errors import Refused
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import reading
from chalicelib.platform.dynamo.table import Item, guarded
from chalicelib.practice.domain.diagnosis_codes import CodeTable
from chalicelib.practice.ports import CodeReleases

TABLE = Path(__file__).parent / "icd10cm" / "table.txt.xz"  # as scripts/build_codes.py makes it
_LARGEST = 380_000  # bytes; a row may have 400 KB, with its keys


class CodeReleaseItem(Item, discriminator="diagnosis-codes"):
    """A release for every practice of the deployment; `sk` is the day from which it is valid. No backup has
    it: the same file can be loaded again."""

    packed = BinaryAttribute(legacy_encoding=False)


def shipped() -> CodeTable:
    return CodeTable(_unpacked(TABLE.read_bytes()))


class DynamoCodeReleases(CodeReleases):
    @guarded
    def loaded(self) -> Sequence[CodeTable]:
        rows = list(CodeReleaseItem.query(keys.CODES, consistent_read=True))
        return [self._table(row) for row in rows]

    @guarded
    def keep(self, day: str, text: str) -> None:
        packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
        if len(packed) > _LARGEST:
            raise Refused("order_file_large", "file")
        CodeReleaseItem(keys.CODES, day, packed=packed).save()

    def _table(self, row: CodeReleaseItem) -> CodeTable:
        with reading(f"diagnosis codes of {row.sk}"):
            return CodeTable(_unpacked(row.packed))


def _unpacked(packed: bytes) -> str:
    return lzma.decompress(packed).decode()

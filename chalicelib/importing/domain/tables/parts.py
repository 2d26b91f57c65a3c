"""The parts of a workbook's archive, bounded by what it declares and what it holds, before any is read.

Source: PKWARE's APPNOTE 6.3 (local headers, 4.3.7).
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.importing.domain.tables.table import Unreadable

MAX_UNPACKED = 256_000_000
MAX_PARTS = 2_000
_CHUNK = 1 << 16
_LOCAL_HEADER = 30
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800


@dataclass(frozen=True, slots=True)
class Parts:
    """An archive whose parts all unpack to the sizes that they declare."""

    content: bytes
    known: dict[str, zipfile.ZipInfo]

    def __contains__(self, name: str) -> bool:
        return name in self.known

    def chunks(self, name: str) -> Iterator[bytes]:
        """Error: Unreadable, where there is no such part."""
        info = self.known.get(name)
        if info is None:
            raise Unreadable("file_broken")
        return _unpacked(self.content, info)


def is_archive(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def parts_of(content: bytes) -> Parts:
    """Error: Unreadable for what is broken, locked, or unpacks to more than a workbook has."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable("file_broken") from None
    _refuse_declared(content, infos)
    for info in infos:
        size = checksum = 0
        for chunk in _unpacked(content, info):
            size += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            if size > info.file_size:
                raise Unreadable("file_bomb")
        if (size, checksum) != (info.file_size, info.CRC):
            raise Unreadable("file_broken")
    return Parts(content, {info.filename: info for info in infos})


def _refuse_declared(content: bytes, infos: list[zipfile.ZipInfo]) -> None:
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Unreadable("file_encrypted")
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise Unreadable("file_bomb")
    if sum(info.compress_size for info in infos) > len(content):  # parts that lie over one another
        raise Unreadable("file_bomb")
    methods = {info.compress_type for info in infos}
    if len({info.filename for info in infos}) < len(infos) or methods - {
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    }:
        raise Unreadable("file_broken")


def _unpacked(content: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Whatever the archive says of its size: never more than a chunk at once."""
    header = content[info.header_offset : info.header_offset + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise Unreadable("file_broken")
    name_ends = info.header_offset + _LOCAL_HEADER + int.from_bytes(header[26:28], "little")
    encoding = "utf-8" if info.flag_bits & _UTF8_NAME else "cp437"
    if (
        content[info.header_offset + _LOCAL_HEADER : name_ends].decode(encoding, "replace")
        != info.orig_filename
    ):
        raise Unreadable("file_broken")
    begin = name_ends + int.from_bytes(header[28:30], "little")
    packed = memoryview(content)[begin : begin + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        rest = unpacker.decompress(packed, _CHUNK)
        while rest:
            yield rest
            rest = unpacker.decompress(unpacker.unconsumed_tail, _CHUNK)
    except zlib.error:
        raise Unreadable("file_broken") from None

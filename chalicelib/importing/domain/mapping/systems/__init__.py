"""The exports that other systems document, each as a map in the very text that people write themselves."""

from functools import cache

from chalicelib.importing.domain.mapping.map_text import parse_map
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.systems import quickbooks, simplepractice, theranest

SYSTEMS = {
    "simplepractice": simplepractice.TEXT,
    "theranest": theranest.TEXT,
    "quickbooks": quickbooks.TEXT,
}


@cache
def system_map(name: str) -> ExportMap:
    return parse_map(name, SYSTEMS[name])

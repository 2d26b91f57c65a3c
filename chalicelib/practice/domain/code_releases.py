"""CMS's own files of ICD-10-CM. Pure.

Source: "icd10cm-order" files as CMS publishes them with each release: fixed columns, of which the seventh to
thirteenth have the code without its point, the fifteenth 1 where it is billable and 0 where it is a category,
and those from the seventy-eighth on the words in full.
"""

import re
from datetime import date, timedelta

from chalicelib.kernel.errors import Invalid
from chalicelib.practice.domain.diagnosis_codes import Listed, Release

FEWEST = 60_000  # billable codes; since 2015 every release has had more than 69,000
EARLIEST = date(2015, 10, 1)  # before, diagnoses were coded with ICD-9-CM
_AHEAD = timedelta(days=366)
_LINE = re.compile(r"[0-9]{5} ([A-Z][0-9][0-9A-Z][0-9A-Z ]{4}) ([01]) (.{60}) (\S.*)")


def read_order_file(text: str) -> Release:
    """The release in it. Errors: Invalid order_file_line, order_file_repeats, with `line`, counted from 1;
    order_file_small, with `count`, the file's billable codes, and `fewest`."""
    release: dict[str, Listed] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        code, listed = _listed(line, number)
        if code in release:
            raise Invalid("order_file_repeats", "file", line=number)
        release[code] = listed
    count = sum(listed.billable for listed in release.values())
    if count < FEWEST:
        raise Invalid("order_file_small", "file", count=count, fewest=FEWEST)
    return release


def valid_from(text: str, *, today: date) -> str:
    """The day from which a release is valid. Error: Invalid release_date, of a day that is none, of before
    ICD-10-CM or of more than a year ahead."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("release_date", "valid_from", earliest=EARLIEST.isoformat()) from None
    if day.isoformat() != text or not EARLIEST <= day <= today + _AHEAD:
        raise Invalid("release_date", "valid_from", earliest=EARLIEST.isoformat())
    return text


def _listed(line: str, number: int) -> tuple[str, Listed]:
    found = _LINE.fullmatch(line.rstrip())
    code = found[1].rstrip() if found else ""
    if not found or " " in code:
        raise Invalid("order_file_line", "file", line=number)
    return code, Listed(billable=found[2] == "1", words=" ".join(found[4].split()))

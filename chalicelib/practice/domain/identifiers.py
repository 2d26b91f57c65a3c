"""Numbers that name practices, clinicians and their licences in the United States. Pure.

Sources: the check digit of an NPI is Luhn's over 80840 and the number (45 CFR 162.406 and the NPI standard of
CMS); an EIN is written NN-NNNNNNN (IRS), a social security number NNN-NN-NNNN; taxonomy codes are ten
characters, the last of them X (NUCC).

Each function says what the text must be, and None where it is that. None repeats the text: a social security
number that was taken for an EIN is shown to nobody.
"""

import re

from chalicelib.kernel.check_digits import luhn_fits

_NPI = re.compile(r"[12][0-9]{9}")
_NPI_PREFIX = "80840"  # of health care identifiers in the United States
_EIN = re.compile(r"([0-9]{2})-([0-9]{7})")
_SSN = re.compile(r"[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}")
_BARE = re.compile(r"[0-9]{9}")
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
_STATES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI
"""
STATES = frozenset(_STATES.split())


_A_FREE_EIN = "a social security number is on no document of Billfold: an EIN is free from the IRS"


def npi_fault(text: str) -> str | None:
    """Of a National Provider Identifier: ten digits, the last of which checks the others."""
    if not _NPI.fullmatch(text):
        return "an NPI: ten digits, the first of them 1 or 2"
    return None if luhn_fits(_NPI_PREFIX + text) else "an NPI; this one's last digit does not fit the others"


def tax_id_fault(text: str) -> str | None:
    """Of an Employer Identification Number. Nine digits alone could be either, and are not guessed at."""
    if _SSN.fullmatch(text):
        return _A_FREE_EIN
    if _BARE.fullmatch(text):
        return "an EIN, with its dash: 12-3456789. In place of a person's number, an EIN is free from the IRS"
    found = _EIN.fullmatch(text)
    if not found or not int(found[1]) or not int(found[2]):
        return "an EIN, like 12-3456789"
    return None


def taxonomy_fault(text: str) -> str | None:
    """Of a health care provider taxonomy code."""
    return None if _TAXONOMY.fullmatch(text) else "a taxonomy code, like 101YM0800X"


def state_fault(text: str) -> str | None:
    """Of a state, district or territory that licenses clinicians, as the post writes it."""
    return None if text in STATES else "a state's two letters, like NY"

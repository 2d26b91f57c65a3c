"""Procedure codes, modifiers and places of service, and what of them an insurer may not take. Pure.

Sources: the shapes of CPT and HCPCS codes (CMS, HCPCS level I and II); modifiers that behavioral health is
billed with; places of service as CMS lists them for professional claims (list of 2024, with 27 and 66).
No descriptor of a CPT code is anywhere in Billfold: they are the American Medical Association's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.practice.domain.diagnosis_codes import DiagnosisCodes

PROCEDURE = re.compile(r"([0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})(-[0-9A-Z]{2}){0,4}")
"""CPT, five digits or four and a letter; HCPCS, a letter and four digits; with up to four modifiers."""

_PLACES_LISTED = """
01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 31 32 33 34 41 42 49 50 51 52
53 54 55 56 57 58 60 61 62 65 66 71 72 81 99
"""
PLACES = frozenset(_PLACES_LISTED.split())
_KNOWN_MODIFIERS = """
22 25 52 53 59 76 77 93 95 AH AJ FQ FR GQ GT KX XE XP XS XU
HA HB HC HD HE HF HG HH HI HJ HK HL HM HN HO HP HQ HR HS HT HU HV HW HX HY HZ
U1 U2 U3 U4 U5 U6 U7 U8 U9 UA UB UC UD
"""
MODIFIERS = frozenset(_KNOWN_MODIFIERS.split())
_TELEHEALTH_PLACES = frozenset({"02", "10"})
_TELEHEALTH_MODIFIERS = frozenset({"95", "GT", "93"})
_ALSO_TELEHEALTH = frozenset({"FQ", "FR", "GQ"})  # of other kinds, that go with either place


class ProcedureDoubt(StrEnum):
    """What insurers may not take of a procedure. The words are in chalicelib/words/codes.py."""

    MODIFIER_UNKNOWN = "modifier_unknown"
    PLACE_NOT_TELEHEALTH = "telehealth_place"
    MODIFIER_NOT_TELEHEALTH = "telehealth_modifier"


@dataclass(frozen=True, slots=True)
class Doubt:
    """`field` is the charge's ("cpt", "place_of_service", "diagnoses"), `value` what stands there."""

    field: str
    code: str
    value: str


def modifiers(procedure: str) -> tuple[str, ...]:
    return tuple(procedure.split("-")[1:])


def procedure_doubts(procedure: str, place: str) -> Iterator[Doubt]:
    """Payers differ in what they ask of telehealth, so none of these is a fault."""
    given = modifiers(procedure)
    for modifier in given:
        if modifier not in MODIFIERS:
            yield Doubt("cpt", ProcedureDoubt.MODIFIER_UNKNOWN, modifier)
    remote = next((modifier for modifier in given if modifier in _TELEHEALTH_MODIFIERS), "")
    if remote and place not in _TELEHEALTH_PLACES:
        yield Doubt("place_of_service", ProcedureDoubt.PLACE_NOT_TELEHEALTH, remote)
    if procedure and place in _TELEHEALTH_PLACES and not remote and not _ALSO_TELEHEALTH & {*given}:
        yield Doubt("cpt", ProcedureDoubt.MODIFIER_NOT_TELEHEALTH, place)


def diagnosis_doubts(codes: DiagnosisCodes, diagnoses: Iterable[str], day: str) -> Iterator[Doubt]:
    """Of a service of that day (YYYY-MM-DD)."""
    faults = ((code, codes.fault(code, day)) for code in diagnoses)
    return (Doubt("diagnoses", fault, code) for code, fault in faults if fault)

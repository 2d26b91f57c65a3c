"""Codes and words as people write them, one value at a time: each spelled as the own format has it."""

import re

from chalicelib.importing.domain.problems import BadValue, shown
from chalicelib.importing.domain.tables.spelling import Key, ReadingTerms, Spelled
from chalicelib.importing.domain.tables.table import Kind
from chalicelib.practice.domain.diagnosis_codes import bare, dotted
from chalicelib.practice.domain.procedure_codes import PLACES

_BETWEEN_CODES = re.compile(r"[\s,;|]+")
_UNDOTTED = re.compile(r"[A-Za-z][0-9][0-9A-Za-z]{2,5}")
_PLACE_AND_WORDS = re.compile(r"([0-9]{2})\s*[-–:]\s*[^\W\d].*")
_PROCEDURE_PARTS = re.compile(r"([0-9A-Z]{5})((?:[\s,:/-]+[0-9A-Z]{2}){1,4})", re.I)
_WHOLE = re.compile(r"([0-9]{1,3})\.0{1,4}")
_METHODS = {
    "cash": "cash",
    "check": "check cheque paper_check personal_check cashiers_check bank_check money_order chk",
    "card": (
        "card credit_card debit_card credit debit credit/debit_card credit_or_debit_card cc "
        "visa mastercard amex american_express discover visa_card hsa fsa hsa/fsa hsa_card fsa_card "
        "hsa/fsa_card card_on_file stripe square external_card external_credit_card tarjeta"
    ),
    "other": (
        "other ach eft eft/ach ach/eft bank_transfer wire wire_transfer bank_account direct_deposit zelle "
        "venmo paypal cash_app apple_pay google_pay"
    ),
}
_METHOD_OF = {word.replace("_", " "): method for method, words in _METHODS.items() for word in words.split()}
_YES_NO = {
    "y": "yes",
    "n": "no",
    "t": "yes",
    "f": "no",
    "x": "yes",
    "sí": "yes",
    "si": "yes",
    "on": "yes",
    "off": "no",
}


def spell_diagnoses(key: Key, terms: ReadingTerms) -> Spelled:
    """F411 is F41.1 where the lists of ICD-10-CM know such a code; what they do not know stays as it is."""
    parts = [part for part in _BETWEEN_CODES.split(key[1]) if part]
    did = () if " ".join(parts) == " ".join(key[1].split()) else ("codes_separated",)
    read = [_diagnosis(part, terms) for part in parts]
    if read != parts:
        did = ("code_dotted", *did)
    return Spelled(" ".join(read), did)


def _diagnosis(code: str, terms: ReadingTerms) -> str:
    if not _UNDOTTED.fullmatch(code):
        return code
    if not terms.knows_diagnosis(bare(code.upper())):
        raise BadValue("diagnosis_without_point", value=shown(code))
    return dotted(code.upper())


def spell_place(key: Key, terms: ReadingTerms) -> Spelled:
    text = key[1]
    if re.fullmatch(r"[0-9]", text) and f"0{text}" in PLACES:
        return Spelled(f"0{text}", ("place_zero",))
    match = _PLACE_AND_WORDS.fullmatch(text)
    if match is not None and match[1] in PLACES:
        return Spelled(match[1], ("place_words",))
    return Spelled(text)


def spell_method(key: Key, terms: ReadingTerms) -> Spelled:
    text = " ".join(key[1].lower().replace("’", "'").replace("'", "").split()) if key[1].isascii() else key[1]
    method = _METHOD_OF.get(text.replace(" / ", "/"))
    if method is None:
        return Spelled(key[1])
    return Spelled(method, () if text == method else ("method_words",))


def spell_procedure(key: Key, terms: ReadingTerms) -> Spelled:
    match = _PROCEDURE_PARTS.fullmatch(key[1])
    if match is None:
        return Spelled(key[1])
    spelled = "-".join([match[1], *re.findall(r"[0-9A-Za-z]{2}", match[2])])
    return Spelled(spelled, () if spelled == key[1] else ("procedure_spelled",))


def spell_units(key: Key, terms: ReadingTerms) -> Spelled:
    match = _WHOLE.fullmatch(key[1])
    return Spelled(match[1], ("units_whole",)) if match else Spelled(key[1])


def spell_yes_no(key: Key, terms: ReadingTerms) -> Spelled:
    said = _YES_NO.get(key[1].lower())
    return Spelled(said, ("yes_no_words",)) if said else Spelled(key[1])


def spell_id(key: Key, terms: ReadingTerms) -> Spelled:
    """A workbook makes a date of 3-1, and a number of 1.10: what the id was cannot be told any more."""
    if key[0] not in (None, Kind.NUMBER) or (key[0] is Kind.NUMBER and not key[1].isdigit()):
        raise BadValue("id_converted", value=shown(key[1]))
    return spell_text(key, terms)


def spell_text(key: Key, terms: ReadingTerms) -> Spelled:
    """A workbook keeps 15 digits of a number: the others of a longer one are lost."""
    kind, text = key
    if kind is Kind.NUMBER and len(text.lstrip("-").replace(".", "").lstrip("0")) > 15:
        raise BadValue("number_cut", value=shown(text))
    return Spelled(text)

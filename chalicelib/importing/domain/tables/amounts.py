"""Amounts as people write them. What a comma or a point means is decided for the column, never for a cell."""

import re
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.importing.domain.problems import BadValue, shown
from chalicelib.importing.domain.tables.choices import DecimalSign
from chalicelib.importing.domain.tables.spelling import (
    Decision,
    Doubt,
    Key,
    ReadingTerms,
    Spelled,
    Values,
    first_of,
)
from chalicelib.importing.domain.tables.table import Kind
from chalicelib.kernel.money import EXPONENTS, Money, decimal_text

_SIGNS = {
    "USD": ("US$", "$"), "CAD": ("CA$", "C$", "$"), "AUD": ("AU$", "A$", "$"), "NZD": ("NZ$", "$"),
    "MXN": ("MX$", "Mex$", "$"), "EUR": ("€",), "GBP": ("£",), "JPY": ("¥", "￥", "円"), "CHF": ("Fr.",),
    "KWD": ("KD",),
}  # fmt: skip
_MINUS = "-\u2212"
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})
_BODY = {
    DecimalSign.POINT: re.compile(
        r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,15})(?:\.([0-9]+))?"
    ),
    DecimalSign.COMMA: re.compile(
        r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,15})(?:,([0-9]+))?"
    ),
}
_NOISE = Decimal("0.000001")
_TOO_LARGE = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class _Body:
    """An amount without its sign: `digits` as they stand, and what was taken off around them."""

    digits: str
    negative: bool
    did: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    whole: str
    decimals: str
    grouped: bool


def decide_amounts(values: Values, terms: ReadingTerms, said: DecimalSign | None) -> Decision:
    """How each amount of the column is spelled. A Doubt where nothing proves what its signs mean."""
    bodies = {key: body for key in values if (body := _body_or_none(key, terms)) is not None}
    fits = {style: [k for k, body in bodies.items() if _parts(body.digits, style)] for style in DecimalSign}
    proven = [
        style
        for style, other in ((DecimalSign.POINT, DecimalSign.COMMA), (DecimalSign.COMMA, DecimalSign.POINT))
        if set(fits[style]) - set(fits[other])
    ]
    if len(proven) == 2:
        return _contradiction(values, fits)
    style = proven[0] if proven else said
    if style is None:
        unsure = [key for key, body in bodies.items() if _depends(body.digits)]
        if unsure:
            return _unproven(values, unsure)
        style = DecimalSign.POINT
    return _speller(style, bodies, terms)


def _contradiction(values: Values, fits: dict[DecimalSign, list[Key]]) -> Doubt:
    point, comma = set(fits[DecimalSign.POINT]), set(fits[DecimalSign.COMMA])
    one, row = first_of(values, list(point - comma))
    other, other_row = first_of(values, list(comma - point))
    details = {"value": shown(one[1]), "other": shown(other[1]), "other_row": other_row}
    return Doubt("amounts_contradict", row, details)


def _unproven(values: Values, unsure: list[Key]) -> Doubt:
    key, row = first_of(values, unsure)
    return Doubt("amounts_unproven", row, {"value": shown(key[1])})


def _speller(style: DecimalSign, bodies: dict[Key, _Body], terms: ReadingTerms) -> Decision:
    decimals = [p.decimals for body in bodies.values() if (p := _parts(body.digits, style)) and p.decimals]
    # A spreadsheet drops every zero at the end: where one stands, "12.5" is an amount that lost its end.
    trimmed = not any(len(text) > 1 and text.endswith("0") for text in decimals)

    def spell(key: Key) -> Spelled:
        kind, text = key
        if kind is Kind.NUMBER:
            return _of_number(text, terms)
        body = _body(key, terms)
        parts = _parts(body.digits, style)
        if parts is None:
            raise BadValue("amount_format", value=shown(text), example=_example(terms))
        return _of_text(text, body, parts, style, trimmed, terms)

    return spell


def _of_text(
    text: str, body: _Body, parts: _Parts, style: DecimalSign, trimmed: bool, terms: ReadingTerms
) -> Spelled:
    exponent, did = EXPONENTS[terms.currency], list(body.did)
    if parts.grouped:
        did.append("amount_grouped")
    if parts.decimals and style is DecimalSign.COMMA:
        did.append("amount_decimal_comma")
    if len(parts.decimals) > exponent or (parts.decimals and not trimmed and len(parts.decimals) < exponent):
        raise BadValue("amount_decimals", value=shown(text), example=_example(terms), decimals=exponent)
    if parts.decimals and len(parts.decimals) < exponent:
        did.append("amount_zeros_added")
    return Spelled(_canonical(parts.whole, parts.decimals, body.negative, exponent), tuple(did))


def _of_number(text: str, terms: ReadingTerms) -> Spelled:
    """A workbook's number: what its sums leave beyond a millionth is dropped, and told."""
    exponent = EXPONENTS[terms.currency]
    exact = Decimal(text)
    if abs(exact) >= _TOO_LARGE:
        raise BadValue("amount_too_large", value=shown(text))
    rounded = exact.quantize(Decimal(1).scaleb(-exponent))
    if abs(exact - rounded) > _NOISE:
        raise BadValue("amount_decimals", value=shown(text), example=_example(terms), decimals=exponent)
    minor = int(rounded.scaleb(exponent))
    did = () if exact == rounded else ("amount_rounded",)
    return Spelled(decimal_text(Money(minor, terms.currency)), did)


def _canonical(whole: str, decimals: str, negative: bool, exponent: int) -> str:
    filled = f"{whole}.{decimals.ljust(exponent, '0')}" if exponent else whole
    return f"-{filled}" if negative else filled


def _parts(digits: str, style: DecimalSign) -> _Parts | None:
    match = _BODY[style].fullmatch(digits)
    if match is None:
        return None
    plain = re.sub(r"[^0-9]", "", match[1])
    return _Parts(plain, match[2] or "", plain != match[1])


def _depends(digits: str) -> bool:
    """Whether it is another amount by one style than by the other."""
    one, other = (_parts(digits, style) for style in DecimalSign)
    return (
        one is not None and other is not None and (one.whole, one.decimals) != (other.whole, other.decimals)
    )


# --- signs -------------------------------------------------------------------------------------------


def _body_or_none(key: Key, terms: ReadingTerms) -> _Body | None:
    try:
        return None if key[0] is not None else _body(key, terms)
    except BadValue:
        return None


def _body(key: Key, terms: ReadingTerms) -> _Body:
    kind, text = key
    if kind is not None:
        raise BadValue("amount_format", value=shown(text), example=_example(terms))
    left, did = _without_currency(text.translate(_SPACES), terms)
    minus = 0
    if left.startswith("(") and left.endswith(")"):
        left, minus = left[1:-1].strip(), 1
        did.append("amount_parentheses")
    if left[:1] in tuple(_MINUS):
        if left[0] != "-" or left[1:2] == " ":
            did.append("amount_minus_spelled")
        left, minus = left[1:].strip(), minus + 1
    if left[-1:] in tuple(_MINUS):
        left, minus = left[:-1].strip(), minus + 1
        did.append("amount_minus_behind")
    if left != (inner := _without_currency(left, terms)[0]):
        left = inner
        did = ["amount_currency_sign", *did]
    if minus > 1 or not left or did.count("amount_currency_sign") > 1:
        raise BadValue("amount_format", value=shown(text), example=_example(terms))
    return _Body(left, bool(minus), tuple(did))


def _without_currency(text: str, terms: ReadingTerms) -> tuple[str, list[str]]:
    """The practice's own currency alone, in front or behind."""
    for sign in (terms.currency, *_SIGNS[terms.currency]):
        if text.startswith(sign):
            return text.removeprefix(sign).strip(), ["amount_currency_sign"]
        if text.endswith(sign):
            return text.removesuffix(sign).strip(), ["amount_currency_sign"]
    return text, []


def _example(terms: ReadingTerms) -> str:
    return decimal_text(Money(125 * 10 ** EXPONENTS[terms.currency], terms.currency))

"""Remittances from the segments of a file. Strict: a segment that an 835 does not have refuses the file, for
it may be money; so does the end's absence, or a sum that is not what was paid."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.importing.domain.remittances.elements import amount, day, needed, whole
from chalicelib.importing.domain.remittances.model import (
    Adjustment,
    Claim,
    Group,
    ProviderAdjustment,
    Remittance,
    ServiceLine,
)
from chalicelib.importing.domain.remittances.segments import Flaw, Segment, segments
from chalicelib.kernel.money import Money, decimal_text

VERSION = "005010X221"
_SAYS_NO_MONEY = frozenset(("N2", "N3", "N4", "PER", "RDM", "LX", "TS2", "TS3", "MIA", "MOA", "QTY", "LQ"))
_ENDS = {"GE": "GS", "IEA": "ISA"}
_MOST_LINES, _MOST_CASES, _MOST_CARDS = 999, 99, 9  # segments of a claim, or of a line, in an 835
_CASES = range(2, 20, 3)  # an adjustment segment has up to six reasons, each with amount and quantity
_MEMBER = frozenset(("QC", "IL", "74"))  # the patient, the insured, either as the insurer corrects it


def read(file: str, chunks: Iterable[bytes], *, currency: str) -> tuple[Remittance, ...]:
    """All payments of a file; `currency` is the practice's. Error: Flaw (words/cli/remittances.py has
    the words of its codes)."""
    found = tuple(_remittances(file, segments(chunks), currency))
    if not found:
        raise Flaw("remittance_empty")
    for one in found:
        check_sum(one, currency)
    return found


def check_sum(found: Remittance, currency: str) -> None:
    """What is paid is what the claims come to, less what is kept besides them. Error: Flaw."""
    if found.difference_minor:
        difference = decimal_text(Money(found.difference_minor, currency))
        raise Flaw("remittance_unbalanced", found.number, "BPR", trace=found.trace, difference=difference)
    if found.handling == "H" and found.amount_minor:
        raise Flaw("remittance_not_paid", found.number, "BPR", trace=found.trace)


def _remittances(file: str, found: Iterator[Segment], currency: str) -> Iterator[Remittance]:
    """Error: Flaw remittance_cut_off, where the interchange has no end."""
    envelopes = _Envelopes()
    for segment in found:
        if segment.name == "ST":
            envelopes.count("GS")
            yield _Transaction(file, currency, segment).read(found)
        else:
            envelopes.take(segment)
    if envelopes.open or not envelopes.closed:
        raise Flaw("remittance_cut_off")


@dataclass
class _Envelopes:
    """What is open around the payments, each with its own number and how many it holds so far: a payment that
    was lost from between two others is missed."""

    open: dict[str, tuple[str, int]] = field(default_factory=dict)
    closed: bool = False

    def take(self, segment: Segment) -> None:
        if segment.name == "ISA":
            self.begin(segment, segment.at(13))
        elif segment.name == "GS":
            if segment.at(1) != "HP" or not segment.at(8).startswith(VERSION):
                raise segment.flaw("remittance_version", found=f"{segment.at(1)} {segment.at(8)}"[:40])
            self.count("ISA")
            self.begin(segment, segment.at(6))
        elif segment.name in _ENDS:
            self.end(segment, _ENDS[segment.name])
        elif segment.name != "TA1":
            raise segment.flaw("segment_unknown")

    def begin(self, segment: Segment, number: str) -> None:
        if segment.name in self.open:
            raise segment.flaw("segment_repeated")
        self.open[segment.name] = number, 0

    def count(self, name: str) -> None:
        number, held = self.open.get(name, ("", -1))
        if held < 0:
            raise Flaw("remittance_cut_off")
        self.open[name] = number, held + 1

    def end(self, segment: Segment, name: str) -> None:
        number, held = self.open.pop(name, ("", -1))
        if whole(segment, 1) != held or segment.at(2) != number:
            raise segment.flaw("envelope_miscounted", said=segment.at(1), found=max(held, 0))
        self.closed = not self.open


@dataclass
class _Transaction:
    """One ST to SE. The last claim, and the last line of that, take the segments that come after them."""

    file: str
    currency: str
    first: Segment
    head: dict[str, str] = field(default_factory=dict)
    payee_ids: dict[str, str] = field(default_factory=dict)
    amount_minor: int = 0
    party: str = ""  # which N1 the segments after it are of
    claims: list[Claim] = field(default_factory=list)
    kept: list[ProviderAdjustment] = field(default_factory=list)

    def read(self, found: Iterator[Segment]) -> Remittance:
        if self.first.at(1) != "835":
            raise self.first.flaw("remittance_version", found=self.first.at(1)[:40])
        for segment in found:
            if segment.name == "SE":
                return self._ended(segment)
            self._take(segment)
        raise Flaw("remittance_cut_off")

    def _take(self, segment: Segment) -> None:
        taker = _TAKERS.get(segment.name)
        if taker is not None:
            taker(self, segment)
        elif segment.name not in _SAYS_NO_MONEY:
            raise segment.flaw("segment_unknown")

    def _ended(self, segment: Segment) -> Remittance:
        counted = segment.number - self.first.number + 1
        if whole(segment, 1) != counted or segment.at(2) != self.first.at(2):
            raise segment.flaw("segments_miscounted", said=segment.at(1), found=counted)
        missing = {"date": "BPR16", "trace": "TRN02", "payer_id": "TRN03"}
        for name, element in missing.items():
            if not self.head.get(name):
                raise self.first.flaw("element_missing", element=element)
        found = self.head.get("currency", "USD")  # what an 835 is in that says nothing else
        if found != self.currency:
            raise self.first.flaw("remittance_currency", found=found[:3], expected=self.currency)
        return Remittance(
            self.file, self.first.number, self.amount_minor, self.head["date"], self.head["payer_id"],
            self.head["trace"], self.head.get("payer", ""), self.head.get("payee", ""), self.head["handling"],
            dict(self.payee_ids), tuple(self.claims), tuple(self.kept),
        )  # fmt: skip

    def payment(self, segment: Segment) -> None:
        if self.head:
            raise segment.flaw("segment_repeated")
        self.amount_minor = amount(segment, 2, self.currency)
        if segment.at(3) == "D":
            self.amount_minor = -self.amount_minor
        elif needed(segment, 3) != "C":
            raise segment.flaw("element_missing", element="BPR03")
        self.head.update(handling=segment.at(1), date=day(segment, 16))

    def trace(self, segment: Segment) -> None:
        self.head.update(trace=needed(segment, 2), payer_id=needed(segment, 3))

    def money(self, segment: Segment) -> None:
        self.head["currency"] = segment.at(2)

    def name(self, segment: Segment) -> None:
        self.party = segment.at(1)
        role = {"PR": "payer", "PE": "payee"}.get(self.party)
        if role:
            self.head[role] = segment.at(2)
        if role == "payee" and segment.at(4):
            self.payee_ids[segment.at(3)] = segment.at(4)

    def reference(self, segment: Segment) -> None:
        if not self.claims:
            if self.party == "PE":
                self.payee_ids[segment.at(1)] = segment.at(2)
        elif segment.at(1) == "6R" and self._claim.lines:
            self._line(control=segment.at(2))
        elif segment.at(1) == "F8" and not self._claim.lines:
            self._change(original=segment.at(2))

    def date(self, segment: Segment) -> None:
        if not self.claims:
            return
        if self._claim.lines and segment.at(1) in ("472", "150"):
            self._line(date=day(segment, 2))
        elif not self._claim.lines and segment.at(1) == "232":
            self._change(date=day(segment, 2))

    def claim(self, segment: Segment) -> None:
        charged, paid = (self._needed_amount(segment, position) for position in (3, 4))
        control, status = needed(segment, 1), needed(segment, 2)
        self.claims.append(Claim(segment.number, control, status, charged, paid, segment.at(7)))

    def patient(self, segment: Segment) -> None:
        if segment.at(1) not in _MEMBER or not self.claims:
            return
        known = self._claim.patient
        if segment.at(1) == "QC":
            last, first, middle, suffix = (segment.at(place) for place in (3, 4, 5, 7))
            known = replace(known, last=last, first=first, middle=middle, suffix=suffix)
        if segment.at(9):
            _at_most(_MOST_CARDS, len(known.member_ids), segment)
            known = replace(known, member_ids=known.member_ids | {segment.at(9)})
        self._change(patient=known)

    def service(self, segment: Segment) -> None:
        self._inside(segment)
        _at_most(_MOST_LINES, len(self._claim.lines), segment)
        decided, submitted = segment.parts(1), segment.parts(6)
        as_billed = submitted if len(submitted) > 1 else decided
        if len(as_billed) < 2:
            raise segment.flaw("element_missing", element="SVC01")
        line = ServiceLine(
            segment.number, as_billed[1].upper(), tuple(m.upper() for m in as_billed[2:6] if m),
            decided[1].upper() if len(decided) > 1 else "", self._needed_amount(segment, 2),
            amount(segment, 3, self.currency), segment.at(7) or segment.at(5),
        )  # fmt: skip
        self._change(lines=(*self._claim.lines, line))

    def adjustments(self, segment: Segment) -> None:
        self._inside(segment)
        known = self._claim.lines[-1].adjustments if self._claim.lines else self._claim.adjustments
        _at_most(_MOST_CASES * len(_CASES), len(known), segment)
        found = tuple(self._adjusted(segment))
        if self._claim.lines:
            self._line(adjustments=self._claim.lines[-1].adjustments + found)
        else:
            self._change(adjustments=self._claim.adjustments + found)

    def _adjusted(self, segment: Segment) -> Iterator[Adjustment]:
        if segment.at(1) not in set(Group):
            raise segment.flaw("element_missing", element="CAS01")
        if not segment.at(2):
            raise segment.flaw("element_missing", element="CAS02")
        for position in _CASES:
            minor = amount(segment, position + 1, self.currency)
            if minor:
                yield Adjustment(Group(segment.at(1)), needed(segment, position), minor)

    def sum_(self, segment: Segment) -> None:
        if segment.at(1) == "I" and self.claims and not self._claim.lines:
            self._change(interest_minor=amount(segment, 2, self.currency))

    def besides(self, segment: Segment) -> None:
        for position in range(3, 14, 2):
            reason, *reference = segment.parts(position)
            minor = amount(segment, position + 1, self.currency)
            if minor:
                said = reference[0] if reference else ""
                self.kept.append(ProviderAdjustment(segment.number, reason, said, minor))

    def _needed_amount(self, segment: Segment, position: int) -> int:
        needed(segment, position)
        return amount(segment, position, self.currency)

    def _inside(self, segment: Segment) -> None:
        if not self.claims:
            raise segment.flaw("segment_misplaced")

    @property
    def _claim(self) -> Claim:
        return self.claims[-1]

    def _change(self, **values: object) -> None:
        self.claims[-1] = replace(self._claim, **values)  # type: ignore[arg-type]

    def _line(self, **values: object) -> None:
        *others, last = self._claim.lines
        self._change(lines=(*others, replace(last, **values)))  # type: ignore[arg-type]


def _at_most(most: int, there: int, segment: Segment) -> None:
    """A claim is kept whole, and takes the longer the more is in it."""
    if there >= most:
        raise segment.flaw("segments_too_many", name=segment.name)


_TAKERS: Mapping[str, Callable[[_Transaction, Segment], None]] = {
    "BPR": _Transaction.payment,
    "TRN": _Transaction.trace,
    "CUR": _Transaction.money,
    "N1": _Transaction.name,
    "REF": _Transaction.reference,
    "DTM": _Transaction.date,
    "CLP": _Transaction.claim,
    "NM1": _Transaction.patient,
    "SVC": _Transaction.service,
    "CAS": _Transaction.adjustments,
    "AMT": _Transaction.sum_,
    "PLB": _Transaction.besides,
}

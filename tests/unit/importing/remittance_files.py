"""Made-up 835 files, written segment by segment: no insurer's, and nobody's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Reasons = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Line:
    """Amounts in minor units. `submitted`: what was billed, where `code` is what the insurer made of it."""

    charged: int
    paid: int
    reasons: Reasons = ()
    code: str = "90837"
    modifiers: tuple[str, ...] = ()
    date: str = "20261001"
    control: str = ""
    submitted: str = ""


@dataclass(frozen=True)
class ClaimOf:
    control: str
    lines: tuple[Line, ...]
    status: str = "1"
    icn: str = "ICN1"
    last: str = "NUNEZ"
    first: str = "ANA"
    member: str = ""
    reasons: Reasons = ()
    original: str = ""
    interest: int = 0
    bare: bool = False
    date: str = ""
    middle: str = ""
    suffix: str = ""

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines) - sum(minor for _, _, minor in self.reasons)


@dataclass(frozen=True)
class Payment:
    """`kept`: provider adjustments, reason, reference and amount. `off_by`: how far it does not add up."""

    claims: tuple[ClaimOf, ...]
    trace: str = "EFT-1"
    date: str = "20261102"
    payer: str = "1999999999"
    payee: str = "1234567893"
    kept: Reasons = ()
    off_by: int = 0
    handling: str = "I"

    @property
    def total(self) -> int:
        return sum(claim.paid for claim in self.claims) - sum(minor for *_, minor in self.kept) + self.off_by


def text(*payments: Payment, element: str = "*", component: str = ":", end: str = "~", eol: str = "") -> str:
    isa = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "MADEUP".ljust(15), "ZZ", "OAK".ljust(15), "261101"]
    isa += ["1200", "^", "00501", "000000001", "0", "P"]
    lines = [element.join((*isa, component))]
    lines.append("GS*HP*MADEUP*OAK*20261101*1200*1*X*005010X221A1")
    lines += [
        line for n, payment in enumerate(payments, start=1) for line in _transaction(payment, f"{n:04d}")
    ]
    lines += [f"GE*{len(payments)}*1", "IEA*1*000000001"]
    table = str.maketrans({"*": element, ":": component})
    return "".join(f"{line.translate(table)}{end}{eol}" for line in lines)


def data(*payments: Payment) -> list[bytes]:
    return [text(*payments).encode()]


def decimal(minor: int) -> str:
    """As insurers write it: without zeros at the end."""
    whole = f"{abs(minor) // 100}.{abs(minor) % 100:02d}".rstrip("0").rstrip(".")
    return f"{'-' if minor < 0 else ''}{whole}"


def _transaction(payment: Payment, control: str) -> list[str]:
    side = "D" if payment.total < 0 else "C"
    inside = [
        f"BPR*{payment.handling}*{decimal(abs(payment.total))}*{side}*ACH************{payment.date}",
        f"TRN*1*{payment.trace}*{payment.payer}",
        "DTM*405*20261101",
        "N1*PR*MADE UP HEALTH",
        "N3*1 NOWHERE ROAD",
        "PER*BL*DESK*TE*5550100",
        f"N1*PE*OAK PRACTICE*XX*{payment.payee}",
        "REF*TJ*999999999",
        "LX*1",
        *(line for claim in payment.claims for line in _claim(claim)),
        *(f"PLB*1234567893*20261231*{r}:{ref}*{decimal(minor)}" for r, ref, minor in payment.kept),
    ]
    return [f"ST*835*{control}", *inside, f"SE*{len(inside) + 2}*{control}"]


def _claim(claim: ClaimOf) -> Iterator[str]:
    charged = sum(line.charged for line in claim.lines)
    every = [*claim.reasons, *(reason for line in claim.lines for reason in line.reasons)]
    patient = sum(minor for group, _, minor in every if group == "PR")
    yield (
        f"CLP*{claim.control}*{claim.status}*{decimal(charged)}*{decimal(claim.paid)}"
        f"*{decimal(patient)}*12*{claim.icn}*11*1"
    )
    yield from _adjustments(claim.reasons)
    yield f"NM1*QC*1*{claim.last}*{claim.first}*{claim.middle}**{claim.suffix}*MI*{claim.member}"
    if claim.original:
        yield f"REF*F8*{claim.original}"
    yield f"DTM*232*{claim.date}" if claim.date else "DTM*050*20261015"
    if claim.interest:
        yield f"AMT*I*{decimal(claim.interest)}"
    for line in () if claim.bare else claim.lines:
        yield from _line(line)


def _line(line: Line) -> Iterator[str]:
    code = ":".join(("HC", line.code, *line.modifiers))
    submitted = f"*HC:{line.submitted}" if line.submitted else ""
    yield f"SVC*{code}*{decimal(line.charged)}*{decimal(line.paid)}**1{submitted}"
    if line.date:
        yield f"DTM*472*{line.date}"
    yield from _adjustments(line.reasons)
    if line.control:
        yield f"REF*6R*{line.control}"
    yield "LQ*HE*N130"


def _adjustments(reasons: Reasons) -> Iterator[str]:
    """A segment a group, with up to six reasons in it; every other one with the quantity left out."""
    for group in dict.fromkeys(group for group, *_ in reasons):
        own = [(reason, minor) for of, reason, minor in reasons if of == group]
        for some in _sixes(own):
            yield f"CAS*{group}*" + "**".join(f"{reason}*{decimal(minor)}" for reason, minor in some)


def _sixes(found: Sequence[tuple[str, int]]) -> Iterator[Sequence[tuple[str, int]]]:
    for start in range(0, len(found), 6):
        yield found[start : start + 6]

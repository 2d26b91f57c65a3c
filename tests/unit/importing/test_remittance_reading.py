"""Issue 17: 835 files as insurers write them are read to the cent, or refused whole."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from chalicelib.importing.domain.remittances.decisions import lines_of, objection
from chalicelib.importing.domain.remittances.model import Group, Level, Remittance
from chalicelib.importing.domain.remittances.reading import read
from chalicelib.importing.domain.remittances.segments import Flaw
from chalicelib.words.cli.remittances import REMITTANCES
from tests.unit.importing.remittance_files import ClaimOf, Line, Payment, data, text

ANSWER = Line(
    15000,
    8550,
    (("CO", "45", 2000), ("CO", "253", 950), ("PR", "1", 2500), ("PR", "2", 500), ("PR", "3", 500)),
    modifiers=("95", "HO"),
    control="A1",
)
PAID = ClaimOf("A1", (ANSWER,), member="M1")
DENIED = ClaimOf("A2", (Line(12000, 0, (("CO", "197", 12000),), "90834"),), status="4", icn="ICN2")
PAYMENT = Payment((PAID, DENIED), kept=(("WO", "X1", 4000), ("L6", "", -250)))


def reading(*payments: Payment, chunks: Iterable[bytes] = ()) -> tuple[Remittance, ...]:
    return read("remit.835", chunks or data(*payments), currency="USD")


def refused(content: str) -> Flaw:
    with pytest.raises(Flaw) as caught:
        reading(chunks=[content.encode()])
    assert caught.value.code in REMITTANCES
    said = [sentence.format(**caught.value.details, date="") for sentence in REMITTANCES[caught.value.code]]
    assert all(said)
    return caught.value


def test_a_payment_is_read_with_all_that_it_says() -> None:
    (found,) = reading(PAYMENT)
    assert (found.amount_minor, found.trace, found.payer_id) == (8550 - 3750, "EFT-1", "1999999999")
    assert (found.date, found.payer, found.payee) == ("2026-11-02", "MADE UP HEALTH", "OAK PRACTICE")
    assert found.payee_ids == {"XX": "1234567893", "TJ": "999999999"}
    assert [(a.reason, a.reference, a.amount_minor) for a in found.provider_adjustments] == [
        ("WO", "X1", 4000), ("L6", "", -250),
    ]  # fmt: skip
    paid, denied = found.claims
    (line,) = paid.lines
    assert (line.code, line.modifiers, line.date, line.control) == ("90837", ("95", "HO"), "2026-10-01", "A1")
    assert (line.charged_minor, line.paid_minor, line.difference_minor) == (15000, 8550, 0)
    assert (line.of_group(Group.CONTRACTUAL), line.of_group(Group.PATIENT)) == (2950, 3500)
    assert (paid.patient.last, paid.patient.first, paid.patient.member_ids) == (
        "NUNEZ",
        "ANA",
        frozenset({"M1"}),
    )
    assert (paid.level, denied.level, denied.status) == (Level.PRIMARY, Level.NONE, "4")


@pytest.mark.parametrize("eol", ["", "\n", "\r\n"])
@pytest.mark.parametrize("separators", ["*:~", "|>\x1c", "+&!", "*:\n"])
def test_whatever_separates_it_is_the_same(separators: str, eol: str) -> None:
    written = text(PAYMENT, element=separators[0], component=separators[1], end=separators[2], eol=eol)
    assert reading(chunks=[written.encode()]) == reading(PAYMENT)


def test_pieces_of_any_size_are_the_same_and_other_letters_are_kept() -> None:
    content = text(Payment((ClaimOf("A1", (ANSWER,), last="NÚÑEZ"),)))
    for encoded in (content.encode(), content.encode("cp1252"), b"\xef\xbb\xbf" + content.encode()):
        (found,) = reading(chunks=[encoded[i : i + 7] for i in range(0, len(encoded), 7)])
        assert found.claims[0].patient.last == "NÚÑEZ"


def test_adjustments_repeat_and_their_parts_may_be_left_out() -> None:
    """Traps that other readers fell into: more than one group, six reasons in one segment, no quantity."""
    many = tuple(("CO", str(reason), 100) for reason in range(40, 48))
    line = Line(15000, 15000 - 800 - 700, (*many, ("PR", "3", 700)))
    (found,) = reading(Payment((ClaimOf("A1", (line,)),)))
    assert found.claims[0].lines[0].of_group(Group.CONTRACTUAL) == 800
    assert objection(found.claims[0]) == ""


def test_a_code_that_the_insurer_changed_keeps_what_was_billed() -> None:
    (found,) = reading(Payment((ClaimOf("A1", (Line(9000, 9000, code="90834", submitted="90837:95"),)),)))
    (line,) = found.claims[0].lines
    assert (line.code, line.modifiers, line.decided_code) == ("90837", ("95",), "90834")


def test_a_claim_without_lines_is_one_line_and_one_line_takes_the_claims_adjustments() -> None:
    whole = Line(15000, 15000)
    bare = ClaimOf("A1", (whole,), reasons=(("CO", "45", 3000), ("PR", "3", 2000)), bare=True)
    one = ClaimOf("A1", (whole,), reasons=(("CO", "45", 3000), ("PR", "3", 2000)))
    for claim in (bare, one):
        (found,) = reading(Payment((claim,)))
        (line,) = lines_of(found.claims[0])
        sums = line.paid_minor, line.of_group(Group.CONTRACTUAL), line.of_group(Group.PATIENT)
        assert (objection(found.claims[0]), *sums) == ("", 10000, 3000, 2000)
    two = ClaimOf("A1", (whole, whole), reasons=(("CO", "45", 3000),))
    (found,) = reading(Payment((two,)))
    assert objection(found.claims[0]) == "claim_adjusted_whole"


def test_a_claim_that_does_not_add_up_is_objected_to() -> None:
    off = ClaimOf("A1", (Line(15000, 8000, (("CO", "45", 6999),)),))
    (found,) = reading(Payment((off,)))
    assert objection(found.claims[0]) == "claim_unbalanced"


def test_a_claim_that_is_paid_otherwise_than_its_lines_is_objected_to() -> None:
    content = text(Payment((PAID,), off_by=100)).replace("CLP*A1*1*150*85.5*", "CLP*A1*1*150*86.5*")
    (found,) = reading(chunks=[content.encode()])
    assert objection(found.claims[0]) == "claim_unbalanced"


def test_several_payments_of_a_file_each_add_up() -> None:
    other = Payment((PAID,), trace="EFT-2", payee="1000000004")
    assert [one.trace for one in reading(PAYMENT, other)] == ["EFT-1", "EFT-2"]
    flaw = refused(text(PAYMENT, Payment((PAID,), trace="EFT-2", off_by=-1)))
    assert (flaw.code, flaw.details) == ("remittance_unbalanced", {"trace": "EFT-2", "difference": "-0.01"})


def test_money_that_the_insurer_draws_is_below_nil() -> None:
    taken = ClaimOf("A1", (Line(-9000, -5000, (("PR", "3", -4000),)),), status="22")
    (found,) = reading(Payment((taken,)))
    assert (found.amount_minor, found.claims[0].reverses) == (-5000, True)


def test_a_file_of_several_interchanges_is_read_whole() -> None:
    both = text(PAYMENT) + text(Payment((PAID,), trace="EFT-2"))
    assert [one.trace for one in reading(chunks=[both.encode()])] == ["EFT-1", "EFT-2"]


GOOD = text(PAYMENT)
TWO = text(PAYMENT, Payment((PAID,), trace="EFT-2"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "remittance_not_x12"),
        ("<html><body>" + "x" * 200, "remittance_not_x12"),
        ("charge_id,client_id\nA1,C1\n" * 10, "remittance_not_x12"),
        (GOOD[: len(GOOD) // 2], "remittance_cut_off"),
        (GOOD[: GOOD.index("~GE*") + 1], "remittance_cut_off"),
        (GOOD[: GOOD.index("~SE*") + 1], "remittance_cut_off"),
        (GOOD.replace("~LQ*HE*N130", "", 1), "segments_miscounted"),
        (GOOD.replace("~N1*PE", "N1*PE"), "segments_miscounted"),
        (GOOD.replace("*0001~GE", "*0002~GE"), "segments_miscounted"),
        (TWO[: TWO.index("ST*835*0002")] + TWO[TWO.index("GE*2") :], "envelope_miscounted"),
        (GOOD.replace("IEA*1*", "IEA*2*"), "envelope_miscounted"),
        (GOOD.replace("GE*1*1", "GE*1*2"), "envelope_miscounted"),
        (GOOD[:106] + GOOD[GOOD.index("ST*") :], "remittance_cut_off"),
        (GOOD + GOOD[: GOOD.index("~ST") + 1], "remittance_cut_off"),
        (GOOD.replace("LQ*HE*N130", "ZZZ*9*9", 1), "segment_unknown"),
        (GOOD.replace("GS*HP", "GS*HC"), "remittance_version"),
        (GOOD.replace("005010X221A1", "004010X091A1"), "remittance_version"),
        (GOOD.replace("ST*835", "ST*999"), "remittance_version"),
        (GOOD.replace("*85.5*", "*85,5*", 1), "element_amount"),
        (GOOD.replace("*85.5*", "*85.505*", 1), "element_amount"),
        (GOOD.replace("*85.5*", "*1e3*", 1), "element_amount"),
        (GOOD.replace("DTM*472*20261001", "DTM*472*20261301", 1), "element_date"),
        (GOOD.replace("TRN*1*EFT-1*1999999999", "TRN*1*EFT-1"), "element_missing"),
        (GOOD.replace("TRN*1*EFT-1*1999999999", "LX*2"), "element_missing"),
        (GOOD.replace("CAS*CO*45", "CAS*XX*45", 1), "element_missing"),
        (GOOD.replace("CLP*A1*1*", "CLP*A1**", 1), "element_missing"),
        (GOOD.replace("DTM*405*20261101", "CUR*PR*CAD"), "remittance_currency"),
        (GOOD.replace("DTM*405*20261101", "CAS*CO*45*1"), "segment_misplaced"),
        (text(Payment((PAID,), handling="H")), "remittance_not_paid"),
        (text(Payment((replace(PAID, lines=(ANSWER,) * 1000),))), "segments_too_many"),
        (GOOD.replace("CAS*PR", "CAS*PR*1*1~" * 600 + "CAS*PR", 1), "segments_too_many"),
        (GOOD.replace("NM1*QC", "".join(f"NM1*IL*1*V*A****MI*{n}~" for n in range(10)) + "NM1*QC", 1),
         "segments_too_many"),
        (text(), "remittance_empty"),
        (GOOD[:106] + "X" * 20_000, "segment_too_long"),
    ],
)  # fmt: skip
def test_what_is_no_whole_remittance_is_refused(content: str, code: str) -> None:
    assert refused(content).code == code


def test_a_claim_of_999_lines_is_read() -> None:
    (found,) = reading(Payment((replace(PAID, lines=(ANSWER,) * 999),)))
    assert len(found.claims[0].lines) == 999


def test_a_file_that_names_no_currency_is_in_dollars() -> None:
    with pytest.raises(Flaw) as caught:
        read("remit.835", data(PAYMENT), currency="CAD")
    assert caught.value.code == "remittance_currency"
    named = text(PAYMENT).replace("DTM*405*20261101", "CUR*PR*CAD").encode()
    assert read("remit.835", [named], currency="CAD")[0].amount_minor == reading(PAYMENT)[0].amount_minor


def test_nothing_of_a_file_moves_a_terminal() -> None:
    (found,) = reading(chunks=[GOOD.replace("MADE UP HEALTH", "MADE \x1b[2JUP\u202e").encode()])
    assert found.payer.isprintable()

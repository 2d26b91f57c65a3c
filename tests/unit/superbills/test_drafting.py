"""What goes on a superbill, what is paid of each line, and what is missing beforehand (issue 14)."""

from dataclasses import replace

import pytest

from chalicelib.documents.domain.superbill_lines import Gap, Missing, for_everyone
from chalicelib.documents.domain.superbills import Diagnosis, Stretch
from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Refused
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.payments.ports.processors import Decision, RefundStatus
from chalicelib.practice.domain.practices import Client, Coverage, RelationToInsured, Supervisor
from tests.support.refunds import wish
from tests.unit.superbills.world import ADA, MARCH, MAYA, WHOLE, Books


@pytest.fixture
def books() -> Books:
    return Books()


def gaps(books: Books, **world: object) -> list[Gap]:
    return [one.gap for one in books.plan(**world).missing]  # type: ignore[arg-type]


def test_who_gave_and_who_received_are_named_as_insurers_know_them(books: Books) -> None:
    books.charge("c1")
    paper = books.paper()
    head = paper.billing.letterhead
    assert (head.practice_name, head.practice_legal_name) == ("Fern Hill Practice", "Fern Hill Therapy PLLC")
    assert (paper.billing.tax_id, paper.billing.tax_id_of, paper.billing.npi) == (
        "12-3456789",
        "",
        "1679576722",
    )
    assert (paper.clinician.npi, paper.clinician.license, paper.clinician.license_state) == (
        "1234567893", "SW-100", "NY",
    )  # fmt: skip
    assert paper.clinician.rendering
    assert paper.supervisor is None
    assert (paper.client.name, paper.client.birth_date, paper.client.member_id) == (
        "Maya Okafor", "1990-04-02", "XYZ123",
    )  # fmt: skip


def test_an_independent_clinician_has_an_ein_and_a_superbill_of_their_own(books: Books) -> None:
    books.charge("c1")
    books.charge("c2", clinician_id="ben")
    ada, ben = books.plan().drafts
    assert (ada.clinician_id, ben.clinician_id) == ("ada", "ben")
    assert (ben.paper.billing.tax_id, ben.paper.billing.tax_id_of) == ("98-7654321", "Ben Reed")
    assert [len(draft.paper.lines) for draft in (ada, ben)] == [1, 1]
    assert [draft.clinician_id for draft in books.plan(clinician="ben").drafts] == ["ben"]


def test_a_supervisor_counts_as_rendering_where_the_practice_says_so(books: Books) -> None:
    books.charge("c1")
    supervisor = Supervisor("Sol Vega", "PhD", "1245319599", "P-1", "NY", rendering=True)
    intern = replace(ADA, npi="", license="", license_state="", supervisor=supervisor)
    paper = books.paper(replace(WHOLE, clinicians=(intern,)))
    assert paper.supervisor is not None
    assert (paper.clinician.rendering, paper.supervisor.rendering) == (False, True)
    beside = replace(intern, npi="1234567893", license="A", supervisor=replace(supervisor, rendering=False))
    paper = books.paper(replace(WHOLE, clinicians=(beside,)))
    assert paper.clinician.rendering
    without = replace(intern, supervisor=replace(supervisor, npi="", license=""))
    assert gaps(books, practice=replace(WHOLE, clinicians=(without,))) == [
        Gap.SUPERVISOR_NPI, Gap.SUPERVISOR_LICENSE,
    ]  # fmt: skip


def test_a_line_has_its_day_place_code_modifiers_units_and_the_whole_fee(books: Books) -> None:
    books.charge("c1", 6_000, insurer_minor=9_000, cpt="90837-95-HO", units=2, date="2026-03-04")
    (line,) = books.paper().lines
    assert (line.date, line.place_of_service, line.code, line.modifiers) == (
        "2026-03-04", "10", "90837", ("95", "HO"),
    )  # fmt: skip
    assert (line.units, line.pointers, line.service) == (2, "A", "Individual session")
    assert (line.fee_minor, line.insurance_minor, line.paid_minor) == (15_000, 0, 0)


def test_diagnoses_are_lettered_as_services_first_point_at_them_and_a_line_points_at_four(
    books: Books,
) -> None:
    books.charge("c1", date="2026-03-02", diagnoses=("F411", "F33.1"))
    books.charge("c2", date="2026-03-03", diagnoses=("F43.10", "F41.1", "F33.1", "F90.0", "F84.0"))
    paper = books.paper()
    assert [(d.letter, d.code) for d in paper.diagnoses] == [
        ("A", "F41.1"), ("B", "F33.1"), ("C", "F43.10"), ("D", "F90.0"),
    ]  # fmt: skip
    assert [line.pointers for line in paper.lines] == ["AB", "CABD"]


def test_the_words_of_diagnoses_are_left_out_where_the_practice_says_so(books: Books) -> None:
    books.charge("c1")
    assert books.paper().diagnoses == (Diagnosis("A", "F41.1", "Generalized anxiety disorder"),)
    plain = books.paper(replace(WHOLE, superbill_diagnosis_words=False))
    assert plain.diagnoses == (Diagnosis("A", "F41.1"),)


def test_facts_that_were_corrected_are_the_ones_that_count(books: Books) -> None:
    books.charge("c1", cpt="90832")
    correcting = CorrectingFacts(books.money.ledgers, books.money.clock)
    facts = FactChanges(cpt="90837", clinician_id="ben")
    correcting.correct(books.money.ref(), "k1", charge_external_id="c1", facts=facts, on="2026-03-09")
    (draft,) = books.plan().drafts
    assert (draft.clinician_id, draft.paper.lines[0].code) == ("ben", "90837")


def test_missed_appointments_and_other_fees_are_left_out(books: Books) -> None:
    for number, status in enumerate(ChargeStatus):
        books.charge(f"c{number}", status=status)
    assert list(books.lines) == ["c0"]


def test_what_was_taken_back_and_what_was_free_is_left_out(books: Books) -> None:
    books.charge("c1")
    books.charge("c2")
    books.charge("c3", 0)
    seq = books.money.ledgers.charges(books.money.ref(), [books.lines["c2"].charge_id])
    books.money.correcting.reverse(books.money.ref(), next(iter(seq.values())).seq, on="2026-03-05")
    assert list(books.lines) == ["c1"]


def test_days_outside_are_left_out_and_both_ends_are_in(books: Books) -> None:
    for day in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"):
        books.charge(day, date=day)
    assert list(books.lines) == ["2026-03-01", "2026-03-31"]


def test_a_balance_brought_along_is_no_service(books: Books) -> None:
    books.money.post.opening_balance(books.money.ref(), "o1", 5_000, on="2026-03-01")
    assert books.plan().drafts == []


def test_what_is_not_paid_is_on_it_with_nothing_paid(books: Books) -> None:
    books.charge("c1")
    assert books.lines["c1"].paid_minor == 0


def test_what_the_practice_gave_up_was_paid_by_nobody(books: Books) -> None:
    books.charge("c1")
    books.money.post.write_off(
        books.money.ref(), "w1", charge_external_id="c1", amount_minor=15_000, on="2026-03-04"
    )
    line = books.lines["c1"]
    assert (line.fee_minor, line.adjustments_minor, line.paid_minor) == (15_000, 15_000, 0)


def test_what_was_refunded_is_not_paid_any_more(books: Books) -> None:
    books.charge("c1")
    books.money.cash("p1", 15_000)
    books.money.give_back("r1", "p1", 4_000)
    assert books.lines["c1"].paid_minor == 11_000


def test_what_a_refund_under_way_will_take_is_not_paid(books: Books) -> None:
    """A bank may take days for it, and an insurer would pay for what the client is given back."""
    books.charge("c1")
    money = books.money
    money.start("key-1")
    money.processor.take("key-1")
    money.settle("key-1")
    money.processor.refunds_begin = RefundStatus.PENDING
    money.refunding.refund(wish(money.ledgers, "key-1", 6_000, id_="r1"))
    assert books.lines["c1"].paid_minor == 9_000
    money.processor.refund_becomes("key-1", RefundStatus.SUCCEEDED)
    money.settle("key-1")
    assert books.lines["c1"].paid_minor == 9_000


def test_what_a_bank_holds_and_is_refunded_goes_once(books: Books) -> None:
    books.charge("c1")
    money = books.money
    money.start("key-1")
    money.processor.take("key-1")
    money.settle("key-1")
    money.processor.refunds_begin = RefundStatus.PENDING
    money.refunding.refund(wish(money.ledgers, "key-1", 9_000, id_="r1"))
    facts = money.processor.dispute("key-1", Decision.OPEN, id_="dp_1", taken=9_000)
    money.settling.settle(money.practice, "stripe", facts)
    assert books.lines["c1"].paid_minor == 0
    books.charge("c2", 5_000)
    money.cash("p1", 5_000)
    assert books.lines["c2"].paid_minor == 5_000


def test_an_insurers_money_is_not_the_clients(books: Books) -> None:
    books.charge("c1", 6_000, insurer_minor=9_000)
    books.money.cash("p1", 6_000)
    books.answered("c1", paid_minor=11_000, contractual_minor=0, above_expected=True)
    line = books.lines["c1"]
    assert (line.insurance_minor, line.paid_minor) == (11_000, 4_000)  # 2,000 of theirs is credit now


def test_what_is_only_expected_of_an_insurer_is_paid_by_nobody(books: Books) -> None:
    """Issue 14: the paper attests what was paid, and an insurer that reads of its own money looks for it."""
    books.charge("c1", 5_000, insurer_minor=11_000)
    line = books.lines["c1"]
    assert (line.insurance_minor, line.adjustments_minor, line.paid_minor) == (0, 0, 0)


def test_what_an_insurer_paid_is_apart_from_what_its_contract_forbids_to_collect(books: Books) -> None:
    """Issue 14: the insurer paid 85.00, as on the itemised receipt, and not 110.00."""
    books.charge("c1", 5_000, insurer_minor=11_000)
    books.answered("c1", paid_minor=8_500, contractual_minor=2_500)
    books.money.post.write_off(
        books.money.ref(), "w1", charge_external_id="c1", amount_minor=300, on="2026-03-05"
    )
    line = books.lines["c1"]
    assert (line.insurance_minor, line.contractual_minor, line.adjustments_minor) == (8_500, 2_500, 2_800)


def test_an_insurers_answer_that_was_taken_back_is_none(books: Books) -> None:
    books.charge("c1", 5_000, insurer_minor=11_000)
    books.answered("c1", paid_minor=8_500, contractual_minor=2_500)
    last = books.money.account().ledger.seq
    for seq in (last - 1, last):
        books.money.correcting.reverse(books.money.ref(), seq, on="2026-03-05")
    line = books.lines["c1"]
    assert (line.insurance_minor, line.contractual_minor, line.adjustments_minor) == (0, 0, 0)


def test_what_is_owed_back_to_an_insurer_pays_no_service(books: Books) -> None:
    books.charge("c1", 5_000, insurer_minor=11_000)
    books.answered("c1", paid_minor=17_000, contractual_minor=0, above_expected=True)
    assert books.lines["c1"].insurance_minor == 16_000


@pytest.mark.parametrize(
    ("decision", "paid"), [(Decision.OPEN, 9_000), (Decision.LOST, 9_000), (Decision.WON, 15_000)]
)
def test_what_a_bank_holds_or_took_back_is_not_paid(books: Books, decision: Decision, paid: int) -> None:
    books.charge("c1")
    money = books.money
    money.start("key-1")
    money.processor.take("key-1")
    money.settle("key-1")
    for heard in dict.fromkeys((Decision.OPEN, decision)):
        facts = money.processor.dispute("key-1", heard, id_="dp_1", taken=6_000)
        money.settling.settle(money.practice, "stripe", facts)
    assert books.lines["c1"].paid_minor == paid


def test_all_that_is_missing_is_named_before_anything_is_issued(books: Books) -> None:
    books.charge("c1", cpt="", diagnoses=(), place_of_service="")
    bare = replace(
        WHOLE,
        tax_id="",
        address="",
        phone="",
        clinicians=(replace(ADA, npi="", license="", license_state=""),),
    )
    client = replace(MAYA, birth_date="", address="")
    assert gaps(books, practice=bare, client=client) == [
        Gap.PRACTICE_ADDRESS, Gap.PRACTICE_PHONE, Gap.TAX_ID, Gap.NPI, Gap.LICENSE, Gap.BIRTH_DATE,
        Gap.CLIENT_ADDRESS, Gap.CODE, Gap.DIAGNOSIS, Gap.PLACE,
    ]  # fmt: skip
    assert books.plan(practice=bare, client=client).drafts == []
    assert books.plan().missing[0] == Missing(Gap.CODE, "ada", "2026-03-01", "c1")


def test_what_is_missing_for_one_clinician_keeps_nobody_elses_back(books: Books) -> None:
    books.charge("c1")
    books.charge("c2", clinician_id="ben", cpt="")
    plan = books.plan()
    assert [draft.clinician_id for draft in plan.drafts] == ["ada"]
    assert plan.missing == [Missing(Gap.CODE, "ben", "2026-03-01", "c2")]


def test_a_clinician_who_has_left_the_file_is_missing(books: Books) -> None:
    books.charge("c1", clinician_id="zoe")
    assert gaps(books) == [Gap.CLINICIAN]


def test_a_diagnosis_that_cannot_be_billed_on_the_day_is_missing_once_a_service(books: Books) -> None:
    books.charge("c1", diagnoses=("Z00.0", "F41.1", "Z00.1"))
    assert gaps(books) == [Gap.DIAGNOSIS_NOT_BILLABLE]


def test_more_than_twelve_diagnoses_are_refused_and_twelve_are_not(books: Books) -> None:
    for number in range(12):
        books.charge(f"c{number}", diagnoses=(f"F{number:02d}.1",))
    assert len(books.paper().diagnoses) == 12
    books.charge("c12", diagnoses=("F12.1",))
    assert gaps(books) == [Gap.TOO_MANY_DIAGNOSES]


def test_the_401st_service_is_refused(books: Books) -> None:
    for number in range(401):
        books.charge(f"c{number}", 100)
    assert gaps(books) == [Gap.TOO_MANY_LINES]


@pytest.mark.parametrize(
    ("stretch", "clinician", "code", "of"),
    [
        (Stretch("2026-03-02", "2026-03-01"), "", "date_range_reversed", Invalid),
        (Stretch("2026-03-02", "2999-03-01"), "", "superbill_days_ahead", Invalid),
        (MARCH, "zoe", "clinician_not_found", NotFound),
    ],
)
def test_what_cannot_be_drafted(
    books: Books, stretch: Stretch, clinician: str, code: str, of: type[BillfoldError]
) -> None:
    with pytest.raises(of) as caught:
        books.plan(stretch=stretch, clinician=clinician)
    assert caught.value.code == code


def test_an_account_that_is_being_imported_waits(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    account = replace(books.money.account(), hold="import-1")
    monkeypatch.setattr(books.money.ledgers, "account", lambda _: account)
    with pytest.raises(Refused, match="account_updating"):
        books.plan()


@pytest.mark.parametrize(
    ("client", "made"),
    [
        (MAYA, True),
        (replace(MAYA, superbills=False), False),
        (replace(MAYA, superbills=False, guarantor_superbills=True), True),
        (replace(MAYA, coverage=Coverage.IN_NETWORK), False),
        (replace(MAYA, coverage=Coverage.OUT_OF_NETWORK), True),
    ],
)
def test_superbills_are_made_with_everybodys_where_somebody_may_see_them(client: Client, made: bool) -> None:
    assert for_everyone(client) is made


def test_whose_policy_it_is_is_said(books: Books) -> None:
    books.charge("c1")
    paper = books.paper(
        client=replace(MAYA, insured="Ada Okafor", relation_to_insured=RelationToInsured.CHILD)
    )
    assert (paper.client.insured, paper.client.relation) == ("Ada Okafor", RelationToInsured.CHILD)

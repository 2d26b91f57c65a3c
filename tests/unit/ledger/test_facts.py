"""Entries that state facts of a charge and move no money: a service at 0.00, and what is corrected of one."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import BillfoldError, Invalid, Refused
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain import beancount, hledger, ledger_csv
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind
from chalicelib.ledger.domain.ledger import fold
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import ChargeFacts, own_id
from chalicelib.verification.domain.accounts import audit
from tests.support.entries import edited
from tests.support.ledgers import stored
from tests.support.money import Money, meanwhile
from tests.support.practice import MAYA

ON = "2026-03-09"


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    return made


def charge_of(money: Money, external_id: str) -> Charge:
    return money.ledgers.held_charges[money.practice, "maya", own_id(money.practice, "charge", external_id)]


def entries(money: Money) -> list[Entry]:
    return list(money.ledgers.entries(money.ref()))


def sound(money: Money) -> bool:
    assert fold("USD", entries(money)) == money.account().ledger
    return list(audit(stored(money.ledgers, money.ref()))) == []


def correct(money: Money, external_id: str, charge: str, facts: FactChanges, reason: str = "") -> Any:
    correcting = CorrectingFacts(money.ledgers, money.clock, "staff-7")
    return correcting.correct(
        money.ref(), external_id, charge_external_id=charge, facts=facts, on=ON, reason=reason
    )


INTAKE = FactChanges(service="Intake")


def refusal(money: Money, command: Any) -> str:
    commits = money.ledgers.commits
    with pytest.raises(BillfoldError) as caught:
        command()
    assert money.ledgers.commits == commits
    return caught.value.code


def closing_of(money: Money, external_id: str) -> Closing:
    """As lists show it."""
    return money.ledgers.sequels[money.practice, "maya", charge_of(money, external_id).seq].closing


# --- a service at 0.00 ------------------------------------------------------------------------------


def test_a_service_at_nothing_is_taken_owed_nothing_and_no_credit_pays_it(money: Money) -> None:
    money.cash("p1", 500)
    money.charge("c1", 0, service="Pro bono session")
    charge, entry = charge_of(money, "c1"), entries(money)[-1]
    assert (charge.client_minor, closing_of(money, "c1"), charge.seq) == (0, Closing.NO_FEE, 2)
    assert (entry.draft.kind, entry.draft.postings, about(entry.draft)) == (EntryKind.SERVICE, (), charge.id)
    assert (money.account().ledger.credit_minor, money.account().ledger.open) == (500, {})
    assert sound(money)


def test_a_service_at_nothing_is_posted_once(money: Money) -> None:
    first = money.post.charge(money.ref(), facts_of("c1"))
    again = money.post.charge(money.ref(), facts_of("c1"))
    assert (first.duplicate, again.duplicate, again.seq) == (False, True, first.seq)
    assert money.ledgers.marker(money.practice, "import#charge#c1") is not None


def facts_of(external_id: str) -> ChargeFacts:
    return ChargeFacts(external_id, "2026-03-01", "Session", "ada", 0)


def test_to_a_service_at_nothing_no_money_is_posted(money: Money) -> None:
    money.charge("c1", 0)
    post = money.post
    asked: dict[str, Any] = {"charge_external_id": "c1", "on": ON}
    for command in (
        lambda: post.adjustment(MAYA, "a1", amount_minor=-500, **asked),
        lambda: post.adjustment(MAYA, "a1", amount_minor=500, **asked),
        lambda: post.write_off(MAYA, "a1", amount_minor=500, **asked),
        lambda: post.insurance_payment(
            MAYA, "i1", paid_minor=1, contractual_minor=0, to_client_minor=0, **asked
        ),
    ):
        assert refusal(money, command) == "charge_without_fee"


def test_a_service_at_nothing_is_taken_back_and_then_no_more_of_it_is_said(money: Money) -> None:
    money.charge("c1", 0)
    money.correcting.reverse(money.ref(), 1, on=ON)
    assert closing_of(money, "c1") is Closing.REVERSED
    assert (entries(money)[-1].draft.postings, entries(money)[-1].draft.reverses) == ((), 1)
    assert sound(money)
    assert refusal(money, lambda: correct(money, "f1", "c1", INTAKE)) == "charge_reversed"
    asked: dict[str, Any] = {"charge_external_id": "c1", "amount_minor": 500, "on": ON}
    again = lambda: money.post.adjustment(money.ref(), "a1", **asked)  # noqa: E731
    assert refusal(money, again) == "charge_reversed"


def test_entries_that_move_money_still_need_two_sides() -> None:
    for kind in EntryKind:
        if kind in (EntryKind.SERVICE, EntryKind.FACTS_CORRECTED, EntryKind.REVERSAL):
            assert Draft(kind, ON, ()).postings == ()
        else:
            with pytest.raises(Invalid, match="entry_incomplete"):
                Draft(kind, ON, ())


# --- facts corrected --------------------------------------------------------------------------------


def test_corrected_facts_are_the_charges_and_the_open_items_and_what_was_is_kept(money: Money) -> None:
    money.charge("c1", 10000, service="Sesion", cpt="90834", diagnoses=("F41.1",), clinician_id="ada")
    before = charge_of(money, "c1")
    facts = FactChanges(
        service="Sesión", clinician_id="ben", cpt="90837", diagnoses=("F32.9",), place_of_service="02"
    )
    done = correct(money, "f1", "c1", facts, reason="Wrong code")
    assert charge_of(money, "c1") == replace(before, **facts.given, facts_seq=done.seq)
    assert list(money.ledgers.former_charge_rows.values()) == [before]
    (item,) = money.account().ledger.open.values()
    assert (item.service, item.clinician_id, item.owed_minor) == ("Sesión", "ben", 10000)
    entry = entries(money)[-1]
    assert (entry.actor, entry.draft.reason, entry.draft.postings) == ("staff-7", "Wrong code", ())
    assert "F32.9" not in entry.text
    assert sound(money)


def test_a_correction_is_made_once_and_only_where_it_changes_something(money: Money) -> None:
    money.charge("c1", 10000, service="Session")
    correct(money, "f1", "c1", INTAKE)
    assert correct(money, "f1", "c1", INTAKE).duplicate
    assert (
        refusal(money, lambda: correct(money, "f1", "c1", FactChanges(service="Other")))
        == "external_id_taken"
    )
    assert refusal(money, lambda: correct(money, "f2", "c1", INTAKE)) == "facts_unchanged"


def test_issue_13_a_correction_that_arrives_while_it_is_tried_again_is_not_refused(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody heard of its write, which came after the next try had looked for its marker: the charge says by
    then what it is to say."""
    money.charge("c1", 10000, service="Session")
    commit = money.ledgers.commit

    def late(practice: str, change: Change) -> None:
        monkeypatch.setattr(money.ledgers, "commit", commit)
        meanwhile(money.ledgers, "marker", lambda: commit(practice, change))
        raise Busy("no answer yet")

    monkeypatch.setattr(money.ledgers, "commit", late)
    posted = correct(money, "f1", "c1", INTAKE)
    assert (posted.seq, posted.duplicate) == (2, True)
    assert charge_of(money, "c1").service == "Intake"
    assert len(entries(money)) == 2
    assert refusal(money, lambda: correct(money, "f2", "c9", INTAKE)) == "charge_not_found"


def test_a_paid_charge_that_is_opened_again_is_opened_under_its_corrected_name(money: Money) -> None:
    money.charge("c1", 10000, service="Sesion")
    money.cash("p1", 10000)
    correct(money, "f1", "c1", FactChanges(service="Sesión", clinician_id="ben"))
    assert money.account().ledger.open == {}
    money.give_back("r1", "p1", 4000)
    (item,) = money.account().ledger.open.values()
    assert (item.service, item.clinician_id, item.owed_minor) == ("Sesión", "ben", 4000)
    assert sound(money)


def test_corrected_facts_are_corrected_again_and_not_undone(money: Money) -> None:
    money.charge("c1", 10000)
    correct(money, "f1", "c1", INTAKE)
    undo = lambda: money.correcting.reverse(money.ref(), 2, on=ON)  # noqa: E731
    assert refusal(money, undo) == "reversal_of_facts"
    correct(money, "f2", "c1", FactChanges(service="Session"))
    assert [charge.service for charge in money.ledgers.former_charge_rows.values()] == [
        "Individual session", "Intake",
    ]  # fmt: skip
    assert sound(money)


def test_a_charge_is_taken_back_after_its_facts_were_corrected(money: Money) -> None:
    money.charge("c1", 10000)
    correct(money, "f1", "c1", INTAKE)
    money.correcting.reverse(money.ref(), 1, on=ON)
    assert (money.account().ledger.balance_minor, closing_of(money, "c1")) == (0, Closing.REVERSED)
    assert sound(money)


def test_damage_of_facts_is_named(money: Money) -> None:
    money.charge("c1", 10000)
    correct(money, "f1", "c1", INTAKE)
    state, charge = stored(money.ledgers, money.ref()), charge_of(money, "c1")
    told = [
        replace(charge, service="Session"),
        replace(charge, facts_seq=0),
        replace(charge, clinician_id="x"),
    ]
    for row in told:
        found = list(audit(replace(state, charges={charge.id: row})))
        assert [(finding.code, finding.item) for finding in found] == [
            ("charge_differs", f"charge {charge.id}")
        ]
    last = state.entries[-1]
    (item,) = last.draft.opens
    dearer = edited(last, draft=replace(last.draft, opens=(replace(item, fee_minor=20000),)))
    codes = [finding.code for finding in audit(replace(state, entries=[*state.entries[:-1], dearer]))]
    assert codes[:2] == ["entry_altered", "reopened_item_differs"]


def test_a_reason_is_kept_with_its_entry(money: Money) -> None:
    money.charge("c1", 10000)
    asked: dict[str, Any] = {"charge_external_id": "c1", "amount_minor": 500, "on": ON}
    money.post.adjustment(money.ref(), "a1", **asked, reason="Sliding scale")
    money.post.write_off(money.ref(), "w1", **asked, reason="Hardship")
    assert [entry.draft.reason for entry in entries(money)] == ["", "Sliding scale", "Hardship"]
    assert money.post.adjustment(money.ref(), "a1", **asked, reason="Other words").duplicate


def test_exports_for_accountants_name_every_entry_with_postings_or_without(money: Money) -> None:
    money.charge("c1", 0)
    money.charge("c2", 700)
    correct(money, "f1", "c2", INTAKE)
    account = (money.account(), entries(money))
    for lines in (beancount.export("fern", [account]), hledger.export("fern", [account])):
        text = list(lines)
        for entry in account[1]:
            assert sum(entry.hash in line for line in text) == 1
        assert sum(line.startswith("; 2026") for line in text) == 2
    rows = list(ledger_csv.export([account]))
    assert [row.split(",")[1] for row in rows[1:]] == ["1", "2", "2", "3"]


def test_a_fee_below_nothing_is_none() -> None:
    money = Money()
    money.open()
    for wrong in (-1, True, 1.5):
        with pytest.raises((Invalid, Refused)):
            money.charge("c1", wrong)  # type: ignore[arg-type]


def test_a_fee_of_which_the_insurer_owes_as_much_as_the_client_is_not_free(money: Money) -> None:
    shared = ChargeFacts("c1", ON, "Session", "ada", 500, insurer_minor=500)
    money.post.charge(money.ref(), shared)
    assert (money.practice, "maya", charge_of(money, "c1").seq) not in money.ledgers.sequels
    assert money.account().ledger.balance_minor == 500


def test_a_charge_keeps_what_became_of_the_appointment(money: Money) -> None:
    for status in ChargeStatus:
        facts = ChargeFacts(f"of-{status}", ON, "Session", "ada", 500, status=status)
        money.post.charge(money.ref(), facts)
        assert charge_of(money, f"of-{status}").status is status


def test_what_is_posted_without_a_reason_has_none(money: Money) -> None:
    money.charge("c1", 500)
    money.post.adjustment(money.ref(), "a1", charge_external_id="c1", amount_minor=100, on=ON)
    money.post.write_off(money.ref(), "w1", charge_external_id="c1", amount_minor=100, on=ON)
    assert [entry.draft.reason for entry in entries(money)[1:]] == ["", ""]


def test_who_hides_an_account_is_told_who_hid_it_before(money: Money) -> None:
    assert money.post.hold(money.ref(), "first") == ""
    assert money.account().hold == "first"
    assert money.post.hold(money.ref(), "first") == ""
    assert (money.post.hold(money.ref(), "second"), money.account().hold) == ("first", "first")
    assert (money.post.hold(money.ref(), "second", over="first"), money.account().hold) == ("", "second")

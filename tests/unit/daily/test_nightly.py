"""The nightly check: every account verified, however many; chains anchored; what was rewritten is named."""

from dataclasses import replace

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.posting import own_id
from chalicelib.operations.ports.rounds import Round
from chalicelib.verification.domain.anchors import parse
from tests.support.money import meanwhile
from tests.unit.daily.night import NAMES, Night


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Night:
    monkeypatch.setattr("chalicelib.verification.services.nightly.PAGE", 2)
    return Night()


def test_a_sound_ledger_is_verified_in_pages_and_every_chain_anchored_once(night: Night) -> None:
    assert night.night() == {"steps": 4, "ended": 1, "failed": 0}
    assert night.nightly.run() == {"steps": 0, "ended": 0, "failed": 0}
    assert list(night.anchors.held) == [("fern", "2026-03-11")]
    assert [night.anchored(name) for name in NAMES] == [
        (3, night.account(name).ledger.head) for name in NAMES
    ]
    assert night.alerts.held == {}


def test_anchors_are_chained_and_a_page_exactly_full_has_an_end(night: Night) -> None:
    night.people.names = list(NAMES[:4])
    assert night.night() == {"steps": 4, "ended": 1, "failed": 0}
    night.charge("more", 500, "ada")
    night.night()
    first, second = night.anchors.held.values()
    assert parse(first).sha256 in second.decode().splitlines()[0]
    assert night.anchored("ada") == (4, night.account("ada").ledger.head)
    assert night.alerts.held == {}


def test_an_altered_entry_is_named_once_and_keeps_nobody_else_from_being_checked(night: Night) -> None:
    night.alter("ben", 2, actor="mallory")
    night.alter("dot", 1, actor="mallory")
    night.set_ledger("dot", credit_minor=7)
    for _ in range(2):
        night.night()
        assert {subject.rpartition(" ")[0]: name for subject, name in night.alerts.subjects.items()} == {
            "entry_altered ben entry 2": "ledger_broken", "entry_altered dot entry 1": "ledger_broken",
        }  # fmt: skip


def test_a_chain_made_anew_is_sound_and_yet_named_by_the_anchor_every_night(night: Night) -> None:
    night.night()
    before = night.anchored("cid")
    night.rewrite("cid")
    assert night.verifying.verify("fern").ok
    assert [found.anchored.account_id for found in night.anchoring.compare("fern").mismatches] == ["cid"]
    for _ in range(2):
        night.night()
        assert night.alerts.names == ["chain_anchor_mismatch"]
        assert night.anchored("cid") == before  # until a person has accepted the new one


def test_a_chain_made_anew_and_gone_on_with_is_named(night: Night) -> None:
    night.night()
    night.rewrite("cid")
    night.charge("later", 500, "cid")
    night.night()
    assert night.alerts.names == ["chain_anchor_mismatch"]


@pytest.mark.parametrize("lost", ["entries", "account", "client"])
def test_a_chain_cut_short_or_gone_is_named(night: Night, lost: str) -> None:
    night.charge("fourth", 500, "eve")
    night.night()
    if lost == "entries":
        del night.ledgers.rows["fern", "eve", 4]
        del night.ledgers.held_charges["fern", "eve", own_id("fern", "charge", "fourth")]
        older = night.ledgers.rows["fern", "eve", 3]
        items = {
            id_: item for id_, item in night.account("eve").ledger.open.items() if item.fee_minor == 1000
        }
        night.set_ledger("eve", seq=3, head=older.hash, open=items)
    if lost == "account":
        del night.ledgers.accounts["fern", "eve"]
    if lost == "client":
        night.people.names.remove("eve")
    night.night()
    assert night.alerts.names == ([] if lost == "client" else ["chain_anchor_mismatch"])
    assert night.anchored("eve")[0] == 4


def test_once_a_person_has_accepted_a_chain_it_is_anchored_as_it_is(night: Night) -> None:
    night.night()
    night.rewrite("cid")
    night.night()
    [alert] = night.alerts.held.values()
    night.nightly.alerting.close("fern", alert.cause.id, note="restored from a backup, JR")
    for _ in range(2):
        night.night()
        assert night.anchored("cid") == (3, night.account("cid").ledger.head)
    assert night.alerts.names == []
    night.rewrite("ada")
    night.night()
    assert night.alerts.names == ["chain_anchor_mismatch"]


def test_an_anchor_that_was_damaged_is_named_and_the_next_one_kept(night: Night) -> None:
    night.anchors.held["fern", "2026-03-10"] = b"{}\n"
    night.night()
    assert night.alerts.subjects == {"anchor 2026-03-10": "chain_anchor_mismatch"}
    assert night.anchored("ada")[0] == 3


def test_an_account_that_was_empty_when_anchored_may_grow(night: Night) -> None:
    night.open("flo")
    night.people.names.append("flo")
    night.night()
    assert night.anchored("flo")[0] == 0
    night.charge("first", 500, "flo")
    night.night()
    assert (night.alerts.held, night.anchored("flo")[0]) == ({}, 1)


def test_a_transfer_between_pages_is_whole_and_one_sided_only_when_two_nights_say_so(night: Night) -> None:
    night.cash("p1", 9000, "ada")
    movements = Correcting(night.ledgers, night.clock, "cli")

    def move(id_: str, amount_minor: int) -> None:
        ada, eve = night.ref("ada"), night.ref("eve")
        movements.transfer_credit(id_, source=ada, target=eve, amount_minor=amount_minor, on="2026-03-03")

    move("t1", 500)
    night.night()
    # One is made while the round goes on: its first side was read before it.
    meanwhile(night.rounds, "save", lambda: move("t2", 700))
    for _ in range(3):
        night.night()
    assert night.alerts.held == {}


def test_a_one_sided_transfer_is_named_after_two_nights_and_what_staff_called_it_is_not(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    night.cash("p1", 9000, "ada")
    movements = Correcting(night.ledgers, night.clock, "cli")
    moved = movements.transfer_credit(
        "for Ada Lovelace",
        source=night.ref("ada"),
        target=night.ref("eve"),
        amount_minor=500,
        on="2026-03-03",
    )
    gone = night.ledgers.rows["fern", "ada", moved.seq].draft
    night.alter("ada", moved.seq, draft=replace(gone, reference="elsewhere"))
    counts = []
    for _ in range(2):
        night.night()
        facts = [alert.cause.facts for alert in night.alerts.held.values()]
        counts.append(sum(fact.get("code") == "transfer_one_sided" for fact in facts))
    assert counts == [0, 1]
    said = caplog.text + str([record.__dict__ for record in caplog.records]) + str(night.alerts.held)
    assert "transfer_one_sided" in said
    assert "Lovelace" not in said
    assert "elsewhere" not in said


def test_a_night_cut_off_goes_on_where_it_was(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as away:
        away.setattr(night.ledgers, "account", broken)
        assert night.night() == {"steps": 0, "ended": 0, "failed": 1}
    saves, save = list[str](), night.rounds.save

    def once(practice: str, job: str, after: Round) -> Round:
        if len(saves) == 2:
            raise ZeroDivisionError
        saves.extend([] if after.tries else [after.cursor])
        return save(practice, job, after)

    with monkeypatch.context() as dying:
        dying.setattr(night.rounds, "save", once)
        assert night.nightly.run()["steps"] == 2
    assert night.nightly.run() == {"steps": 2, "ended": 1, "failed": 0}
    assert (saves, len(night.anchors.held)) == (["ben", "dot"], 1)


def broken(ref: AccountRef) -> None:
    raise ZeroDivisionError

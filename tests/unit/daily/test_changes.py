"""Issue 13, number 3: the nightly check reads what has changed, and the rest in turn."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account, Reservation
from chalicelib.ledger.domain.asked import Asked, ItemKind, ItemRef
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.repairs import AccountRow
from chalicelib.ledger.ports.ledgers import Rows
from chalicelib.ledger.services.posting import own_id
from chalicelib.operations.ports.rounds import Round
from chalicelib.verification.domain.anchors import parse_part
from chalicelib.verification.domain.growth import state
from chalicelib.verification.services.nightly import TURNS
from tests.support.anchors import anchored_heads, heads_of, keep, latest_anchor, whole
from tests.support.ledgers import MemoryLedgers
from tests.support.rounds import MemoryRounds
from tests.unit.daily.night import NAMES, Night


class Counted(MemoryLedgers):
    """Of each account: how often it was compared, and how often any of its rows was read beside that."""

    def __init__(self) -> None:
        super().__init__()
        self.compared, self.read = Counter[str](), Counter[str]()

    def account_rows(self, refs: Iterable[AccountRef]) -> Mapping[str, AccountRow]:
        wanted = list(refs)
        self.compared.update(ref.account for ref in wanted)
        return super().account_rows(wanted)

    def account(self, ref: AccountRef) -> Account | None:
        self.read[ref.account] += 1
        return super().account(ref)

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        self.read[ref.account] += 1
        return super().entries(ref, first=first, last=last)

    def other_rows(self, ref: AccountRef) -> Rows | None:
        self.read[ref.account] += 1
        return super().other_rows(ref)


@pytest.fixture
def ledgers() -> Counted:
    return Counted()


@pytest.fixture
def night(ledgers: Counted) -> Night:
    return Night(ledgers)


@pytest.fixture
def nobodys_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the first nights."""
    monkeypatch.setattr("chalicelib.verification.services.nightly._turn", lambda _: TURNS - 1)


def nights(night: Night, most: int = TURNS) -> int:
    """How many rounds it takes until a person is called; at most that many."""
    for number in range(1, most + 1):
        assert night.night()["ended"] == 1
        if night.alerts.names:
            return number
    return 0


def of_tonight(night: Night, ledgers: Counted) -> set[str]:
    """The accounts that were read, and not only compared."""
    ledgers.read.clear()
    night.night()
    return set(ledgers.read)


def test_an_idle_account_costs_one_comparison_and_is_read_whole_once_in_thirty_nights(
    night: Night, ledgers: Counted
) -> None:
    night.night()
    whole_in = Counter[str]()
    for _ in range(TURNS):
        ledgers.compared.clear()
        whole_in.update(of_tonight(night, ledgers))
        assert ledgers.compared == dict.fromkeys(NAMES, 1)
    assert whole_in == dict.fromkeys(NAMES, 1)
    assert night.alerts.held == {}


@pytest.mark.parametrize("name", NAMES)
def test_an_old_entry_that_was_altered_is_found_within_thirty_nights(night: Night, name: str) -> None:
    night.night()
    night.alter(name, 2, actor="mallory")
    assert 1 <= nights(night) <= TURNS
    assert list(night.alerts.subjects) == [next(s for s in night.alerts.subjects if f"{name} entry 2" in s)]


def test_turns_go_by_rounds_that_ran_and_a_night_that_was_missed_is_nobodys(
    night: Night, ledgers: Counted
) -> None:
    night.night()
    whole_in = Counter[str]()
    for number in range(TURNS):
        night.clock.advance(days=number % 4)
        whole_in.update(of_tonight(night, ledgers))
    assert whole_in == dict.fromkeys(NAMES, 1)


def test_a_round_longer_than_the_nights_goes_on_and_passes_over_nobody_and_a_person_is_called(
    night: Night, ledgers: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is one turn; the alert says which job, of which practice, since when, and closes by itself."""
    monkeypatch.setattr("chalicelib.verification.services.nightly.MOST", 1)
    monkeypatch.setattr("chalicelib.verification.services.nightly.PAGE", 1)
    night.night()
    ledgers.compared.clear()
    real = ledgers.account_rows

    def slow(refs: Iterable[AccountRef]) -> Mapping[str, AccountRow]:
        night.clock.advance(minutes=11)
        return real(refs)

    monkeypatch.setattr(ledgers, "account_rows", slow)
    called = []
    for number in range(1, 8):  # an account a night, one to find that there is no more, and the anchor
        assert night.night() == {"steps": 1, "ended": int(number == 7), "failed": 0}
        called.append(night.alerts.names)
    assert called == [[], [], *[["round_overdue"]] * 4, []]
    [alert] = night.alerts.held.values()
    assert alert.cause.subject.startswith("verify 2026-03-12T")
    assert ledgers.compared == dict.fromkeys(NAMES, 1)
    assert latest_anchor(night.anchors, "fern").round == 1


Tamper = Callable[[Night], None]


def altered(night: Night) -> None:
    night.alter("ben", 4, actor="mallory")


def rechained(night: Night) -> None:
    night.rewrite("ben")


def cut(night: Night) -> None:
    night.ledgers.rows.pop(("fern", "ben", 4))


def unmarked(night: Night) -> None:
    night.ledgers.movements.pop(("fern", "import#charge#new"))


def uncharged(night: Night) -> None:
    night.ledgers.held_charges.pop(("fern", "ben", own_id("fern", "charge", "new")))


def charged_otherwise(night: Night) -> None:
    key = "fern", "ben", own_id("fern", "charge", "new")
    night.ledgers.held_charges[key] = replace(night.ledgers.held_charges[key], service="?")


def paid_otherwise(night: Night) -> None:
    [key] = night.ledgers.held_payments
    night.ledgers.held_payments[key] = replace(night.ledgers.held_payments[key], amount_minor=7)


def unpaid(night: Night) -> None:
    night.ledgers.held_payments.popitem()


def credited(night: Night) -> None:
    night.set_ledger("ben", credit_minor=5)


def balanced(night: Night) -> None:
    night.ledgers.balances["fern", "ben"] = 5


def opened(night: Night) -> None:
    """The sum stays."""
    items = dict(night.account("ben").ledger.open)
    new, old = own_id("fern", "charge", "new"), own_id("fern", "charge", "ben2")
    items[new] = replace(items[new], fee_minor=items[new].fee_minor + 50)
    items[old] = replace(items[old], fee_minor=items[old].fee_minor - 50)
    night.set_ledger("ben", open=items)


def ended(night: Night) -> None:
    night.set_ledger("ben", head="f" * 64)


NEW: list[Tamper] = [
    altered, rechained, cut, unmarked, uncharged, charged_otherwise, paid_otherwise, unpaid, credited,
    balanced, opened, ended,
]  # fmt: skip


def busy_day(night: Night) -> None:
    night.charge("new", 700, "ben")
    night.cash("paid", 1500, "ben")


@pytest.mark.usefixtures("nobodys_turn")
@pytest.mark.parametrize("tamper", NEW, ids=lambda tamper: tamper.__name__)
def test_what_is_done_to_a_new_entry_or_to_what_it_wrote_is_found_the_next_night(
    night: Night, tamper: Tamper
) -> None:
    night.night()
    busy_day(night)
    tamper(night)
    assert nights(night, 1) == 1
    assert all("ben" in subject for subject in night.alerts.subjects)


@pytest.mark.usefixtures("nobodys_turn")
def test_new_entries_are_read_and_no_older_ones(night: Night, ledgers: Counted) -> None:
    night.night()
    busy_day(night)
    night.alter("ben", 1, actor="mallory")  # an old one, whose turn is not tonight
    ledgers.read.clear()
    night.night()
    assert ledgers.read == {"ben": 1}
    assert (night.anchored("ben")[0], night.alerts.held) == (5, {})


@pytest.mark.usefixtures("nobodys_turn")
def test_a_charge_opened_and_paid_since_and_credit_left_over_need_nothing_older(
    night: Night, ledgers: Counted
) -> None:
    night.cash("before", 3500, "ben")
    night.night()
    night.charge("new", 700, "ben")  # 500 of it by the credit
    night.cash("paid", 900, "ben")
    assert of_tonight(night, ledgers) == {"ben"}
    assert ledgers.read == {"ben": 1}
    assert night.account("ben").ledger.credit_minor == 700
    assert night.alerts.held == {}


@pytest.mark.usefixtures("nobodys_turn")
def test_what_undoes_something_older_has_the_account_read_whole(night: Night, ledgers: Counted) -> None:
    night.night()
    night.alter("ben", 1, actor="mallory")
    night.correcting.reverse(night.ref("ben"), 3, on="2026-03-03")
    night.night()
    assert night.account("ben").ledger.seq == 4
    assert night.ledgers.rows["fern", "ben", 4].draft.kind is EntryKind.REVERSAL
    assert [s.rpartition(" ")[0] for s in night.alerts.subjects] == ["entry_altered ben entry 1"]


@pytest.mark.usefixtures("nobodys_turn")
@pytest.mark.parametrize("what", [credited, balanced, ended])
def test_an_idle_accounts_own_row_is_compared_whole(night: Night, what: Tamper) -> None:
    night.night()
    what(night)
    assert nights(night, 1) == 1


def test_what_was_not_sound_is_read_whole_every_night_and_a_closed_alert_stands(
    night: Night, ledgers: Counted
) -> None:
    night.alter("dot", 1, actor="mallory")
    night.night()
    [alert] = night.alerts.held.values()
    night.nightly.alerting.close("fern", alert.cause.id, note="seen, JR")
    for _ in range(3):
        assert "dot" in of_tonight(night, ledgers)
    assert len(night.alerts.held) == 1
    assert night.alerts.names == []


@pytest.mark.usefixtures("nobodys_turn")
def test_a_trial_balance_that_is_off_is_found_every_night_though_nothing_moved(
    night: Night, ledgers: Counted
) -> None:
    """By what was anchored beside the heads: nothing else is read."""
    night.night()
    heads = anchored_heads(night.anchors, "fern")
    off = replace(heads["eve"], nets={**(heads["eve"].nets or {}), "income:fees USD": -2999})
    night.clock.advance(days=1)
    keep(night.anchors, "fern", night.clock.now().date().isoformat(), [*(heads | {"eve": off}).values()])
    for _ in range(2):
        night.alerts.held.clear()
        assert of_tonight(night, ledgers) == set()
        assert [s.rpartition(" ")[0] for s in night.alerts.subjects] == ["trial_balance_off USD"]


@pytest.mark.usefixtures("nobodys_turn")
def test_transfers_that_do_not_come_to_nothing_over_all_accounts_are_found_in_two_nights(
    night: Night, ledgers: Counted
) -> None:
    night.night()
    heads = anchored_heads(night.anchors, "fern")
    nets = {**(heads["eve"].nets or {}), "income:fees USD": -2500, "asset:transfers USD": -500}
    night.clock.advance(days=1)
    off = heads | {"eve": replace(heads["eve"], nets=nets)}
    keep(night.anchors, "fern", night.clock.now().date().isoformat(), off.values())
    found = []
    for _ in range(2):
        assert of_tonight(night, ledgers) == set()
        found.append([s.rpartition(" ")[0] for s in night.alerts.subjects])
    assert found == [[], ["transfer_one_sided transfers"]]


def test_one_side_of_a_new_transfer_that_is_gone_is_named_after_two_nights_and_every_night_from_then(
    night: Night,
) -> None:
    night.cash("p1", 9000, "ada")
    night.night()
    move(night, "t1", 500)
    seq = night.account("eve").ledger.seq
    for number in range(seq - 1, seq + 1):  # what arrived, and that it paid what was open
        if night.ledgers.rows["fern", "eve", number].draft.reference == "t1":
            gone = night.ledgers.rows["fern", "eve", number].draft
            night.alter("eve", number, draft=replace(gone, reference="elsewhere"))
    counts = []
    for _ in range(4):
        night.night()
        facts = [a.cause.facts for a in night.alerts.held.values() if a.last_seen[:10] == today(night)]
        counts.append(sum(fact.get("code") == "transfer_one_sided" for fact in facts))
    assert counts[0] == 0
    assert all(counts[1:])


def today(night: Night) -> str:
    return night.clock.now().date().isoformat()


def move(night: Night, id_: str, amount_minor: int) -> None:
    ada, eve = night.ref("ada"), night.ref("eve")
    night.correcting.transfer_credit(id_, source=ada, target=eve, amount_minor=amount_minor, on="2026-03-03")


# --- anchors --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nobodys_turn")
def test_an_account_without_an_anchor_is_read_whole(night: Night, ledgers: Counted) -> None:
    night.night()
    night.open("flo")
    night.people.names.append("flo")
    night.charge("f1", 700, "flo")
    night.alter("flo", 1, actor="mallory")
    assert of_tonight(night, ledgers) == {"flo"}
    assert [s.rpartition(" ")[0] for s in night.alerts.subjects] == ["entry_altered flo entry 1"]


@pytest.mark.usefixtures("nobodys_turn")
def test_an_anchor_of_the_format_before_is_held_to_and_everything_is_read_once(
    night: Night, ledgers: Counted
) -> None:
    night.anchors.put("fern", "2026-03-10", whole("fern", "2026-03-10", heads_of(ledgers, "fern")))
    night.rewrite("cid")
    assert [found.anchored.account_id for found in night.anchoring.compare("fern").mismatches] == ["cid"]
    assert night.anchoring.anchored("fern", "ada") is not None
    assert of_tonight(night, ledgers) == set(NAMES)
    assert night.alerts.names == ["chain_anchor_mismatch"]
    assert of_tonight(night, ledgers) == {"cid"}


@pytest.mark.usefixtures("nobodys_turn")
def test_a_part_that_is_damaged_or_gone_is_named_and_what_it_had_is_read_whole(
    night: Night, ledgers: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as paged:
        paged.setattr("chalicelib.verification.services.nightly.PAGE", 2)
        night.night()
    day = today(night)
    assert latest_anchor(night.anchors, "fern").parts == 3
    whole_part = night.anchors.parts["fern", day, 1]
    night.anchors.parts["fern", day, 1] = whole_part.replace(b"cid", b"cix")
    with pytest.raises(ValueError):
        night.anchoring.compare("fern")
    assert night.anchoring.anchored("fern", "cid") is None
    assert of_tonight(night, ledgers) == {"cid", "dot"}
    assert night.alerts.subjects == {f"anchor {day} part 1": "chain_anchor_mismatch"}
    assert of_tonight(night, ledgers) == set()


def test_a_part_of_another_anchor_is_none_of_this_ones(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sound in itself; the part after it names another hash."""
    monkeypatch.setattr("chalicelib.verification.services.nightly.PAGE", 2)
    night.night()
    day = today(night)
    other = Night()
    other.charge("more", 100, "ada")
    other.night()
    night.anchors.parts["fern", day, 0] = other.anchors.parts["fern", day, 0]
    night.night()
    assert f"anchor {day} part 0" in night.alerts.subjects


def test_every_account_is_found_in_its_part(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.verification.services.nightly.PAGE", 1)
    night.night()
    assert latest_anchor(night.anchors, "fern").parts == 5
    for name in NAMES:
        found = night.anchoring.anchored("fern", name)
        assert found is not None
        assert (found.seq, found.hash) == night.anchored(name)
    for nobody in ("a", "bob", "zoe"):
        assert night.anchoring.anchored("fern", nobody) is None


def test_a_step_that_died_after_its_part_was_put_is_taken_up_and_nothing_looks_one_sided(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes to its accounts in between counts for the next round, in both accounts or in none."""
    monkeypatch.setattr("chalicelib.verification.services.nightly.PAGE", 2)
    night.cash("p1", 9000, "ada")
    night.night()
    move(night, "t1", 300)
    night.charge("b", 100, "ben")  # so that eve is in another part
    save = night.rounds.save

    def dying(practice: str, job: str, after: Round) -> Round:
        if not after.tries:
            raise ZeroDivisionError
        return save(practice, job, after)

    with monkeypatch.context() as dead:
        dead.setattr(night.rounds, "save", dying)
        assert night.night()["failed"] == 1
    move(night, "t2", 400)
    night.charge("more", 100, "ada")
    assert night.nightly.run()["ended"] == 1
    stood = parse_part(night.anchors.parts["fern", today(night), 0], "fern", today(night), 0)
    assert stood.heads["ada"].seq < night.account("ada").ledger.seq
    for _ in range(3):
        night.night()
    assert night.alerts.held == {}
    assert night.anchored("ada")[0] == night.account("ada").ledger.seq


def test_a_transfer_made_between_two_steps_is_whole_by_the_next_round(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first account had been read; who has the side that was read is read again with the other."""
    monkeypatch.setattr("chalicelib.verification.services.nightly.PAGE", 2)
    night.cash("p1", 9000, "ada")
    night.night()
    busy_day(night)
    night.charge("a", 100, "ada")
    save = night.rounds.save

    def moving(practice: str, job: str, after: Round) -> Round:
        if after.cursor == "ben" and not after.tries:
            monkeypatch.undo()
            move(night, "t1", 300)
        return save(practice, job, after)

    monkeypatch.setattr(night.rounds, "save", moving)
    night.night()
    assert isinstance(night.rounds, MemoryRounds)
    assert '"suspects":{"t1":["eve"]}' in night.rounds.held["fern", "verify"].carried
    for _ in range(3):
        night.night()
    assert night.alerts.held == {}


def test_what_is_none_in_a_parts_place_is_passed_over_and_a_person_is_called(night: Night) -> None:
    night.night()
    tomorrow = (night.clock.now() + timedelta(days=1)).date().isoformat()
    night.anchors.parts["fern", tomorrow, 0] = b"{}"
    night.night()
    for _ in range(2):
        assert night.alerts.subjects == {f"anchor {tomorrow} part 0": "chain_anchor_mismatch"}
        night.night()
    assert night.anchoring.anchored("fern", "ada") is not None


def test_a_round_that_an_earlier_version_had_begun_is_begun_anew(night: Night, ledgers: Counted) -> None:
    night.night()
    night.clock.advance(days=1)
    assert isinstance(night.rounds, MemoryRounds)
    [(key, known)] = night.rounds.held.items()
    old = '{"trial":{"USD":5},"moved":{"t0":300},"suspects":["t9"]}'
    begun = f"{today(night)}T07:00:00.000Z"
    night.rounds.held[key] = replace(known, begun_at=begun, cursor="cid", ended_at="", carried=old)
    assert night.nightly.run()["ended"] == 1
    assert anchored_heads(night.anchors, "fern").keys() == set(NAMES)
    assert night.alerts.held == {}


# --- reads that are late --------------------------------------------------------------------------


class Late(MemoryLedgers):
    """Shows what there was when it was made, of whatever it is asked."""

    def __init__(self, of: MemoryLedgers) -> None:
        super().__init__()
        for name, held in vars(of).items():
            setattr(self, name, held.copy() if isinstance(held, dict | set) else held)


class Mixed(Late):
    """The entries there were, and the accounts there are."""

    def __init__(self, of: MemoryLedgers) -> None:
        super().__init__(of)
        self.accounts = of.accounts


@pytest.mark.parametrize("late", [Late, Mixed])
def test_a_row_that_is_late_calls_nobody(late: Callable[[MemoryLedgers], MemoryLedgers]) -> None:
    night = Night()
    stale = late(night.ledgers)
    night.glance.shown = stale
    night.night()
    busy_day(night)
    night.cash("p1", 9000, "ada")
    night.glance.shown = None
    night.night()  # anchored as it is; and shown tomorrow as it was
    night.glance.shown = stale
    for _ in range(3):
        night.charge(f"c{night.clock.now()}", 300, "ben")
        assert night.night()["ended"] == 1
    assert night.alerts.held == {}
    night.charge("last", 300, "ben")
    night.alter("ben", night.account("ben").ledger.seq, actor="mallory")
    night.night()
    assert night.alerts.names == ["ledger_broken"]


def test_the_hash_of_an_accounts_row_is_of_all_that_it_says(night: Night) -> None:
    """A field that is added to either belongs into `state`, or an edit of it is not seen."""
    busy_day(night)
    account = night.account("ben")
    held = {"p1": Reservation({"c1": 5}, firm=True)}
    asked = {"q1": Asked(ItemRef(ItemKind.SERVICE, "c1"))}
    ledgers = [
        replace(account.ledger, currency="EUR"),
        replace(account.ledger, open={}),
        replace(account.ledger, credit_minor=1),
    ]
    others = [
        replace(account, version=99), replace(account, reserved=held), replace(account, hold="import-1"),
        replace(account, disputed=frozenset({"p1"})), replace(account, asked=asked),
        replace(account, estimates=1),
        *(replace(account, ledger=other) for other in ledgers),
    ]  # fmt: skip
    assert len(state(account, 1)) == 16
    assert len({state(account, 1), state(account, 2), *(state(other, 1) for other in others)}) == 11
    compared = {"id", "ledger", "version", "reserved", "hold", "disputed", "asked", "estimates"}
    assert {field.name for field in fields(Account)} == compared
    assert {field.name for field in fields(Ledger)} == {"currency", "seq", "head", "open", "credit_minor"}

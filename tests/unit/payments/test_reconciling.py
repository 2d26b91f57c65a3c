"""Issue 13, number 1: reconcile asks for what has changed, at the pace of what is under way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, ProcessorDenied, ProcessorRefused, ProcessorTimeout, Unreadable
from chalicelib.ledger.domain.payments import State
from chalicelib.operations.ports.rounds import Round
from chalicelib.payments.ports.movements import MovementsPage
from chalicelib.payments.ports.processors import Changes, Facts, ObjectKind, Reference, Stage
from chalicelib.payments.services import reconciling, turns
from chalicelib.payments.services.heard_news import MOST, ROOM, Heard
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.turns import Turn
from tests.support.money import Money
from tests.support.queue import FakeQueue
from tests.support.refunds import wish
from tests.support.rounds import MemoryRounds

JOB = "reconcile-stripe"
KEY = "key-1"


@pytest.fixture
def money() -> Money:
    made = Money()
    for account_id in ("maya", "noah", "olga", "wim"):
        made.open(account_id)
        made.charge(f"c-{account_id}", 10000, account_id)
    return made


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The payments that were compared with the ledger."""
    made, settle = list[str](), Settling.settle

    def noted(self: Settling, practice: str, processor: str, facts: Facts) -> object:
        made.append(facts.payment_id)
        return settle(self, practice, processor, facts)

    monkeypatch.setattr(Settling, "settle", noted)
    return made


def paid(money: Money, key: str = KEY, account_id: str = "maya") -> None:
    money.start(key, account_id)
    money.processor.take(key)


def row(money: Money) -> Round:
    found = money.rounds.latest(money.practice, JOB)
    assert found is not None
    return found


def heard(money: Money) -> Heard:
    return Heard.parse(row(money).carried)


def run(money: Money, *, after_minutes: float = 5) -> list[str]:
    """What the next call asks of the processor."""
    money.clock.advance(minutes=after_minutes)
    money.processor.calls.clear()
    money.reconciling.reconcile()
    return [f"{call} {about}".strip() for call, about in money.processor.calls]


def nothing_new(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money.processor, "changes", lambda **_: Changes((), ""))


def test_news_met_again_costs_one_look_and_nothing_of_the_ledger(money: Money, settled: list[str]) -> None:
    paid(money)
    assert run(money) == ["changes", "look pi_key-1"]
    assert settled == [KEY]
    assert run(money) == ["changes", "look pi_key-1"]
    assert settled == [KEY]
    money.processor.dispute(KEY)
    assert run(money, after_minutes=61) == ["changes", "look pi_key-1", "look dp_1"]
    assert set(settled) == {KEY}
    assert len(settled) == 3


def test_digests_are_kept_for_one_round_and_so_many(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    paid(money)
    run(money)
    assert list(heard(money).before) == ["payment pi_key-1"]
    nothing_new(money, monkeypatch)
    run(money)
    assert heard(money) == Heard(due_at=row(money).begun_at[:11] + "16:10:00.000Z")
    many = Heard()
    for number in range(MOST + 50):
        many = many.settled(f"payment pi_{number:030}", "0123456789abcdef")
    assert len(many.now) == MOST
    assert len(str(replace(many, before=many.now))) < 48_000


def test_what_is_none_of_ours_is_asked_for_once(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    about = Reference(ObjectKind.PAYMENT, "pi_foreign")
    monkeypatch.setattr(money.processor, "changes", lambda **_: Changes((about,), ""))
    assert run(money) == ["look pi_foreign"]
    assert run(money, after_minutes=61) == []
    assert heard(money).before == {"payment pi_foreign": "-"}


def test_a_practice_is_asked_hourly_while_nothing_is_under_way(money: Money) -> None:
    assert run(money) == ["changes"]
    asked = [minute for minute in range(5, 125, 5) if run(money)]
    assert asked == [60, 120]


@pytest.mark.parametrize("what", ["payment", "debit", "refund"])
def test_and_with_every_call_while_something_is(
    money: Money, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Starting a payment writes nothing for it: the work list names it."""
    run(money)
    if what == "payment":
        money.start(KEY)
        nothing_new(money, monkeypatch)
    elif what == "debit":
        money.start(KEY)
        money.settling.settle(money.practice, "stripe", money.processor.become(KEY, Stage.PROCESSING))
        assert money.payment(KEY).state is State.PROCESSING
    else:
        paid(money)
        money.settle(KEY)
        nothing_new(money, monkeypatch)
        run(money, after_minutes=60)
        money.processor.silent = ["", "after"]
        with pytest.raises(ProcessorTimeout):
            money.refunding.refund(wish(money.ledgers, KEY, 500))
    begun = row(money).begun_at
    for _ in range(3):
        run(money)
        assert row(money).begun_at > begun
        begun = row(money).begun_at


def test_after_news_a_practice_is_asked_with_the_next_call_and_then_hourly_again(money: Money) -> None:
    run(money)
    paid(money)
    money.settle(KEY)
    assert run(money, after_minutes=60) == ["changes", "look pi_key-1"]
    asked = [minute for minute in range(5, 75, 5) if run(money)]
    assert asked == [5, 65]


def test_more_than_a_call_can_see_under_way_means_everybody(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "MOST", 1)
    run(money)
    assert run(money) == []
    monkeypatch.setattr(reconciling, "MOST", 0)
    assert run(money) == ["changes"]


def test_a_practice_without_a_row_has_its_books_compared_first_and_nothing_is_lost(money: Money) -> None:
    """New, or of a table without it: what was captured before is posted, and news counts from then on."""
    paid(money)
    money.rounds = MemoryRounds()
    catching_up = replace(money.turns.catching_up, rounds=money.rounds)
    money.reconciling = replace(money.reconciling, rounds=money.rounds)
    money.turns = replace(money.turns, rounds=money.rounds, catching_up=catching_up)
    assert run(money)[:3] == ["movements", "look pi_key-1", "changes"]
    assert money.payment(KEY).state is State.SUCCEEDED
    assert money.processor.asked == [money.clock.now() - timedelta(days=33)]
    assert run(money) == ["changes", "look pi_key-1"]


def slow_books(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page takes forty seconds."""
    pages = money.processor.movements

    def slow(*, since: datetime, cursor: str) -> MovementsPage:
        money.clock.advance(seconds=40)
        return pages(since=since, cursor=cursor)

    monkeypatch.setattr(money.processor, "movements", slow)


def test_news_too_old_to_be_listed_is_looked_for_in_the_books(
    money: Money, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether nobody has looked for so long, or the table is one of then. A page a step: a call that ends in
    the middle leaves the rest to the next."""
    since = datetime.fromisoformat(row(money).begun_at)
    for account_id in ("maya", "noah", "olga"):
        paid(money, f"key-{account_id}", account_id)
    nothing_new(money, monkeypatch)
    money.clock.advance(days=26)
    slow_books(money, monkeypatch)
    assert [call for call in run(money) if call.startswith("movements")] == ["movements", "movements 2"]
    assert {money.payment(f"key-{id_}", id_).state for id_ in ("maya", "noah", "olga")} == {State.SUCCEEDED}
    assert set(money.processor.asked) == {since - timedelta(days=3)}
    assert "news too old to be listed: books compared first" in caplog.messages
    assert heard(money).books == ""
    assert row(money).since > instant(since + timedelta(days=26))
    assert run(money, after_minutes=61) == []


def test_books_that_are_longer_than_a_call_go_on_with_the_next(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account_id in ("maya", "noah", "olga"):
        paid(money, f"key-{account_id}", account_id)
    money.clock.advance(days=26)
    monkeypatch.setattr(turns, "BUDGET", timedelta(seconds=1))
    slow_books(money, monkeypatch)
    assert [call for call in run(money) if call.startswith("movements")] == ["movements"]
    assert row(money).cursor == "2"
    assert [call for call in run(money) if call.startswith("movements")] == ["movements 2"]
    assert heard(money).books == ""


def test_a_round_that_cannot_be_ended_leaves_its_cursor_where_it_was(money: Money) -> None:
    """No answer about three objects of one page: the processor is away, and no news is passed over."""
    for account_id in ("maya", "noah", "olga"):
        paid(money, f"key-{account_id}", account_id)
    before = row(money)
    money.processor.silent = ["", "before", "before", "before"]
    run(money)
    assert row(money) == before
    run(money)
    assert row(money).begun_at > before.begun_at
    assert {money.payment(f"key-{id_}", id_).state for id_ in ("maya", "noah", "olga")} == {State.SUCCEEDED}


@pytest.mark.parametrize("error", [ProcessorTimeout("unreadable"), ProcessorRefused("odd"), LookupError()])
def test_one_object_that_cannot_be_settled_is_tried_again_and_after_three_days_a_person_is_called(
    money: Money, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    paid(money)
    paid(money, "key-2", "noah")
    money.processor.hidden = {"pi_key-1": error}
    run(money)
    assert money.payment("key-2", "noah").state is State.SUCCEEDED
    assert list(heard(money).again) == ["payment pi_key-1"]
    nothing_new(money, monkeypatch)
    assert run(money) == ["look pi_key-1"]
    assert money.alerts.names == []
    run(money, after_minutes=3 * 24 * 60)
    assert money.alerts.subjects == {"pi_key-1": "money_not_settled"}
    assert not heard(money).again


def test_what_could_not_be_settled_is_settled_once_it_can_be(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(money)
    money.processor.hidden = {"pi_key-1": ProcessorTimeout("unreadable")}
    run(money)
    nothing_new(money, monkeypatch)
    money.processor.hidden = {}
    run(money)
    assert money.payment(KEY).state is State.SUCCEEDED
    assert not heard(money).again


def test_where_too_much_cannot_be_settled_the_cursor_stays(money: Money) -> None:
    paid(money)
    full = Heard()
    for number in range(ROOM):
        full = full.failed(f"payment pi_{number}", instant(money.clock.now()))
    money.rounds.save(money.practice, JOB, replace(row(money), carried=str(full)))
    money.processor.hidden = {"pi_key-1": LookupError()}
    begun = row(money).begun_at
    run(money)
    assert row(money).begun_at == begun
    money.processor.hidden = {}
    run(money)
    assert row(money).begun_at > begun
    assert money.payment(KEY).state is State.SUCCEEDED


def test_a_list_that_is_cut_short_is_read_again_from_its_beginning(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place where it was to go on is not known any more."""
    money.processor.news_page = 1
    for account_id in ("maya", "noah"):
        paid(money, f"key-{account_id}", account_id)
    pages, begun = money.processor.changes, row(money).begun_at

    def cut(*, since: datetime, cursor: str) -> Changes:
        if cursor:
            raise ProcessorRefused("resource_missing")
        return pages(since=since, cursor=cursor)

    with monkeypatch.context() as short:
        short.setattr(money.processor, "changes", cut)
        run(money)
    assert (row(money).cursor, row(money).since, row(money).ended_at) == ("", begun, "")
    run(money)
    assert row(money).ended_at
    assert {money.payment(f"key-{id_}", id_).state for id_ in ("maya", "noah")} == {State.SUCCEEDED}


def test_a_place_that_the_list_has_forgotten_since_costs_nothing_and_calls_nobody(money: Money) -> None:
    """A round that died on its way and is gone on with much later: its own place is news of long ago."""
    run(money)
    died = replace(row(money), cursor="evt_forgotten", ended_at="")
    money.rounds.save("fern", JOB, died)
    paid(money, KEY, "maya")
    pages = money.processor.changes

    def forgetful(*, since: datetime, cursor: str) -> Changes:
        if cursor == "evt_forgotten":
            raise ProcessorRefused("resource_missing")
        return pages(since=since, cursor=cursor)

    with pytest.MonkeyPatch.context() as forgotten:
        forgotten.setattr(money.processor, "changes", forgetful)
        run(money, after_minutes=7 * 60)
    assert row(money).ended_at
    assert money.payment(KEY).state is State.SUCCEEDED
    assert money.alerts.names == []


def test_each_round_overlaps_with_the_one_before(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[datetime]()

    def noted(*, since: datetime, cursor: str) -> Changes:
        asked.append(since)
        return Changes((), "")

    monkeypatch.setattr(money.processor, "changes", noted)
    first = money.clock.now()
    run(money)
    run(money, after_minutes=60)
    assert asked == [first - timedelta(minutes=10), first - timedelta(minutes=5)]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProcessorDenied("api_key_expired"), "api_key_expired"),
        (ProcessorDenied("account_invalid"), "account_invalid"),
        (ProcessorTimeout("cut"), "ProcessorTimeout"),
        (Busy(), "Busy"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_trouble_that_lasts_calls_a_person_by_name_and_closes_by_itself(
    money: Money, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    """Keys revoked, an account closed, a list cut short: nothing is skipped in silence."""
    begun = row(money).begun_at

    def fails(**_: object) -> Changes:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(money.processor, "changes", fails)
        run(money, after_minutes=5 * 60)
        assert money.alerts.names == []
        for _ in range(3):
            run(money, after_minutes=60)
    [alert] = money.alerts.all(money.practice)
    assert (alert.cause.name.value, alert.cause.subject) == ("round_overdue", f"{JOB} {begun}")
    assert alert.cause.facts == {"job": JOB, "code": code}
    assert row(money).begun_at == begun or row(money).since == begun
    run(money)
    assert row(money).ended_at
    assert not any(alert.open for alert in money.alerts.all(money.practice))


def test_a_practice_that_has_not_connected_calls_nobody(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> object:
        raise Refused("payments_disabled")

    money.turns.processors.of = refused  # type: ignore[method-assign, assignment]
    run(money, after_minutes=9 * 60)
    assert money.alerts.names == []


class Died(BaseException):
    """The function ran out of its time."""


def test_calls_that_die_in_a_round_call_a_person(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(**_: object) -> Changes:
        raise Died

    monkeypatch.setattr(money.processor, "changes", dies)
    money.clock.advance(hours=7)
    for _ in range(3):
        assert money.alerts.names == []
        with pytest.raises(Died):
            run(money)
    with pytest.raises(Died):
        run(money)
    [alert] = money.alerts.all(money.practice)
    assert (alert.cause.name.value, alert.cause.facts["code"]) == ("round_overdue", "no_end")


def queued(money: Money) -> FakeQueue:
    """Turns wait for a test to take them."""
    made = FakeQueue()
    money.reconciling = replace(money.reconciling, queue=made)
    return made


def test_a_turn_is_a_practice_and_a_processor_and_where_nothing_is_due_there_is_none(money: Money) -> None:
    """Ten messages a call at most: the fake refuses more."""
    queue = queued(money)
    assert money.reconciling.reconcile() == 1
    assert queue.sent == [
        {"task": "reconcile", "practice": money.practice, "processor": "stripe", "version": "1"}
    ]
    money.turns.take(Turn.parse(queue.sent.pop()))
    assert (money.reconciling.reconcile(), queue.sent) == (0, [])
    ids = [f"practice-{number}" for number in range(25)]
    money.practices.held = dict.fromkeys(ids, money.practices.held["fern"])
    assert money.reconciling.reconcile() == 25
    assert sorted(message["practice"] for message in queue.sent) == sorted(ids)


def test_a_message_that_is_lost_is_put_again_by_the_next_call(money: Money) -> None:
    queue = queued(money)
    paid(money)
    money.reconciling.reconcile()
    [lost] = queue.sent
    queue.sent.clear()
    money.clock.advance(minutes=5)
    money.reconciling.reconcile()
    assert queue.sent == [lost]
    money.turns.take(Turn.parse(lost))
    assert money.payment(KEY).state is State.SUCCEEDED


def test_a_message_that_is_doubled_asks_the_processor_nothing(money: Money) -> None:
    """Whether it comes twice, or waits while another call puts the same turn."""
    queue = queued(money)
    paid(money)
    for _ in range(3):
        money.reconciling.reconcile()
    assert len(queue.sent) == 3
    money.processor.calls.clear()
    for message in queue.sent:
        money.turns.take(Turn.parse(message))
    assert money.processor.calls == [("changes", ""), ("look", "pi_key-1")]
    assert money.account().ledger.seq == 3


def test_two_calls_at_once_are_one_round(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes second has settled the same, and writes nothing."""
    paid(money)
    pages: Callable[..., Changes] = money.processor.changes

    def meanwhile(**asked: object) -> Changes:
        monkeypatch.setattr(money.processor, "changes", pages)
        money.reconciling.reconcile()
        return pages(**asked)

    monkeypatch.setattr(money.processor, "changes", meanwhile)
    version = row(money).version
    run(money)
    assert row(money).version == version + 1
    assert money.payment(KEY).state is State.SUCCEEDED
    assert money.account().ledger.seq == 3


def test_what_a_person_was_called_for_is_tried_again_and_nothing_logs_it_as_unsettled(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person may make room: then it is posted within the hour, and not only at night."""
    money.start(KEY)
    money.processor.take(KEY, currency="EUR")
    run(money)
    assert list(heard(money).again) == ["payment pi_key-1"]
    nothing_new(money, monkeypatch)
    money.processor.take(KEY, currency="USD")
    run(money)
    assert money.payment(KEY).state is State.SUCCEEDED
    assert not heard(money).again


def test_after_a_round_that_an_earlier_call_began_comes_the_next_at_once(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happened since that began is not in it."""
    money.processor.news_page = 1
    for account_id in ("maya", "noah"):
        paid(money, f"key-{account_id}", account_id)
    pages, asked = money.processor.changes, list[datetime]()

    def slow(*, since: datetime, cursor: str) -> Changes:
        money.clock.advance(minutes=4)
        asked.append(since)
        return pages(since=since, cursor=cursor)

    monkeypatch.setattr(money.processor, "changes", slow)
    first = money.clock.now()
    run(money)
    monkeypatch.setattr(money.processor, "changes", pages)
    assert row(money).cursor == "1"
    assert [call for call in run(money) if call.startswith("changes")] == [
        "changes 1",
        "changes",
        "changes 1",
    ]
    assert asked == [first - timedelta(minutes=10)]
    assert row(money).since == instant(first + timedelta(minutes=5))


WORTHLESS = {
    "edited": ("", "{"),
    "a newer version's": ("", '{"other":{}}'),
    "no list": ("", "[]"),
    "a number": ("", '{"due_at":5}'),
    "of no kind": ("", '{"again":{"moon m":"2026-03-01T00:00:00.000Z"}}'),
    "ahead": ("2036-01-01T00:00:00.000Z", "{}"),
    "due in years": ("", '{"due_at":"2036-01-01T00:00:00.000Z"}'),
}


@pytest.mark.parametrize("name", WORTHLESS)
def test_a_row_that_says_nothing_to_go_by_is_as_one_that_was_lost_and_no_other_practices_trouble(
    money: Money, name: str
) -> None:
    """It ended every call for all practices; or, of a clock that was wrong, it kept its own from being asked
    for as long as that was ahead, and nobody was told."""
    run(money)
    ahead, carried = WORTHLESS[name]
    begun_at = ahead or row(money).begun_at
    damaged = replace(row(money), begun_at=begun_at, ended_at=begun_at, carried=carried)
    money.rounds.held["oak", JOB] = money.rounds.held[money.practice, JOB] = damaged  # type: ignore[attr-defined]
    money.practices.held["oak"] = replace(money.practices.held[money.practice], id="oak")
    paid(money)
    assert run(money).count("movements") == 2, "books first, of both"
    assert money.payment(KEY).state is State.SUCCEEDED
    for practice in (money.practice, "oak"):
        found = money.rounds.latest(practice, JOB)
        assert found is not None
        assert found.ended_at
        assert found.begun_at <= instant(money.clock.now())
    assert "round_overdue" not in money.alerts.subjects.values()


def test_a_row_that_cannot_be_read_calls_a_person_by_name(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The books were compared with each call, nothing was kept, and that was taken for another call's."""

    def unreadable(practice: str, job: str) -> Round | None:
        raise Unreadable("round")

    monkeypatch.setattr(money.rounds, "latest_of", lambda *_: {})
    monkeypatch.setattr(money.rounds, "latest", unreadable)
    assert run(money, after_minutes=61) == []
    assert money.alerts.subjects == {f"{JOB} unreadable": "round_overdue"}


def test_a_practice_that_never_came_through_calls_a_person_too_and_it_closes_by_itself(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row was lost, and its keys were revoked: without a row nobody knew for how long."""
    money.rounds.held.clear()  # type: ignore[attr-defined]

    def denied(**_: object) -> MovementsPage:
        raise ProcessorDenied("api_key_expired")

    with monkeypatch.context() as revoked:
        revoked.setattr(money.processor, "movements", denied)
        for _ in range(8):
            run(money, after_minutes=60)
    assert list(money.alerts.subjects.values()) == ["round_overdue"]
    run(money)
    assert money.alerts.names == []

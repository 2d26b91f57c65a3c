"""Export, verify and statement runs go from account to account: linear in their practice, without a scan."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.backups.store.backups import KEPT
from chalicelib.documents.domain.estimates import drafted
from chalicelib.documents.domain.reminders import Reminder
from chalicelib.documents.domain.statements import Noted, Outcome
from chalicelib.identity.ports import SessionRow
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.asked import ItemKind, ItemRef
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import ChargeFacts, own_id
from chalicelib.mail.domain.setbacks import MailStop, Setback
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.work import InboxRow
from chalicelib.payments.domain.guests import KeptForm
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.domain.saved_methods import Payer
from chalicelib.payments.ports.payers import Acknowledgement, Consent
from chalicelib.payments.ports.processors import Decision
from chalicelib.payments.services.paying import PaymentWish
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.questions.domain.questions import Choice
from chalicelib.questions.services.asking import QuestionWish
from sandbox.config import REGION
from tests.support.clock import FakeClock
from tests.support.estimates import put_estimate
from tests.support.guests import FORM
from tests.support.practice import PRACTICE
from tests.support.processor import FakeProcessor, OneProcessor
from tests.support.queue import FakeQueue
from tests.support.reads import Asked, asked_of_dynamodb
from tests.support.refunds import wish
from tests.unit.cli.test_superbills import CLIENTS as DETAILED
from tests.unit.cli.test_superbills import DETAILS
from tests.unit.cli.world import World
from tests.unit.documents.test_estimates import AT as AT_ONCE
from tests.unit.documents.test_estimates import MAYA, WILLOW, WISH

ON, AT = "2026-10-02", "2026-11-20T18:00:00.000Z"
OCTOBER = Period(2026, 10)
KEY = "0b8f1c1e-0000-4000-8000-000000000001"
EXPORT = ("export", "--practice", "oak", "--format", "jsonl")
A1, A2 = AccountRef("oak", "A1"), AccountRef("oak", "A2")
CODED = """\
charge_id,client_id,date,service,clinician_id,fee,cpt,diagnoses,place_of_service
S1,C1,2026-09-01,Talk,dr-a,150,90834,F41.1,11
"""
Row = Mapping[str, Mapping[str, str]]


def dynamodb() -> Any:
    return boto3.session.Session().client("dynamodb", region_name=REGION)


def scanned(practice: str) -> list[str]:
    """What a scan of the whole table has of the practice: how an export used to be made."""
    pages = dynamodb().get_paginator("scan").paginate(TableName=Item.Meta.table_name, ConsistentRead=True)
    rows = [row for page in pages for row in page["Items"]]
    return sorted(_line(row) for row in rows if _of(practice, row) and row["kind"]["S"] in KEPT)


def _of(practice: str, row: Row) -> bool:
    pk, sk = row["pk"]["S"], row["sk"]["S"]
    return pk == f"P#{practice}" or pk.startswith(f"P#{practice}#") or (pk, sk) == ("PRACTICES", practice)


def _line(row: Row) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def exported(world: World) -> list[str]:
    result = world.run(*EXPORT)
    assert result.status in (0, 4), result.err  # 4: an import is under way
    return sorted(result.out.splitlines()[1:-1])


def practice_of(world: World, id_: str) -> Practice:
    profile = replace(PRACTICE, id=id_, statement_day=3)
    world.app.practices.save_practice(profile)
    return profile


def opened(world: World, practice: str, account: str, *, charges: int = 2) -> None:
    posting = world.app.posting("cli")
    ref = AccountRef(practice, account)
    posting.open_account(ref, "USD", external_id=f"EXT-{account}")
    for number in range(charges):
        facts = ChargeFacts(f"{account}-{number}", ON, "Talk", "ada", 9000, 500, cpt="90837")
        posting.charge(ref, facts)
    world.app.people.save_client(practice, Client(account, f"EXT-{account}", "Ana", "", "en"))


def quiet(world: World) -> None:
    """Before any service is made: what it would send is kept."""
    world.app.issue_queue, world.app.delivery_queue = FakeQueue(), FakeQueue()


def worked_off(world: World, practice: str, month: Period) -> None:
    """The run of a month: handed out, and each message worked off."""
    profile, queue = world.app.practices.practice(practice), world.app.issue_queue
    assert profile is not None
    assert isinstance(queue, FakeQueue)
    world.app.statement_runs.fan_out(profile, month)
    while queue.sent:
        world.app.statement_runs.issue(practice, queue.sent.pop()["client"], month)


@pytest.fixture
def rich(world: World) -> World:
    """A practice with every kind of row, and practices beside it whose names begin as its own does."""
    quiet(world)
    processor = FakeProcessor()
    world.app.processors = OneProcessor(processor)
    world.with_books()
    for other in ("oa", "oaks"):
        practice_of(world, other)
        opened(world, other, "C9")
    for account in ("A1", "A2"):
        opened(world, "oak", account, charges=4)
    by_hand(world)
    by_card(world, processor)
    saved(world)
    invoiced(world)
    estimated(world)
    superbilled(world)
    asked_and_reminded(world)
    paid_by_a_guest(world)
    round_about(world)
    return world


def saved(world: World) -> None:
    """What somebody has at the processor, and their leave for it."""
    payer = Payer("ana", "stripe", key="K", customer_id="cus_1")
    consent = Consent("ana", "K", "1", "en", "2026-11-20T18:00:00.000Z")
    world.app.payers.save("oak", payer, before=None, consent=consent)
    world.app.payers.acknowledge("oak", Acknowledgement("ana", "n", "1", "K", "en", consent.at))


def invoiced(world: World) -> None:
    """Two invoices, one of them void."""
    for client in ("C1", "C2"):
        assert world.run("invoice", "issue", "--practice", "oak", "--client", client).status == 0
    assert world.run("invoice", "void", "--practice", "oak", "2").status == 0


def estimated(world: World) -> None:
    asked = ("estimate", "request", "--practice", "oak", "--client", "C1", "--asked", "2026-11-20")
    assert world.run(*asked).status == 0
    made = drafted(WILLOW, replace(MAYA, id="A1"), WISH, **AT_ONCE)
    put_estimate(world.app.estimates, world.app.ledgers, "oak", made, world.ref("C1").account)


def superbilled(world: World) -> None:
    """One that is void."""
    world.with_practice(**DETAILS)
    files = [world.file("clients.csv", DETAILED), world.file("charges.csv", CODED)]
    assert world.run("import", "--practice", "oak", *files).status == 0
    of_it = ("--practice", "oak", "--client", "C1", "--month", "2026-09")
    assert world.run("superbill", "issue", *of_it).status == 0
    assert world.run("superbill", "void", "--practice", "oak", "1").status == 0


def asked_and_reminded(world: World) -> None:
    charge = ItemRef(ItemKind.SERVICE, own_id("oak", "charge", "A1-2"))
    wish = QuestionWish("question-00000001", charge, Choice.ALREADY_PAID, "", "p", "cli")
    world.app.asking.ask(A1, wish)
    world.app.reminders.plan("oak", Reminder(1, "A1", ON, ON))
    world.app.reminders.note_asked("oak", "hash", on=ON)


def paid_by_a_guest(world: World) -> None:
    """What was typed beside a payment."""
    kept = KeptForm("gA", "gA", FORM, AT)
    world.app.guest_forms.keep("oak", kept, address_hash="hash", date=ON)


def by_hand(world: World) -> None:
    app, posting = world.app, world.app.posting("cli")
    correcting = Correcting(app.ledgers, app.clock, CLI.text)
    posting.opening_balance(A1, "open-1", 700, on=ON)
    posting.opening_balance(A2, "open-2", -100, on=ON)
    posting.write_off(A1, "w1", charge_external_id="A1-0", amount_minor=9000, on=ON)
    posting.adjustment(A1, "adj1", charge_external_id="A1-1", amount_minor=100, on=ON)
    posting.external_payment(A1, "p1", 60_000, method="cash", on=ON)
    posting.external_refund(A1, "r1", payment_external_id="p1", amount_minor=300, on=ON)
    correcting.transfer_credit("t1", source=A1, target=A2, amount_minor=400, on=ON)
    facts = FactChanges(service="Couples")
    of_it: dict[str, Any] = {"charge_external_id": "A2-1", "facts": facts, "on": ON, "reason": "typed wrong"}
    CorrectingFacts(app.ledgers, app.clock, CLI.text).correct(A2, "fix-1", **of_it)
    posting.external_payment(A2, "p2", 1000, method="check", on=ON)
    account = app.ledgers.account(A2)
    assert account is not None
    correcting.reverse(A2, account.ledger.seq, on=ON)


def by_card(world: World, processor: FakeProcessor) -> None:
    """Paid, partly refunded by us, and disputed twice: won, lost."""
    app = world.app
    offered = app.paying.quote(A2, Scope("balance"))[1]
    asked = PaymentWish(KEY, Scope("balance"), offered.key, offered.amount_minor, "", "", "en", "h", "cli")
    app.paying.start(A2, asked)
    app.settling.settle("oak", "stripe", processor.take(KEY))
    asked_for = wish(app.ledgers, KEY, 500, id_="back-1", account="A2", practice="oak")
    app.refunding.refund(asked_for)
    app.settling.settle("oak", "stripe", processor.attempts[f"cs_{KEY}"])
    for id_, decided in (("dp_1", Decision.WON), ("dp_2", Decision.LOST)):
        for decision in (Decision.OPEN, decided):
            disputed = processor.dispute(KEY, decision, id_=id_, taken=1000)
            app.settling.settle("oak", "stripe", disputed)


def round_about(world: World) -> None:
    """Statements and notes of their runs, webhooks, alerts, jobs, stops, an import under way; who is in."""
    app = world.app
    for account in ("A1", "A2"):
        app.statement_runs.issue("oak", account, OCTOBER)
    app.statements.note("oak", Period(2024, 2), Noted("long gone", Outcome.SKIPPED, AT))
    app.statements.mark_fanned_out("oak", OCTOBER, clients=2, at=AT)
    for event in ("evt_1", "evt_2"):
        app.work.inbox_put("oak", InboxRow("stripe", event, "kind", "payment", "pi_1", AT))
    app.work.inbox_done("oak", "stripe", "evt_2", expires_at=2_000_000_000)
    app.alerting.raise_alert("oak", Cause(AlertName.STATEMENT_STUCK, "A1 2026-10"))
    for hashed in (*next(app.people.people("oak")).filed_under, "whom-nobody-has-any-more"):
        app.people.stop_mail("oak", hashed, MailStop(Setback.BOUNCE, AT), sent_at=AT)
    hidden = AccountRef("oak", "A3")
    app.posting("import").open_account(hidden, "USD", external_id="EXT-A3", hold="import-1")
    app.register.begin("oak", "import-1", actor="import", rows=1, accounts=1, files=())
    app.nightly.run()
    app.access.save_session("oak", SessionRow("secret-hash", "person", 0, 0, 1))
    app.access.allow("oak", "k", limit=1, window_seconds=900, now=0)


def test_11_an_export_account_by_account_has_the_rows_that_a_scan_finds(rich: World) -> None:
    lines = exported(rich)
    assert lines == scanned("oak")
    assert {json.loads(line)["kind"]["S"] for line in lines} == KEPT


def test_a_marker_is_found_on_whichever_page_its_entry_is(
    rich: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dispute's decision is marked at the processor that an earlier page's entry names."""
    from chalicelib.backups.store import backups

    ask = backups.ask

    def paged(operation: str, **asked: Any) -> Any:
        return ask(operation, **({**asked, "Limit": 2} if operation == "query" else asked))

    monkeypatch.setattr(backups, "ask", paged)
    monkeypatch.setattr(backups, "AT_ONCE", 3)
    assert exported(rich) == scanned("oak")


def test_what_a_throttled_table_left_unread_is_read_after_a_pause(
    rich: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.backups.store import backups

    read, whole = backups.read_rows, exported(rich)

    def throttled(places: Any) -> Any:
        found, left = read(places[:1])
        return found, [*left, *places[1:]]

    monkeypatch.setattr(backups, "read_rows", throttled)
    assert exported(rich) == whole
    monkeypatch.setattr(backups, "read_rows", lambda places: ([], list(places)))
    assert rich.run(*EXPORT).status == 3


def test_an_account_that_the_index_has_lost_is_exported_and_named(rich: World) -> None:
    removed("A1")
    assert exported(rich) == scanned("oak")
    assert found(rich) == [("account_unlisted", "A1")]


def test_an_account_of_the_index_without_a_ledger_is_named(rich: World) -> None:
    key = {"pk": {"S": keys.accounts("oak")}, "sk": {"S": "A5"}, "kind": {"S": "account-index"}}
    dynamodb().put_item(TableName=Item.Meta.table_name, Item=key)
    assert found(rich) == [("account_missing", "A5")]
    assert ("ledger_broken", "account_missing A5 account") in [
        (alert.cause.name, alert.cause.subject) for alert in nightly(rich)
    ]


def test_an_account_without_its_client_is_checked_anchored_exported_and_noted(rich: World) -> None:
    where = {"pk": {"S": keys.directory("oak")}, "sk": {"S": "C#A1"}}
    dynamodb().delete_item(TableName=Item.Meta.table_name, Key=where)
    assert found(rich) == []
    assert {"A1", "A3"} <= {one.id for one in rich.app.verifying.accounts("oak")}
    assert exported(rich) == scanned("oak")
    assert "A1-0" in rich.run("export", "--practice", "oak", "--format", "csv").out
    november = Period(2026, 11)
    worked_off(rich, "oak", november)
    noted = {note.client_id: (note.outcome, note.why) for note in rich.app.statements.noted("oak", november)}
    assert noted["A1"] == (Outcome.FAILED, "client_not_found")
    assert noted["A3"] == (Outcome.UPDATING, "")  # an import has not shown it yet
    assert noted["A2"] == (Outcome.PENDING, "")


def test_the_command_says_which_account_has_no_client_and_gets_no_statement(world: World) -> None:
    practice_of(world, "oak")
    opened(world, "oak", "A1")
    dynamodb().delete_item(
        TableName=Item.Meta.table_name, Key={"pk": {"S": keys.directory("oak")}, "sk": {"S": "C#A1"}}
    )
    for more in (["--dry-run"], []):
        result = world.run("statements", "--practice", "oak", "--month", "2026-10", *more)
        assert "A1: failed (client_not_found)" in result.out
    assert result.status == 1
    assert [note.why for note in world.app.statements.noted("oak", OCTOBER)] == ["client_not_found"]


def removed(account: str) -> None:
    key = {"pk": {"S": keys.accounts("oak")}, "sk": {"S": account}}
    dynamodb().delete_item(TableName=Item.Meta.table_name, Key=key)


def found(world: World) -> list[tuple[str, str]]:
    return [(finding.code, finding.account_id) for finding in world.app.verifying.verify("oak").findings]


def nightly(world: World) -> Any:
    assert isinstance(world.app.clock, FakeClock)
    world.app.clock.advance(days=1)
    world.app.nightly.run()
    return world.app.alerting.listed("oak")


# --- counted ------------------------------------------------------------------------------------


def export(world: World, practice: str) -> None:
    assert world.run("export", "--practice", practice, "--format", "jsonl").status == 0


def verify(world: World, practice: str) -> None:
    assert world.run("verify", "--practice", practice).status == 0


def night(world: World, practice: str) -> None:
    """The nightly check, step by step; of this practice alone, as if the others were done."""
    world.app.practices.practice_ids = lambda: [practice]  # type: ignore[method-assign]
    assert world.app.nightly.run()["ended"] == 1


def statements(world: World, practice: str) -> None:
    worked_off(world, practice, OCTOBER)


WALKS: list[Callable[[World, str], None]] = [export, verify, night, statements]


def asked(walk: Callable[[World, str], None], world: World, practice: str) -> Asked:
    """Every call by name and read unit; what it does not know how to count, as a scan, fails there."""
    with asked_of_dynamodb() as made:
        walk(world, practice)
    assert made.calls
    assert not [call for call in made.calls if call.startswith("Scan")]
    return made


@pytest.fixture
def grown(world: World) -> World:
    """Practices of two accounts, of four, and of twenty: ten times the first."""
    quiet(world)
    for practice, accounts in (("small", 2), ("twice", 4), ("large", 20)):
        practice_of(world, practice)
        for number in range(accounts):
            opened(world, practice, f"{practice}-{number:02d}", charges=1)
    return world


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_11_a_walk_costs_what_its_own_practice_has_and_no_more(
    grown: World, walk: Callable[[World, str], None]
) -> None:
    small, twice, large = (asked(walk, grown, practice) for practice in ("small", "twice", "large"))
    for few, many, times in ((small, twice, 2), (small, large, 10)):
        assert len(many.calls) <= times * len(few.calls)
        assert many.units <= times * few.units
    # And no less than each account's own rows: it is not that nothing was read.
    assert len(large.calls) - len(small.calls) >= 18


def test_13_a_night_compares_each_idle_account_by_one_row_and_reads_nothing_else_of_it(
    grown: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 13, number 3: half a read unit, as the read is eventual; and its share of the two lists."""
    monkeypatch.setattr("chalicelib.verification.services.nightly._turn", lambda _: -1)
    for practice in ("small", "large"):
        night(grown, practice)
    assert isinstance(grown.app.clock, FakeClock)
    grown.app.clock.advance(days=1)
    small, large = (asked(night, grown, practice) for practice in ("small", "large"))
    own = [word for call in large.calls for word in call.split() if word.startswith("P#large#A#")]
    assert sorted(own) == [f"P#large#A#large-{number:02d}|ACCT" for number in range(20)]
    assert large.units - small.units <= 18 * 0.5 + 1  # a page more of either list


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_11_what_a_larger_practice_beside_it_has_is_not_read(
    world: World, walk: Callable[[World, str], None]
) -> None:
    quiet(world)
    practice_of(world, "large")
    counts = list[tuple[int, float]]()
    for practice in ("alone", "aside"):
        practice_of(world, practice)
        for number in range(2):
            opened(world, practice, f"{practice}-{number:02d}", charges=1)
        made = asked(walk, world, practice)
        counts.append((len(made.calls), made.units))
        for number in range(20):
            opened(world, "large", f"large-{number:02d}", charges=1)
    assert counts[0] == counts[1]


def test_a_scan_would_fail(world: World) -> None:
    practice_of(world, "oak")
    with pytest.raises(AssertionError, match="Scan"), asked_of_dynamodb():
        next(iter(Item.scan()), None)

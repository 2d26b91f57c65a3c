"""What raises each alert of the page for whoever bills, and the way home that the page prints.

Each of these first lets the world do it, yields once the alert is there, and then does what the runbook says.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from chalicelib.entrypoints import jobs
from chalicelib.importing.services.drops import rounds
from chalicelib.importing.services.progress import in_turn
from chalicelib.kernel.instants import instant, local_date
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.domain.refunds import State as RefundState
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Decision, Stage
from chalicelib.platform.dynamo import keys
from chalicelib.practice.domain.practices import InvoicesBy
from chalicelib.practice.store.people import DynamoPeople
from tests.support import ses_events
from tests.support.processor import AT, came_in
from tests.unit.alerts.town import ANA, Record, Town
from tests.unit.cli.test_estimates import WHOLE
from tests.unit.cli.test_superbills import DETAILS

Way = Iterator[None]
KEY = "0b8f1c1e-0000-4000-8000-000000000001"
OTHER = "0b8f1c1e-0000-4000-8000-000000000002"


def amount_differs(town: Town) -> Way:
    """Somebody changed the amount at Stripe."""
    town.start(KEY)
    town.take(KEY, amount_minor=17000)
    paid = town.hear(KEY)
    assert town.owed() == -2000
    yield
    back = {"client": "C1", "payment": paid.reference, "amount": "20.00", "left": "170.00"}
    town.follow("amount_differs", "refund-card", **back)
    town.work()
    assert town.owed() == 0


def currency_differs(town: Town) -> Way:
    """It was captured in another currency than the account is kept in."""
    town.start(KEY)
    town.take(KEY, currency="EUR")
    town.hear(KEY)
    assert town.owed() == 15000
    yield
    town.follow("currency_differs", "post", "other", client="C1", amount="150.00", notes=f"pi_{KEY}")
    assert town.owed() == 0


def currency_differs_paid_anew(town: Town) -> Way:
    """The other of the two ways that are printed."""
    town.start(KEY)
    town.take(KEY, currency="EUR")
    town.hear(KEY)
    yield
    town.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=15000)
    town.hear(KEY)
    town.close(town.alerts["currency_differs"])
    assert town.paid(OTHER).state is State.SUCCEEDED
    assert (town.owed(), town.payment(KEY).state) == (0, State.CANCELED)


def second_capture(town: Town) -> Way:
    """One Checkout Session was captured by two PaymentIntents."""
    town.paid(KEY)
    first = town.processor.attempts[f"cs_{KEY}"]
    second = replace(first, intent_id="pi_second", session_id="cs_second")
    second = replace(second, movements=(came_in(second, "txn_second", 320),))
    town.processor.attempts["cs_second"] = second
    town.webhook("pi_second")
    town.work()
    yield
    town.processor.refund(intent_id="pi_second", refund_id="r2", amount_minor=15000)
    town.webhook("pi_second")
    town.work()
    assert (town.owed(), town.payment(KEY).refunded_minor) == (0, 0)


def refund_unheard(town: Town) -> Way:
    """Stripe was asked for a refund, and did not answer; nor does it show it."""
    paid = town.paid(KEY)
    asked = {"client": "C1", "payment": paid.reference, "amount": "5.00", "left": "150.00"}
    command = [*town.typed("refund_unheard", "refund-card", **asked), "--id", "back-1"]
    town.processor.silent = ["", "before"]
    assert town.world.run(*command).status == 3
    town.hours(2)
    yield
    assert town.alerts["refund_unheard"].cause.facts["refund"] == "back-1"
    again = town.world.run(*command)
    assert (again.status, "Refunded 5.00" in again.out) == (0, True)
    assert town.app.ledgers.refunds(town.world.ref("C1"), KEY)["back-1"].state is RefundState.SUCCEEDED


def refund_above_remainder(town: Town) -> Way:
    """The money of a payment went to another client, and was then refunded in Stripe's Dashboard."""
    town.paid(KEY)
    lower = ("Something was posted that is wrong", "post", "adjustment")
    town.follow(*lower, charge="A1", amount="150.00", reason="not held")
    move = ("Something was posted that is wrong", "post", "transfer-credit")
    town.follow(*move, **{"from": "C1", "to": "C2", "amount": "150.00"})
    town.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=15000)
    town.hear(KEY)
    assert town.payment(KEY).refunded_minor == 0
    yield
    # It has paid that client's charge of 90.00: that is freed first, and raised again.
    here = "refund_above_remainder"
    town.follow(here, "post", "adjustment", charge="B1", amount="90.00", reason="to move it back")
    town.follow(here, "post", "transfer-credit", **{"from": "C2", "to": "C1", "amount": "150.00"})
    raised = town.typed(here, "post", "adjustment", charge="B1", amount="-90.00", reason="as it was")
    assert town.world.run(*raised).status == 0
    jobs.reconcile()
    assert town.payment(KEY).refunded_minor == 15000
    assert (town.owed(), town.owed("C2")) == (0, 9000)


def dispute_above_payment(town: Town) -> Way:
    """A bank disputed the whole of what was refunded in part."""
    town.paid(KEY)
    town.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=5000)
    town.hear(KEY)
    town.processor.dispute(KEY)
    town.hear(KEY)
    assert "asset:disputed-excess" in town.follow("dispute_above_payment", "verify").out
    yield
    town.processor.dispute(KEY, Decision.WON)  # it was shown the refund
    town.hear(KEY)
    books = town.follow("dispute_above_payment", "verify").out
    assert [line.split()[1] for line in books.splitlines() if "asset:disputed-excess" in line] == ["0.00"]


def dispute_not_returned(town: Town) -> Way:
    """A bank has decided for the practice, and keeps the money."""
    town.paid(KEY)
    town.processor.dispute(KEY)
    town.hear(KEY)
    town.processor.dispute(KEY, Decision.WON, back=0)
    town.hear(KEY)
    yield
    town.processor.dispute(KEY, Decision.WON)
    town.hear(KEY)
    assert town.payment(KEY).disputed_minor == 0


def dispute_status_unknown(town: Town) -> Way:
    """Stripe has a new word for how a dispute stands."""
    town.paid(KEY)
    town.processor.dispute(KEY, Decision.UNKNOWN, status="appeal_under_review")
    town.hear(KEY)
    yield
    assert town.alerts["dispute_status_unknown"].cause.facts["code"] == "dispute_status_unknown"
    town.processor.dispute(KEY, Decision.WON)
    town.hear(KEY)
    assert town.payment(KEY).disputed_minor == 0


def unknown_money_adopted(town: Town) -> Way:
    """It was paid since the moment that a restored table comes from."""
    before = town.rows()
    town.start(KEY)
    town.take(KEY)
    town.restore(before)
    town.webhook(f"pi_{KEY}")
    town.work()
    yield
    first, second = town.commands("unknown_money", "adopt")
    for command in (first, second):
        assert town.owed() == 15000
        done = town.world.run(*(f"pi_{KEY}" if word.startswith("pi_") else word for word in _oak(command)))
        assert done.status == 0, done.err
    assert town.owed() == 0


def _oak(command: list[str]) -> list[str]:
    return ["oak" if word == "willow" else word for word in command]


def unknown_money(town: Town) -> Way:
    """It was taken with other software: it bears no marks of ours, and Stripe's books tell of it."""
    row = Movement("txn_9", Kind.PAYMENT, 15000, "USD", 320, "ch_9", "pi_foreign", AT)
    town.processor.foreign = [row]
    jobs.full_pass()
    yield
    town.follow("unknown_money", "post", "other", client="C1", amount="150.00", notes="pi_foreign")
    assert town.owed() == 0


def money_unbooked(town: Town) -> Way:
    """Stripe keeps a reserve."""
    reserve = Movement("txn_5", Kind.OTHER, -40000, "USD", 0, "rsv_1", "", AT, "risk_reserved_funds")
    town.processor.foreign = [reserve]
    jobs.full_pass()
    yield
    assert town.alerts["money_unbooked"].cause.facts["row"] == "txn_5"
    summed = town.world.run("reconcile", "--practice", "oak", "--since", "2026-10-01")
    assert "risk_reserved_funds" in summed.out


def guest_cards_tried(town: Town) -> Way:
    """A program begins payments without an account, and pays none."""
    for number in range(13):
        ip = f"192.0.2.{number}"
        town.world.app.guest_limits.start("oak", f"attempt-{number}", ip, card=True)
    assert town.world.app.guest_limits.pressed("oak")
    yield
    town.clock.advance(hours=1)
    assert not town.world.app.guest_limits.pressed("oak")


def import_dropped(town: Town) -> Way:
    """A file was put into the practice's folder; whoever listed it posts it."""
    app, more = (
        town.app,
        "charge_id,client_id,date,service,clinician_id,fee\nA9,C1,2026-10-08,Talk,dr-a,150\n",
    )
    bucket = boto3.session.Session().client("s3")
    bucket.put_object(Bucket=app.settings.bucket, Key="imports/in/oak/charges.csv", Body=more.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds, "QUIET", timedelta(days=-36500))  # the bucket's clock is not the town's
        app.drop_rounds(in_turn).run()
    before = town.owed()
    yield
    [listed] = [
        event
        for event in town.world.run(*town.typed("import_dropped", "imports"), "--json").events
        if event["event"] == "dropped"
    ]
    assert town.alerts["import_dropped"].cause.subject == listed["id"]
    command = town.typed("import_dropped", "import", "--practice", dropped=listed["id"])
    assert town.world.run(*command, "--yes").status == 0
    assert town.owed() == before + 15000


def import_unfinished(town: Town) -> Way:
    """It was killed before it had shown its clients."""
    new = town.world.file("clients.csv", "client_id,name,email\nC9,Cy,\n")
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(DynamoPeople, "save_client", killed)
        assert town.world.run("import", "--practice", "oak", new).status == 3
    town.sweep(minutes=62)
    yield
    told = town.world.run(*town.typed("import_unfinished", "verify"))
    assert (told.status, told.out.startswith("NOT ALL")) == (4, True)
    assert town.world.run("import", "--practice", "oak", new).status == 0


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def insurer_overpaid(town: Town) -> Way:
    """An insurer's payment came to more than the charge; it was meant for another one."""
    answer = ("post", "insurance-payment", "--practice", "oak", "--above-expected", "yes", "--paid")
    assert town.world.run(*answer, "190.00", "--charge", "A1", "--id", "I1").status == 0
    yield
    reference = str(town.alerts["insurer_overpaid"].cause.facts["reference"])
    entries = town.typed("Something was posted that is wrong", "entries", client="C1")
    listed = town.world.run(*entries, "--json").events
    (seq,) = (event["entry"] for event in listed if event["id"] == reference)
    town.follow("insurer_overpaid", "post", "reverse", client="C1", entry=str(seq))
    there = town.world.run(*answer, "90.00", "--charge", "B1", "--id", "I2")
    assert (there.status, town.owed(), town.owed("C2")) == (0, 15000, 0)
    books = town.world.run("verify", "--practice", "oak").out.splitlines()
    assert [line.split()[1] for line in books if "liability:insurers" in line] == ["0.00"]


def estimate_exceeded(town: Town) -> Way:
    """A fee had a nought too many."""
    world = town.world
    world.with_practice(**WHOLE)
    clients = world.file("clients.csv", "client_id,name,birth_date,coverage\nC1,Ana,1990-02-03,self_pay\n")
    assert world.run("import", "--practice", "oak", clients).status == 0
    issue = ("estimate", "issue", "--practice", "oak", "--client", "C1", "--line", "dr-a", "10", "150.00")
    assert world.run(*issue, "Talk").status == 0
    post = (
        "post",
        "charge",
        "--practice",
        "oak",
        "--client",
        "C1",
        "--clinician",
        "dr-a",
        "--service",
        "Talk",
    )
    assert world.run(*post, "--fee", "1899.99", "--id", "T1").status == 0
    assert town.names() == []
    assert world.run(*post, "--fee", "0.01", "--id", "T2").status == 0
    yield
    facts = town.alerts["estimate_exceeded"].cause.facts
    assert (facts["charged_minor"], facts["expected_minor"]) == (190_000, 150_000)
    entries = world.run(*town.typed("estimate_exceeded", "entries", client="C1"), "--json").events
    (seq,) = (event["entry"] for event in entries if event["id"] == "T1")
    town.follow("estimate_exceeded", "post", "reverse", client="C1", entry=str(seq))
    assert world.run(*post, "--fee", "189.99", "--id", "T3").status == 0


def estimate_overdue(town: Town) -> Way:
    """An appointment was made ten business days ahead, and nobody issued an estimate."""
    world = town.world
    world.with_practice(**WHOLE)
    clients = world.file("clients.csv", "client_id,name,birth_date,coverage\nC1,Ana,1990-02-03,self_pay\n")
    assert world.run("import", "--practice", "oak", clients).status == 0
    told = town.typed("Good faith estimates", "estimate", "request", client="C1", scheduled="2026-11-16")
    assert world.run(*told).status == 0
    town.clock.at = town.clock.at.fromisoformat("2026-11-20T10:30:00+00:00")  # 05:30 at the practice
    jobs.statements()
    yield
    facts = town.alerts["estimate_overdue"].cause.facts
    assert facts["due_on"] == "2026-11-19"
    assert "is overdue since 2026-11-19" in town.follow("estimate_overdue", "estimate", "due").out
    issue = ("estimate", "issue", "--practice", "oak", "--client", "C1", "--line", "dr-a", "10", "150.00")
    assert world.run(*issue, "Talk").status == 0
    assert "overdue" not in town.follow("estimate_overdue", "estimate", "due").out
    assert not world.app.alerting.listed("oak"), "it closes by itself"


def payment_stuck(town: Town) -> Way:
    """Stripe answers the question to open it with an error that it keeps, and shows no session."""
    town.processor.saved[KEY] = "before"
    assert town.start(KEY).state is State.UNKNOWN
    town.hours(3)
    yield
    assert town.alerts["payment_stuck"].cause.facts["state"] == "unknown"
    town.hours(24, step=60)
    assert town.payment(KEY).state is State.FAILED
    assert town.paid(OTHER).state is State.SUCCEEDED


def payment_stuck_at_a_bank(town: Town) -> Way:
    """A payer has still to confirm test deposits, and does not."""
    town.start(KEY)
    town.processor.become(KEY, Stage.PROCESSING)
    town.hear(KEY)
    for _ in range(16):
        town.clock.advance(days=1)
        town.sweep()
    yield
    assert town.alerts["payment_stuck"].cause.facts["state"] == "processing"
    town.processor.become(KEY, Stage.CANCELED)  # the PaymentIntent, in Stripe's Dashboard
    town.hear(KEY)
    assert not town.payment(KEY).live
    assert town.paid(OTHER).state is State.SUCCEEDED


def mail_complaint(town: Town) -> Way:
    """Ana reported a mail with a code as spam."""
    tags = {"practice": "oak", "kind": "sign-in"}
    event = ses_events.of_mail(ses_events.complaint(), to=ANA, tags=tags, sent_at="2026-11-20T17:00:00.000Z")
    jobs.documents([Record({"task": "mail-event", "event": event})])
    yield
    listed = town.follow("mail_complaint", "mail", "stopped")
    assert f"{ANA} (clients C1)" in listed.out
    town.follow("mail_complaint", "mail", "lift", email=ANA)
    assert town.follow("mail_complaint", "mail", "stopped").out == "0 stopped\n"


def invoice_stuck(town: Town) -> Way:
    """Somebody has edited the row that says what is invoiced of C2."""
    practice, ref = town.app.practices.practice("oak"), town.world.ref("C2")
    assert practice is not None
    by_clock = replace(practice, invoices=InvoicesBy.DAY, invoices_from="2026-09-01")
    town.app.practices.save_practice(by_clock, before=practice)
    place = {"pk": keys.account(ref), "sk": "INVOICED"}
    town.table.put_item(Item={**place, "kind": "invoiced", "v": 1, "version": 1, "body": "{"})
    jobs.statements()
    town.work()
    yield
    alert = town.alerts["invoice_stuck"].cause
    assert (alert.subject, alert.facts["code"]) == (ref.account, "row_unreadable: what is invoiced")
    assert list(town.app.invoices.all_of(town.world.ref("C1"))), "the others have theirs"
    town.table.delete_item(Key=place)
    town.clock.advance(days=1)
    jobs.statements()
    town.work()
    assert "open" in town.follow("invoice_stuck", "invoice", "list", client="C2").out


def _billed_monthly(town: Town) -> None:
    """The practice has a day for superbills, today, and all that they want of it."""
    clinicians = [
        {"id": id_, "name": "Dr.", "npi": "1234567893", "license": "P-1", "license_state": "NY"}
        for id_ in ("dr-a", "dr-b")
    ]
    day = int(local_date(instant(town.clock.now()), "America/New_York")[-2:])
    town.world.with_practice(**{**DETAILS, "clinicians": clinicians, "superbill_day": day})


def _all_is_there(town: Town) -> None:
    """Of the clients and services, too."""
    rows = "C1,Ana Núñez,ana@example.test,5 Oak Lane,1990-04-02\nC2,Bo,,6 Oak Lane,1991-04-02\n"
    clients = town.world.file("clients.csv", f"client_id,name,email,address,birth_date\n{rows}")
    assert town.world.run("import", "--practice", "oak", clients).status == 0
    said = ("--cpt", "90834", "--diagnoses", "F41.1", "--place-of-service", "11")
    for client, charge in (("C1", "A1"), ("C2", "B1")):
        about = ("--practice", "oak", "--client", client, "--charge", charge)
        assert town.world.run("post", "facts", *about, *said).status == 0


def superbill_stuck(town: Town) -> Way:
    """Somebody has edited the row that says which superbills of C2 stand."""
    _billed_monthly(town)
    _all_is_there(town)
    ref = town.world.ref("C2")
    place = {"pk": keys.account(ref), "sk": "SUPERBILLED"}
    town.table.put_item(Item={**place, "kind": "superbilled", "v": 1, "version": 1, "body": "{"})
    jobs.statements()
    town.work()
    yield
    alert = town.alerts["superbill_stuck"].cause
    assert (alert.subject, alert.facts["code"]) == (ref.account, "row_unreadable: what is on superbills")
    assert list(town.app.superbills.all_of(town.world.ref("C1"))), "the others have theirs"
    town.table.delete_item(Key=place)
    issued = town.follow("superbill_stuck", "superbill", "issue", client="C2", month="2026-10")
    assert "1 superbill issued" in issued.out


def superbills_incomplete(town: Town) -> Way:
    """Nobody has entered birth dates, codes and diagnoses. One alert for both clients."""
    _billed_monthly(town)
    jobs.statements()
    town.work()
    yield
    assert town.alerts["superbills_incomplete"].cause.subject == "2026-10"
    listed = town.world.run(*town.typed("superbills_incomplete", "superbill", "missing", month="2026-10"))
    assert listed.status == 4
    for line in ("C1, dr-a: the client's birth date", "C2, dr-b, B1 of 2026-10-01: its procedure code"):
        assert line in listed.out
    _all_is_there(town)
    issued = town.follow("superbills_incomplete", "superbill", "issue", month="2026-10")
    assert "2 superbills issued" in issued.out


WAYS = (
    amount_differs, currency_differs, currency_differs_paid_anew, second_capture, refund_unheard,
    refund_above_remainder, dispute_above_payment, dispute_not_returned, dispute_status_unknown,
    unknown_money, unknown_money_adopted, money_unbooked, guest_cards_tried, import_dropped,
    import_unfinished, insurer_overpaid, estimate_exceeded, estimate_overdue, payment_stuck,
    payment_stuck_at_a_bank, mail_complaint, invoice_stuck, superbill_stuck, superbills_incomplete,
)  # fmt: skip

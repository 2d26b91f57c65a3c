"""Issue 17, every week again: what clients paid online here, and staff entered in the other system, too."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.importing.services.mapping import Said
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.allocation import allocate
from chalicelib.ledger.domain.corrections import swapped
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import entered
from tests.unit.importing.exports import Files, codes, loaded, mapped, own_map, prepared, with_clients
from tests.unit.importing.test_mapping import DR_A, payroll
from tests.unit.importing.test_mapping import paid as paid_line
from tests.unit.importing.world import NOW, World

RECORDED = Said(online_recorded=True)
CONFIRMED = Said(repeats_confirmed=True)
FIRST = date(2026, 9, 1)
# A session and what was paid for it on each line; both ids are made of client, day and code.
LINES = own_map("""
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date", "cpt"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "$clinician" }
fee = "Fee"
cpt = "Code"
[[tables.rows]]
kind = "payments"
when = [{ header = "Paid", sign = "plus" }]
payment_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
amount = "Paid"
method = { value = "check" }
charge_ids = { row = "charges" }
""")


def pays_online(world: World, amount_minor: int, on: str, *, id_: str = "pi_1", client: str = "C3") -> None:
    """As a processor's webhook posts it."""
    account = world.account(client)
    shares = allocate(amount_minor, account.ledger.open.values())
    draft = drafts.payment(account.ledger, shares, processor="stripe", on=on, reference=id_, payment_id=id_)
    after, entry = entered(account, draft, at=NOW, actor="processor:stripe")
    world.ledgers.commit("oak", Change(account, replace(after, version=account.version), entry))


def paid(*rows: tuple[str, str], refund: str = "") -> Files:
    lines = "".join(f"{day},Credit Card,${amount},Bo Lind\n" for day, amount in rows)
    lines += f"{refund},Refund,$75.00,Bo Lind\n" if refund else ""
    return {"p.csv": f"Date,Type,Amount,Client\n{lines}"}


def lines(*rows: tuple[str, str, str, str]) -> Files:
    text = "".join(f"Bo Lind,{','.join(row)}\n" for row in rows)
    return {"s.csv": f"Patient,Day,Code,Fee,Paid\n{text}"}


def test_a_row_of_another_day_is_asked_about_and_left_out_where_the_practice_says_that_staff_enter_it() -> (
    None
):
    world = with_clients()
    pays_online(world, 7500, "2026-09-16")
    week = paid(("2026-09-15", "75.00"), ("2026-09-17", "20.00"))
    (problem,) = prepared(world, week, "simplepractice").problems
    assert (problem.row, problem.code) == (2, "row_paid_online")
    assert problem.details == {"ids": "“pi_1”", "on": "2026-09-16"}
    loaded(world, week, "simplepractice", RECORDED)
    assert world.balance("C3") == -9500
    told = mapped(world, week, "simplepractice", RECORDED).told
    assert [t.count for t in told if t.code == "payments_online"] == [1]
    again = prepared(world, week, "simplepractice", RECORDED)
    assert (again.problems, again.empty) == ((), True)


def test_it_is_posted_beside_where_it_is_confirmed_as_another_one() -> None:
    world = with_clients()
    pays_online(world, 7500, "2026-09-16")
    loaded(world, paid(("2026-09-15", "75.00")), "simplepractice", CONFIRMED)
    assert world.balance("C3") == -15000


def test_a_confirmation_of_something_else_posts_no_online_payment_again() -> None:
    world = with_clients()
    pays_online(world, 7500, "2026-09-16")
    week = paid(("2026-09-16", "75.00"), ("2026-09-16", "12.00"))
    loaded(world, week, "simplepractice", replace(RECORDED, repeats_confirmed=True))
    assert world.balance("C3") == -8700


def test_of_two_rows_the_nearer_one_is_left_out_and_the_other_is_new() -> None:
    world = with_clients()
    pays_online(world, 2500, "2026-09-16")
    loaded(world, paid(("2026-09-14", "25.00"), ("2026-09-16", "25.00")), "simplepractice", RECORDED)
    assert world.balance("C3") == -5000
    days = [e.draft.occurred_on for e in world.ledgers.entries(AccountRef("oak", world.account("C3").id))]
    assert days == ["2026-09-16", "2026-09-14"]


@pytest.mark.parametrize("way", ["Check", "Cash"])
@pytest.mark.parametrize("desk", ["2026-09-15", "2026-09-16", "2026-09-17", "2026-09-18"])
def test_what_was_taken_at_the_desk_is_no_online_payment_where_another_row_can_be_it(
    desk: str, way: str
) -> None:
    """However near it is, and wherever it stands: of a week's report that begins later it is known again."""
    card, check = "2026-09-18,Credit Card,$25.00,Bo Lind\n", f"{desk},{way},$25.00,Bo Lind\n"
    for rows in (card + check, check + card):
        world = with_clients()
        pays_online(world, 2500, "2026-09-16")
        week = {"p.csv": f"Date,Type,Amount,Client\n2026-09-14,Check,$1.00,Bo Lind\n{rows}"}
        loaded(world, week, "simplepractice", RECORDED)
        assert world.balance("C3") == -5100
        entries = world.ledgers.entries(AccountRef("oak", world.account("C3").id))
        assert [e.draft.occurred_on for e in entries][1:] == ["2026-09-14", desk]


def test_a_check_that_alone_can_be_it_is_left_out() -> None:
    world = with_clients()
    pays_online(world, 2500, "2026-09-16")
    week = {"p.csv": "Date,Type,Amount,Client\n2026-09-16,Check,$25.00,Bo Lind\n"}
    assert prepared(world, week, "simplepractice", RECORDED).empty


def test_a_row_that_the_books_have_under_another_id_is_no_online_payment() -> None:
    """Its session's code was corrected, and its own id is of the new code: it stands under the first one."""
    world = with_clients()
    first = [("2026-09-07", "96127", "7", "1"), ("2026-09-16", "90834", "100", "25")]
    loaded(world, lines(*first), LINES, DR_A)
    first[1] = ("2026-09-16", "90837", "100", "25")
    loaded(world, lines(*first), LINES, replace(DR_A, changes_accepted=True))
    pays_online(world, 2500, "2026-09-20")
    later = lines(*first, ("2026-09-25", "90834", "100", "25"), ("2026-09-26", "96127", "7", ""))
    loaded(world, later, LINES, replace(DR_A, online_recorded=True))
    assert world.balance("C3") == 214_00 - 26_00 - 25_00
    plan = prepared(world, later, LINES, replace(DR_A, online_recorded=True))
    assert (plan.problems, plan.empty, plan.missing) == ((), True, ())


def test_what_a_confirmation_posts_beside_an_online_payment_is_told() -> None:
    world = with_clients()
    pays_online(world, 2500, "2026-09-14")
    rolling = paid(("2026-09-15", "25.00"), ("2026-09-16", "1.00"))
    assert codes(world, rolling, "simplepractice", RECORDED) == ["row_paid_online_outside"]
    told = mapped(world, rolling, "simplepractice", replace(RECORDED, repeats_confirmed=True)).told
    assert [(t.count, t.row) for t in told if t.code == "payments_beside_online"] == [(1, 2)]


@pytest.mark.parametrize(
    ("row", "asked"),
    [("2026-08-17", True), ("2026-09-09", True), ("2026-08-15", False), ("2026-09-23", False)],
)
def test_written_under_the_day_of_its_session_it_is_asked_about_for_a_month(row: str, asked: bool) -> None:
    world = with_clients()
    pays_online(world, 7500, "2026-09-16")
    week = paid((row, "75.00"), ("2026-09-30", "1.00"))
    wanted = ["row_paid_online"] if asked else []
    assert [problem.code for problem in prepared(world, week, "simplepractice", RECORDED).problems] == wanted
    assert prepared(world, week, "simplepractice", replace(RECORDED, repeats_confirmed=True)).problems == ()


def test_a_payment_after_the_files_last_day_is_in_no_row_yet_and_asked_about() -> None:
    world = with_clients()
    pays_online(world, 2500, "2026-09-18")
    early = paid(("2026-09-15", "25.00"))
    assert codes(world, early, "simplepractice", RECORDED) == ["row_paid_online_outside"]
    assert codes(world, early, "simplepractice", replace(RECORDED, repeats_confirmed=True)) == []
    whole = paid(("2026-09-15", "25.00"), ("2026-09-18", "25.00"))
    loaded(world, whole, "simplepractice", RECORDED)
    assert world.balance("C3") == -5000


def test_another_clients_or_another_amounts_online_payment_is_none_of_it() -> None:
    world = with_clients()
    pays_online(world, 7500, "2026-09-15", client="C1")
    pays_online(world, 7400, "2026-09-15")
    assert codes(world, paid(("2026-09-15", "75.00")), "simplepractice") == []


def test_the_rest_of_a_session_that_was_paid_online_makes_no_second_session() -> None:
    world = with_clients()
    first = paid_line(502, "$20.00", on="10/13/2026")
    loaded(world, payroll(first), "theranest")
    assert world.balance("C2") == 10000
    pays_online(world, 10000, "2026-10-16", client="C2")
    later = payroll(
        first, paid_line(504, "$100.00", on="10/15/2026"), paid_line(505, "$5.00", on="10/17/2026")
    )
    loaded(world, later, "theranest", replace(RECORDED, repeats_confirmed=True))
    assert world.balance("C2") == -500


@settings(max_examples=40, deadline=None)
@example([(0, 2500, True, 1), (1, 2500, True, 2), (5, 2500, True, 2)])
@given(
    st.lists(
        st.tuples(st.integers(0, 27), st.sampled_from([2500, 4000]), st.booleans(), st.integers(0, 2)),
        max_size=8, unique_by=lambda one: (one[0], one[1]),
    )
)  # fmt: skip
def test_weeks_of_a_growing_report_count_each_payment_once(
    payments: list[tuple[int, int, bool, int]],
) -> None:
    """What was paid online is entered up to two days later; all else by its own day. A report that ends
    between a payment and its row waits for the next one. The first row is older than all of them."""
    before = str(FIRST - timedelta(1)), "1.00"
    world, said = with_clients(), replace(RECORDED, repeats_confirmed=True)
    for week in range(7, 42, 7):
        for number, (day, amount, online, _) in enumerate(payments):
            if online and week - 7 <= day < week:
                pays_online(world, amount, str(FIRST + timedelta(day)), id_=f"pi_{number}")
        days = [(day + later * online, amount) for day, amount, online, later in payments]
        rows = sorted(
            (str(FIRST + timedelta(day)), f"{amount // 100}.00") for day, amount in days if day < week
        )
        if "row_paid_online_outside" not in codes(world, paid(before, *rows), "simplepractice", RECORDED):
            loaded(world, paid(before, *rows), "simplepractice", said)
    assert world.balance("C3") == -sum(amount for _, amount, _, _ in payments) - 100


def gives_back_online(world: World, on: str, *, id_: str = "re_1") -> None:
    """The whole of the last payment."""
    account = world.account("C3")
    paid_by = [e.draft for e in world.ledgers.entries(AccountRef("oak", account.id))][-1]
    back = tuple(swapped(paid_by.postings))
    draft = replace(paid_by, kind=EntryKind.REFUND, occurred_on=on, postings=back, reference=id_, opens=())
    after, entry = entered(account, draft, at=NOW, actor="processor:stripe")
    world.ledgers.commit("oak", Change(account, replace(after, version=account.version), entry))


@pytest.mark.parametrize("others", [("2026-09-10", "75.00"), ("2026-09-10", "11.00")])
@pytest.mark.parametrize("on", ["2026-09-17", "2026-09-18", "2026-09-23"])
def test_a_refund_of_an_online_payment_is_given_for_no_other_payment(
    others: tuple[str, str], on: str
) -> None:
    world = with_clients()
    loaded(world, paid(others), "simplepractice")
    pays_online(world, 7500, "2026-09-16")
    gives_back_online(world, "2026-09-17")
    before = world.balance("C3")
    entered_too = paid(others, refund=on)
    if on != "2026-09-17":
        assert codes(world, entered_too, "simplepractice")[0] == "row_refunded_online"
    for _ in range(2):
        loaded(world, entered_too, "simplepractice", RECORDED)
        assert world.balance("C3") == before


def test_another_refund_of_the_amount_is_given_once_that_is_confirmed() -> None:
    world = with_clients()
    loaded(world, paid(("2026-09-10", "75.00")), "simplepractice")
    pays_online(world, 7500, "2026-09-16")
    gives_back_online(world, "2026-09-17")
    before = world.balance("C3")
    other = paid(("2026-09-10", "75.00"), refund="2026-09-19")
    loaded(world, other, "simplepractice", CONFIRMED)
    assert world.balance("C3") == before + 7500


def test_a_report_of_this_week_alone_leaves_out_no_row_for_last_weeks_payment_unasked() -> None:
    world = with_clients()
    pays_online(world, 2500, "2026-09-14")
    loaded(world, paid(("2026-09-10", "1.00"), ("2026-09-14", "25.00")), "simplepractice", RECORDED)
    cash = paid(("2026-09-17", "25.00"), ("2026-09-18", "2.00"))
    assert codes(world, cash, "simplepractice", RECORDED) == ["row_paid_online_outside"]
    loaded(world, cash, "simplepractice", replace(RECORDED, repeats_confirmed=True))
    assert world.balance("C3") == -5300

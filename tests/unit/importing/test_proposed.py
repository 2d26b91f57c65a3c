"""Maps that are proposed by headers alone: what their lines become, and what is asked (issue 17)."""

from datetime import date

import pytest

from chalicelib.importing.domain.mapping.map_text import BadMap, map_text, parse_map
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.proposing import proposed
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.values import Terms
from chalicelib.importing.services.explaining import Explained, Explaining
from chalicelib.importing.services.mapping import Said
from tests.support.workbooks import Page, workbook
from tests.unit.importing.exports import codes, loaded, mapped, prepared, with_clients

SESSIONS = (
    "Date of service,Patient,Provider,CPT code,Fee,Insurance paid,Insurance write off,Write off,Patient paid,"
    "Payment method,Status\n"
)
CONFIRMED = Said(repeats_confirmed=True)


def proposal(text: str) -> ExportMap:
    """As --write-map writes it and --map reads it."""
    made = proposed("Own", "own", [table.columns for table in tables_of("s.csv", text.encode())])
    assert made is not None
    return parse_map("own.toml", map_text(made))


def sessions(*lines: str) -> dict[str, str]:
    return {"s.csv": SESSIONS + "".join(f"{line}\n" for line in lines)}


def session(
    *, fee: str = "150.00", paid: str = "", contract: str = "", lowered: str = "", client: str = "",
    status: str = "Attended", method: str = "Check",
) -> str:  # fmt: skip
    return f"10/13/2026,Robin Vale,B,90837,{fee},{paid},{contract},{lowered},{client},{method},{status}"


BY = proposal(SESSIONS + session() + "\n")


# --- amounts that no rule reads ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "columns"),
    [
        ({"paid": "($90.00)", "contract": "($25.00)"}, ["Insurance paid", "Insurance write off"]),
        ({"paid": "-90.00", "contract": "25.00"}, ["Insurance paid", "Insurance write off"]),
        ({"lowered": "($25.00)"}, ["Write off"]),
    ],
)
def test_an_amount_that_no_rule_reads_is_refused_at_its_cell(
    amounts: dict[str, str], columns: list[str]
) -> None:
    """An insurer's take-back on the line of its session was neither posted nor told."""
    plan = prepared(with_clients(), sessions(session(), session(**amounts)), BY, CONFIRMED)
    found = {(p.row, p.column, p.code) for p in plan.problems}
    assert found == {(3, column, "amount_unread") for column in columns}


def test_amounts_that_are_read_or_are_nothing_are_not_complained_about() -> None:
    world = with_clients()
    line = session(paid="90.00", contract="25.00", lowered="5.00", client="20.00")
    loaded(world, sessions(line, session(paid="0.00", contract="", client="$0.00")), BY, CONFIRMED)
    assert world.balance("C2") == 1000 + 15000


def test_a_line_that_a_map_leaves_out_leaves_its_amounts_out() -> None:
    by = parse_map("own.toml", map_text(BY).replace(
        '[[tables.rows]]', '[[tables.leave_out]]\nwhen = [{ header = "Status", is = "Void" }]\nwhy = "void"\n'
        '\n[[tables.rows]]', 1,
    ))  # fmt: skip
    assert codes(with_clients(), sessions(session(paid="-1.00", status="Void")), by) == []


# --- words that decide -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Rescheduled", "Cancelled", "Canceled by client", "Cancelled in time"])
def test_a_session_that_was_cancelled_in_time_is_no_charge_and_is_asked_about_with_a_fee(status: str) -> None:
    world = with_clients()
    loaded(world, sessions(session(fee="", status=status), session(fee="$0.00", status=status)), BY)
    assert world.balance("C2") == 0
    found = mapped(world, sessions(session(fee="0.00", status=status)), BY)
    assert (found.batch.charges, [t.code for t in found.told if t.code == "cancelled"]) == ((), ["cancelled"])
    (problem,) = prepared(world, sessions(session(status=status)), BY).problems
    assert (problem.row, problem.column, problem.code) == (2, "Status", "cancelled_with_fee")


def test_a_status_that_is_not_known_is_refused_with_the_line_for_the_map() -> None:
    (problem,) = prepared(with_clients(), sessions(session(status="Tentative")), BY).problems
    assert (problem.row, problem.column, problem.code) == (2, "Status", "word_undecided")
    assert (
        problem.details["line"]
        == 'status = { header = "Status", words = { "Tentative" = "held" }, optional = true }'
    )
    assert [row.status for row in mapped(with_clients(), sessions(session(status="")), BY).batch.charges] == [
        "held"
    ]


def test_a_method_that_is_not_known_goes_on_and_is_listed() -> None:
    found = mapped(with_clients(), sessions(session(client="20.00", method="Barter")), BY)
    assert [row.method for row in found.batch.payments] == ["other"]
    assert ("word_unknown", "“Barter”") in {(t.code, t.details.get("value")) for t in found.told}


@pytest.mark.parametrize(
    "method", ["Charge", "Write-off", "Account credit applied", "Declined", "Bounced check", "Ins payment"]
)
def test_a_word_for_what_is_no_payment_is_never_taken_for_a_method(method: str) -> None:
    (problem,) = prepared(with_clients(), sessions(session(client="20.00", method=method)), BY).problems
    assert (problem.column, problem.code) == ("Payment method", "word_no_payment")
    assert problem.details["leave"] == (
        f'[[tables.leave_out]]   when = [{{ header = "Payment method", is = "{method}" }}]   '
        'why = "not imported"'
    )


KINDS = ["Type", "Transaction type", "Trans. Type", "Entry Type", "Transaction", "Item Type", "Category"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["Payment method,", ""])
def test_a_column_that_says_what_a_line_is_lets_no_invoice_become_a_payment(kind: str, method: str) -> None:
    """As in a list of transactions, with or without a column for the way of paying."""
    head = f"Date,{kind},Client,{method}Amount\n"

    def line(day: str, word: str, amount: str, way: str = "") -> str:
        return f"10/{day}/2026,{word},Robin Vale,{f'{way},' if method else ''}{amount}\n"

    invoice, paid = line("13", "Invoice", "150.00"), line("14", "Payment", "40.00", "Check")
    text = head + invoice + paid
    by = proposal(text)
    problems = prepared(with_clients(), {"p.csv": text}, by).problems
    wanted = "line_of_no_rule" if method else "word_no_payment"
    (first, *others) = problems
    assert (first.row, first.column, first.code) == (2, kind, wanted)
    left = str(first.details["leave"]).replace("   ", "\n")
    assert left.startswith(f'[[tables.leave_out]]\nwhen = [{{ header = "{kind}", is = "Invoice" }}]\nwhy = ')
    if method:
        assert others == []
        back = line("15", "Payment refund", "10.00") + line("16", "Payment", "-5.00", "Check")
        world = with_clients()
        said = parse_map("own.toml", map_text(by).replace("[[tables.rows]]", f"{left}\n[[tables.rows]]", 1))
        loaded(world, {"p.csv": text + line("17", "Payment", "1.00", "Cash")}, said)
        assert world.balance("C2") == -4100
        assert {p.code for p in prepared(world, {"p.csv": text + back}, said).problems} <= {
            "refund_of_several"
        }


def test_a_payment_that_was_declined_or_voided_is_left_out_and_of_another_word_it_is_asked() -> None:
    head = "Payment date,Client,Amount,Method,Status\n"
    words = {"Posted": "40.00", "Declined": "41.00", "Voided": "42.00", "Auto-declined": "43.00"}
    lines = "".join(f"10/{n}/2026,Robin Vale,{a},Check,{w}\n" for n, (w, a) in enumerate(words.items(), 10))
    world, by = with_clients(), proposal(head + lines)
    found = mapped(world, {"p.csv": head + lines}, by)
    assert [t.count for t in found.told if t.code == "rows_left_out"] == [3]
    loaded(world, {"p.csv": head + lines}, by)
    assert world.balance("C2") == -4000
    for word in ("Pending", "Reversed", "Lockbox", ""):
        wrong = f"10/20/2026,Robin Vale,1.00,Check,{word}\n"
        (problem,) = prepared(world, {"p.csv": head + lines + wrong}, by).problems
        assert problem.code == ("line_of_no_rule" if word else "line_without_rule")


def test_every_word_of_a_type_is_known_or_refused() -> None:
    """A column called Type tells payments from all else: an unknown word there may mean anything."""
    text = "Date,Type,Amount,Client\n10/14/2026,{},$40.00,Robin Vale\n"
    assert codes(with_clients(), {"p.csv": text.format("Lockbox")}, "simplepractice") == ["word_undecided"]
    assert codes(with_clients(), {"p.csv": text.format("Lockbox")}, proposal(text)) == ["word_undecided"]
    assert codes(with_clients(), {"p.csv": text.format("")}, "simplepractice") == ["cell_empty"]
    assert codes(with_clients(), {"p.csv": text.format("ACH")}, "simplepractice") == []


# --- sessions or payments ---------------------------------------------------------------------------------


def test_lines_that_may_be_one_session_paid_in_parts_are_asked_about() -> None:
    """A report with a line for each payment doubled its sessions."""
    parts = sessions(session(client="20.00"), session(paid="90.00"))
    world = with_clients()
    (problem,) = prepared(world, parts, BY).problems
    assert (problem.row, problem.column, problem.code) == (3, "Fee", "session_in_parts")
    loaded(world, parts, BY, CONFIRMED)
    assert world.balance("C2") == 2 * 15000 - 11000
    assert prepared(world, parts, BY).empty


@pytest.mark.parametrize(
    "lines",
    [
        (session(client="150.00"), session(client="150.00")),
        (session(client="20.00"), session()),
        (session(client="20.00"), session(fee="120.00", client="20.00")),
    ],
)
def test_lines_that_cannot_be_one_session_are_two(lines: tuple[str, str]) -> None:
    assert codes(with_clients(), sessions(*lines), BY) == []


def test_a_column_session_tells_two_of_a_day_apart() -> None:
    text = SESSIONS.rstrip() + ",Session\n" + "".join(f"{session(client='20.00')},{n}\n" for n in (1, 2))
    assert codes(with_clients(), {"s.csv": text}, BY) == []


@pytest.mark.parametrize("text", ["format = 1\nx = " + "[" * 100_000, "format = " + "1" * 5_000])
def test_a_map_that_python_cannot_hold_is_refused_as_any_other(text: str) -> None:
    with pytest.raises(BadMap) as refused:
        parse_map("own.toml", text)
    assert [problem.code for problem in refused.value.problems] == ["map_not_toml"]


# --- what --explain says --------------------------------------------------------------------------------


def explained(text: str) -> Explained:
    return Explaining().explain(
        tables_of("s.csv", text.encode()), Terms("USD", date(2026, 11, 20)), Choices()
    )


@pytest.mark.parametrize(
    "text",
    [
        "Date,Client,Description,Balance\n10/13/2026,Robin Vale,Session,$150.00\n",
        "Date of service,Patient,CPT code,Units,Rate\n10/14/2026,Robin Vale,H0004,4,$30.00\n",
    ],
)
def test_a_running_balance_and_the_price_of_a_unit_are_asked_about(text: str) -> None:
    """They were added up to what is owed, and taken for the whole fee."""
    found = explained(text)
    assert [problem.code for problem in found.problems] == ["proposal_lacks"]
    assert found.lacking == ("fee",)


def test_a_rate_alone_is_the_fee_and_a_balance_without_a_date_is_owed() -> None:
    assert explained("DOS,Patient,CPT code,Rate\n10/14/2026,Robin Vale,90837,$30.00\n").lacking == ()
    (table,) = proposal("Client,Balance\nRobin Vale,$150.00\n").tables
    assert [rule.kind for rule in table.rules] == ["opening_balances"]


def test_what_is_known_of_a_file_and_what_is_missing_is_said_with_a_map_to_finish() -> None:
    """One header that is not known, and it said that it knew nothing."""
    text = "Appt Date,Client Name,Code,Our price,Copay Collected,Paid By,Appt Status\n10/13/2026,Robin Vale,90837,150.00,20.00,Check,Attended\n"  # noqa: E501
    found = explained(text)
    (problem,) = found.problems
    assert problem.details["missing"] == "fee"
    assert "“Appt Date” (service_date)" in str(problem.details["known"])
    assert found.proposal is not None
    written = map_text(found.proposal)
    assert 'fee = "(fee)"' in written
    by = parse_map("own.toml", written.replace("(fee)", "Our price"))
    world = with_clients()
    loaded(world, {"s.csv": text}, by, Said(clinician="dr-a"))
    assert world.balance("C2") == 13000


def test_words_that_are_not_known_are_shown_before_any_import() -> None:
    lines = (session(status="Tentative"), session(status="Cancelled"), session(method="Lockbox"))
    found = explained(sessions(*lines)["s.csv"])
    unknown = {column.header: column.unknown for column in found.columns if column.unknown}
    assert unknown == {"Status": ("“Tentative”", "“Cancelled”")}


# --- what columns are -----------------------------------------------------------------------------------


def test_an_id_that_a_spreadsheet_made_a_date_is_refused_in_a_mapped_file_too() -> None:
    by = parse_map("own.toml", map_text(BY).replace('{ header = "Patient", join = "client" }', '"Patient"'))
    page = Page([SESSIONS.strip().split(","), [date(2026, 10, 13), date(2026, 3, 1), "B", "90837", 150]])
    found = mapped(with_clients(), {"s.xlsx": workbook({"S": page})}, by)
    assert [(p.row, p.column, p.code) for p in found.problems] == [(2, "Patient", "id_converted")]


def test_a_line_below_zero_of_an_invoice_says_what_to_do() -> None:
    text = "Invoice number,Customer,Invoice date,Service Date,Item,Item Amount\n1,Robin Vale,2026-10-31,,Discount,-20.00\n"  # noqa: E501
    (problem,) = prepared(with_clients(), {"qb.csv": text}, "quickbooks", Said(clinician="dr-a")).problems
    assert (problem.row, problem.column, problem.code) == (2, "Item Amount", "fee_negative")


COPAYS = "Date,Client,Provider,Amount,Method\n10/14/2026,Robin Vale,{},$25.00,Cash\n"


def test_two_copays_of_one_day_in_two_clinicians_files_are_two_and_a_copy_is_one() -> None:
    files = {f"{who}.csv": COPAYS.format(who) for who in ("A", "B")}
    for given, paid in ((files, 5000), ({**files, "copy.csv": files["A.csv"]}, 5000)):
        world, by = with_clients(), proposal(files["A.csv"])
        loaded(world, given, by)
        assert world.balance("C2") == -paid
        for again in (files, {"A.csv": files["A.csv"]}, {"B.csv": files["B.csv"]}):
            assert prepared(world, again, by).empty


def test_a_birth_date_beside_the_name_is_proposed_to_tell_clients_apart() -> None:
    by = proposal("Date,Client,DOB,Amount,Method\n10/14/2026,Robin Vale,2/14/1980,25.00,Cash\n")
    named = {rule.values["client_id"].born for rule in by.tables[0].rules}
    assert named == {("DOB",)}
    (clients,) = proposal("Client,DOB,Email\nRobin Vale,2/14/1980,\n").tables[0].rules
    assert (clients.kind, clients.values["client_id"].born) == ("clients", ())


# --- one session with several payments, or several sessions -----------------------------------------------

PAID_ON = "Session date,Client name,Therapist,Code,Charge,Client paid,Paid on\n"
ONE_LINE = '10/13/2026,"Vale, Robin",B,90834,150.00,{},{}\n'
UNPAID = ONE_LINE.format("", "")
WITH_PAYMENTS = proposal(PAID_ON + UNPAID)


def paid_on(*paid: str) -> dict[str, str]:
    lines = (ONE_LINE.format(amount, "10/14/2026" if amount else "") for amount in paid)
    return {"s.csv": PAID_ON + "".join(lines)}


@pytest.mark.parametrize(("paid", "row"), [(("", ""), 2), (("150.00", ""), 3), (("", "20.00", "30.00"), 2)])
def test_lines_of_one_session_of_which_one_says_no_payment_are_asked_about(
    paid: tuple[str, ...], row: int
) -> None:
    """Two sessions of a day became one in silence."""
    world = with_clients()
    (problem,) = prepared(world, paid_on(*paid), WITH_PAYMENTS).problems
    assert (problem.row, problem.column, problem.code) == (row, "Charge", "sessions_as_one")
    without = parse_map("own.toml", map_text(WITH_PAYMENTS).replace("once = true\n", ""))
    loaded(world, paid_on(*paid), without)
    assert world.balance("C2") == 15000 * len(paid) - sum(int(float(one) * 100) for one in paid if one)


def test_confirmed_they_are_one_session_and_are_asked_about_no_more() -> None:
    world, lines = with_clients(), paid_on("50.00", "")
    loaded(world, lines, WITH_PAYMENTS, CONFIRMED)
    assert world.balance("C2") == 10000
    assert codes(world, lines, WITH_PAYMENTS) == []


def test_payments_of_one_session_and_a_session_in_two_files_are_no_question() -> None:
    assert codes(with_clients(), paid_on("20.00", "30.00"), WITH_PAYMENTS) == []
    both = {"a.csv": paid_on("")["s.csv"], "b.csv": paid_on("20.00")["s.csv"]}
    assert codes(with_clients(), both, WITH_PAYMENTS) == []

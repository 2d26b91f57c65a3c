"""A summary's parts are its payments, whatever was given back of them, and in which order (issue 14)."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.domain.payment_summaries import PaymentSummaryData, net_shares, summary, within
from chalicelib.documents.domain.readers import Reader, Reads
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.payments import Payment
from chalicelib.practice.domain.practices import Client
from tests.support.money import Money
from tests.support.practice import PRACTICE

CLIENT = Client("maya", "maya", "Maya", "maya@example.test", "en")
AMOUNTS = st.integers(1, 300)
STEPS = st.one_of(
    st.tuples(st.just("charge"), AMOUNTS, st.sampled_from(ChargeStatus)),
    st.tuples(st.just("cash"), AMOUNTS, st.integers(1, 9)),
    st.tuples(st.just("give_back"), AMOUNTS, st.integers(0, 12)),
    st.tuples(st.just("lower"), AMOUNTS, st.integers(0, 12)),
    st.tuples(st.just("reverse"), AMOUNTS, st.integers(1, 20)),
)


def played(steps: list[tuple[str, int, object]]) -> Money:
    """What the ledger refuses is left out."""
    money = Money()
    money.open()
    for number, (kind, minor, which) in enumerate(steps):
        with suppress(BillfoldError):
            match kind:
                case "charge":
                    money.charge(f"c{number}", minor, status=which)
                case "cash":
                    money.cash(f"p{number}", minor, on=f"2026-03-0{which}")
                case "give_back":
                    money.give_back(f"r{number}", f"p{which}", minor)
                case "lower":
                    money.post.adjustment(
                        money.ref(), f"a{number}", charge_external_id=f"c{which}", amount_minor=minor,
                        on="2026-03-04",
                    )  # fmt: skip
                case _:
                    money.correcting.reverse(money.ref(), int(str(which)), on="2026-03-05")
    return money


def rows(money: Money) -> tuple[list[Entry], list[Payment]]:
    entries = list(money.ledgers.entries(money.ref(), first=1, last=99))
    ids = {entry.draft.payment_id for entry in entries if entry.draft.payment_id}
    return entries, list(money.ledgers.payments_by_id(money.ref(), ids).values())


def summed(money: Money, first: str, last: str) -> tuple[PaymentSummaryData, list[Payment]]:
    entries, payments = rows(money)
    paid = within(payments, first, last)
    charges = money.ledgers.charges(
        money.ref(), {share.charge_id for payment in paid for share in payment.allocation.shares}
    )
    made = summary(
        PRACTICE, CLIENT, {}, paid, charges, entries, reader=Reader("maya", Reads.OWN), first=first,
        last=last, currency="USD", made_on="2026-03-09",
    )  # fmt: skip
    return made, paid


def by_clinician(made: PaymentSummaryData) -> dict[str, int]:
    return {paid.clinician: paid.paid_minor for paid in made.care}


def parts(made: PaymentSummaryData) -> list[int]:
    return [*by_clinician(made).values(), made.missed_minor, made.brought_minor, made.credit_minor]


@given(st.lists(STEPS, min_size=1, max_size=14))
def test_the_parts_are_the_sum_of_what_is_kept_of_the_payments(steps: list[tuple[str, int, object]]) -> None:
    money = played(steps)
    made, paid = summed(money, "2026-01-01", "2026-12-31")
    assert made.total_minor == sum(payment.kept_minor for payment in paid) == sum(parts(made))
    assert all(part >= 0 for part in parts(made))


@given(st.lists(STEPS, min_size=1, max_size=14), st.integers(1, 9))
def test_two_stretches_are_together_the_whole(steps: list[tuple[str, int, object]], day: int) -> None:
    money = played(steps)
    whole, _ = summed(money, "2026-03-01", "2026-03-10")
    halves = [
        summed(money, first, last)[0]
        for first, last in (
            ("2026-03-01", f"2026-03-{day:02d}"),
            (f"2026-03-{day + 1:02d}", "2026-03-10"),
        )
    ]
    assert whole.total_minor == sum(half.total_minor for half in halves)
    assert sum(parts(whole)) == sum(sum(parts(half)) for half in halves)


def test_what_is_given_back_is_taken_from_the_payment_s_own_day() -> None:
    money = played([("charge", 100, ChargeStatus.HELD), ("cash", 100, 2), ("give_back", 40, 1)])
    made, _ = summed(money, "2026-03-02", "2026-03-02")
    assert (made.total_minor, by_clinician(made)) == (60, {"Ada Moss, LCSW": 60})
    assert made.lines[0].returned_minor == 40
    assert summed(money, "2026-03-03", "2026-03-09")[0].lines == ()


def test_what_an_insurer_freed_is_no_care_paid_for_any_more() -> None:
    money = Money()
    money.open()
    money.charge("c1", 60, insurer_minor=90)
    money.cash("p1", 60, on="2026-03-02")
    money.post.insurance_payment(
        money.ref(), "i1", charge_external_id="c1", paid_minor=130, contractual_minor=0, to_client_minor=0,
        on="2026-03-04", above_expected=True,
    )  # fmt: skip
    made, _ = summed(money, "2026-03-01", "2026-03-31")
    assert (by_clinician(made), made.credit_minor, made.insurance_minor) == ({"Ada Moss, LCSW": 20}, 40, 130)


def test_missed_appointments_and_credit_stand_apart() -> None:
    money = played(
        [("charge", 50, ChargeStatus.NO_SHOW), ("charge", 30, ChargeStatus.HELD), ("cash", 100, 2)]
    )
    made, paid = summed(money, "2026-01-01", "2026-12-31")
    assert (made.missed_minor, by_clinician(made), made.credit_minor) == (50, {"Ada Moss, LCSW": 30}, 20)
    assert sum(net_shares(paid[0], rows(money)[0]).values()) == 80


def test_what_was_paid_for_says_from_which_day_to_which_care_was_given() -> None:
    """Health accounts ask for the days of care, which are not those of payment."""
    money = Money()
    money.open()
    for number, day in enumerate(("2026-02-20", "2025-12-30", "2026-03-01")):
        money.charge(f"c{number}", 50, date=day)
    money.cash("p1", 100, on="2026-03-02")
    (care,) = summed(money, "2026-01-01", "2026-12-31")[0].care
    assert (care.first, care.last, care.paid_minor) == ("2025-12-30", "2026-02-20", 100)

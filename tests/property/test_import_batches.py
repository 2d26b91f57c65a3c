"""Rows written in batches: the table is, byte for byte, what it is when each row is posted by itself."""

from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    InsurancePaymentRow,
    OpeningBalanceRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.services import writing
from chalicelib.importing.services.progress import SILENT
from chalicelib.importing.services.rehearsal import Ahead
from chalicelib.importing.services.steps import Step, step_of
from chalicelib.importing.services.writing import Writing
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.services.posting import Posting
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.platform.dynamo import table
from tests.property.conftest import MORE
from tests.soak.seam import answering
from tests.soak.store import Item, Key, Store, failure
from tests.support.clock import FakeClock
from tests.support.seed import SEED

REF = AccountRef("oak", "maya")
AMOUNTS, CHARGES = st.sampled_from([500, 1000, 2500, 4000]), st.sampled_from(["S0", "S1", "S2", "S3"])
TROUBLE = st.sampled_from(["", "", "conflict", "busy", "lost", "killed before", "killed after"])


class Killed(BaseException):
    """The process is gone."""


class Table:
    """DynamoDB in this process; `trouble` befalls its transaction of the number `at`."""

    def __init__(self, trouble: str = "", at: int = 0) -> None:
        self.store, self.trouble, self.at, self.transactions = Store(), trouble, at, 0

    def answer(self, _: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        self.transactions += operation == "TransactWriteItems"
        befalls = operation == "TransactWriteItems" and self.transactions == self.at
        trouble = self.trouble if befalls else ""
        if trouble == "conflict":
            raise failure(operation, "TransactionCanceledException", reasons=["TransactionConflict"])
        if trouble == "busy":
            raise EndpointConnectionError(endpoint_url="")
        if trouble == "killed before":
            raise Killed
        answer = self.store.call(operation, asked)
        if trouble == "lost":
            raise EndpointConnectionError(endpoint_url="")
        if trouble == "killed after":
            raise Killed
        return answer


def drawn_row(kind: str, number: int, amount: int, charge: str, *, more: bool) -> Row:
    at: dict[str, Any] = {"file": "f", "number": number, "date": "2026-10-01"}
    match kind:
        case "charge":
            about: dict[str, Any] = {"service": "Talk", "clinician_id": "ada", "cpt": "", "units": 1}
            coded: dict[str, Any] = {"diagnoses": ("F41.1",), "place_of_service": "", "client_id": "C"}
            insured = 500 if more else 0
            return ChargeRow(
                **at, **about, **coded, charge_id=f"S{number}", fee_minor=amount, insurance_minor=insured
            )
        case "payment":
            paid: dict[str, Any] = {"client_id": "C", "amount_minor": amount, "method": "check"}
            chosen = (charge,) if more else ()
            return PaymentRow(**at, **paid, payment_id=f"P{number}", charge_ids=chosen, notes="by post")
        case "insurance":
            parts: dict[str, Any] = {
                "paid_minor": 200,
                "contractual_minor": 100,
                "patient_minor": 200 if more else 0,
            }
            return InsurancePaymentRow(
                **at, **parts, insurance_payment_id=f"I{number}", charge_id=charge, above_expected=False
            )
        case "refund":
            payment = f"P{charge[1:]}"
            return RefundRow(**at, refund_id=f"R{number}", payment_id=payment, amount_minor=amount // 5)
        case "opening":
            return OpeningBalanceRow(**at, client_id=f"C{number}", amount_minor=-amount if more else amount)
    lowers: dict[str, Any] = {"charge_id": charge, "amount_minor": amount // 2, "kind": kind, "reason": ""}
    return AdjustmentRow(**at, **lowers, adjustment_id=f"A{number}")


KINDS = st.sampled_from(
    ["charge"] * 4 + ["payment"] * 2 + ["insurance", "refund", "opening", "adjustment", "write_off"]
)
DRAWN = st.lists(st.tuples(KINDS, AMOUNTS, CHARGES, st.booleans()), min_size=1, max_size=16)


def _open() -> Writing:
    ledgers, clock = DynamoLedgers(), FakeClock()
    Posting(ledgers, clock).open_account(REF, "USD")
    return Writing(ledgers, clock, SILENT)


def _fitting(steps: Sequence[Step]) -> list[Step]:
    """Those that the ledger's rules let pass, in this order."""
    with answering(Table().answer):
        posting, found = Posting(Ahead(_open().ledgers), FakeClock()), list[Step]()
        for step in steps:
            try:
                step.run(posting, REF)
            except BillfoldError:
                continue
            found.append(step)
    return found


def _alone(steps: Sequence[Step]) -> dict[Key, Item]:
    world = Table()
    with answering(world.answer):
        _open().one_by_one(REF, steps)
    return world.store.items


@settings(max_examples=30 * MORE, deadline=None, database=None)
@seed(SEED)
@given(
    drawn=DRAWN, at_once=st.sampled_from([2, 3, 33]), trouble=TROUBLE, at=st.integers(2, 6),
    standing=st.integers(0, 3),
)  # fmt: skip
def test_batches_leave_the_table_as_rows_one_by_one(
    drawn: list[tuple[str, int, str, bool]], at_once: int, trouble: str, at: int, standing: int
) -> None:
    """Issue 17: killed or troubled at any transaction, and with rows that somebody posted already."""
    table.bind("billfold", region="us-east-1")
    steps = [
        step_of(drawn_row(kind, number, amount, charge, more=more), {})
        for number, (kind, amount, charge, more) in enumerate(drawn)
    ]
    steps = _fitting(steps) if trouble or standing else steps
    world = Table()
    with answering(world.answer), mock.patch.object(writing, "AT_ONCE", at_once):
        write = _open()
        write.one_by_one(REF, steps[:standing])
        world.trouble, world.at = trouble, world.transactions + at - 1
        try:
            refused = write.post(REF, steps)
        except Killed:
            refused = write.post(REF, steps)
    assert world.store.items == _alone(steps)
    with answering(Table().answer):
        assert refused == _open().one_by_one(REF, steps)


def test_a_batch_is_one_transaction_of_a_hundred_rows_at_the_most() -> None:
    table.bind("billfold", region="us-east-1")
    # A free service has a row more than others.
    steps = [step_of(drawn_row("charge", number, 0, "", more=False), {}) for number in range(34)]
    world, sizes = Table(), list[int]()

    def answer(service: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        sizes.extend([len(asked["TransactItems"])] if operation == "TransactWriteItems" else [])
        return world.answer(service, operation, asked)

    with answering(answer):
        assert _open().post(REF, steps) == []
    assert sizes[1:] == [97, 41]
    assert world.store.items == _alone(steps)


@pytest.mark.parametrize("trouble", ["conflict", "busy"])
def test_a_batch_that_no_marker_refused_is_decided_again_as_a_batch(trouble: str) -> None:
    table.bind("billfold", region="us-east-1")
    steps = [step_of(drawn_row("opening", number, 500, "", more=False), {}) for number in range(20)]
    world = Table(trouble, at=2)
    with answering(world.answer):
        assert _open().post(REF, steps) == []
    assert world.transactions == 3

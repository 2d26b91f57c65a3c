"""Issue 15, must reach: whatever writes race, exactly one default; on the emulator, by the shipped store."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy
from chalicelib.payments.domain.saved_methods import Held, MethodState, Payer, PayerMethod
from chalicelib.payments.services.methods.choosing import Choosing
from chalicelib.payments.services.methods.following import Following
from chalicelib.payments.services.methods.payer_rows import PayerRows
from chalicelib.payments.store.payers import DynamoPayers
from chalicelib.platform.clock import SystemClock
from tests.concurrency.auditor import Auditor
from tests.support.chance import FakeChance
from tests.support.ledgers import MemoryLedgers
from tests.support.money import MemoryPractices
from tests.support.payers import VISA, SavingProcessor
from tests.support.processor import OneProcessor
from tests.support.seed import SEED
from tests.unit.identity.fakes import FakeKeys

pytestmark = [pytest.mark.ministack, pytest.mark.slow]
WRITES, WRITERS, METHODS = 500, 8, 6
ME, AT = "person-1", "2026-01-01T00:00:00.000Z"


def is_whole(payer: Payer) -> bool:
    able = [m.id for m in payer.listed if m.state is MethodState.READY]
    numbers = [m.number for m in payer.listed if m.number]
    return able.count(payer.default) == (1 if able else 0) and len(numbers) == len(set(numbers))


def test_500_racing_writes_leave_exactly_one_default_at_every_moment(auditor: Auditor) -> None:
    """Two tabs, two devices, removals, labels and news of the processor, all at once."""
    stripe, payers = SavingProcessor(), DynamoPayers()
    rows = PayerRows(payers, OneProcessor(stripe), FakeChance(), SystemClock())
    following = Following(rows, MemoryLedgers(), FakeKeys())
    choosing = Choosing(following, MemoryPractices())
    customer = stripe.enrol("key")
    methods = []
    for number in range(METHODS):
        held = Held(f"pm_{number}", replace(VISA, last4=f"000{number}"), f"number {number}")
        stripe.customers[customer][held.processor_id] = held
        methods.append(PayerMethod(f"m{number}", held.processor_id, held.look, MethodState.READY, AT))
    payers.save("fern", Payer(ME, "stripe", "key", AT, customer, tuple(methods), "m0"), before=None)
    over, seen = Event(), list[Payer]()

    def watch() -> None:
        while not over.is_set():
            if found := payers.payer("fern", ME):
                seen.append(found)

    def write(number: int) -> int:
        chance = random.Random(f"{SEED} {number}")
        now = payers.payer("fern", ME)
        assert now is not None
        ids = [method.id for method in now.listed] or ["m0"]
        target, what = chance.choice(ids), chance.random()
        try:
            if what < 0.6:
                choosing.choose("fern", ME, target)
            elif what < 0.75:
                choosing.label("fern", ME, target, f"label {number}")
            elif what < 0.8:
                choosing.remove("fern", ME, target)
            else:
                twin = Held(f"pm_n{number}", VISA, f"number {chance.randrange(METHODS)}")
                stripe.customers[customer][twin.processor_id] = twin
                following.bring("fern", ME)
        except (BillfoldError, Busy):
            return 0
        return 1

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        watching = threads.submit(watch)
        written = sum(threads.map(write, range(WRITES)))
        over.set()
        watching.result()
    last = following.bring("fern", ME)
    assert last is not None
    assert written > WRITES / 2
    assert len(seen) > 50
    assert [payer for payer in [*seen, last] if not is_whole(payer)] == []
    assert {m.processor_id for m in last.listed} == set(stripe.customers[customer])
    assert last.ended == ()  # nothing that was removed, or replaced, was ever listed again

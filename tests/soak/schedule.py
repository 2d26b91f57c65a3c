"""One schedule from one seed: set the stage, let everything happen, let it come to rest, audit."""

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from chalicelib.bootstrap import App
from chalicelib.kernel.account_refs import AccountRef
from tests.soak import auditor, guest_books, saved
from tests.soak.bill_links import BillLinks
from tests.soak.faults import STORMS, Fault, Faults
from tests.soak.guests import BESIDE, GUESTS, Guests
from tests.soak.machines import Machines
from tests.soak.office import GIVER, GIVES, Office
from tests.soak.payers import Payers, client, person, save_methods
from tests.soak.recovery import (
    RECOVERED,
    Recovery,
    adoptable,
    forget_uncaptured,
    forget_what_is_for_a_person,
    lost,
)
from tests.soak.saving_house import is_charge
from tests.soak.seam import answering
from tests.soak.sizes import drawn
from tests.soak.stage import Stage
from tests.soak.world import World
from tests.support.practice import PRACTICE

# What a person is called for, and rightly: the auditor says whether it was.
CALLS = ("dispute_above_payment", "dispute_not_returned", "currency_differs")
REST = (2, 2, 7, 7, 26, 2, 2)  # hours to the next round, of as many as it takes to come to rest
LATE = timedelta(days=3)
# In some schedules nobody has looked for longer than reconcile looks back: the nightly full pass does it all.
AWAY, NIGHTLY = timedelta(days=5), 0.25
SKEWED = timedelta(seconds=5)  # beyond what machines' clocks differ by
OF_NOTHING = "event_of_nothing"
STUCK, UNHEARD, UNKNOWN = "payment_stuck", "refund_unheard", "unknown_money"
OVERDUE = "round_overdue"
SAME_IDS = 0.3
PAYPALS = 0.6  # of the schedules with guests
SAVES = 0.7  # of the accounts: their payers had saved something before


@dataclass
class Outcome:
    seed: str
    findings: list[str] = field(default_factory=list)
    calls: int = 0
    boundaries: list[str] = field(default_factory=list)
    """Each "service.Operation", in their order."""
    writes: int = 0
    captured: int = 0
    refunded: int = 0
    saved: int = 0
    lost: int = 0
    guests: int = 0
    paypal: int = 0
    matched: int = 0
    faults: dict[Fault, int] = field(default_factory=dict)


class _Alarms(logging.Handler):
    """What the product logged as an error or with a traceback that nobody expected."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        about = record.__dict__
        if about.get("alert") in CALLS or about.get("subject") in Stage.world.foreign:
            return
        of_disputes = {f"evt_{row[4:].rpartition('_')[0]}_" for row in Stage.world.foreign}
        if str(about.get("subject", "")).startswith(tuple(of_disputes)):
            return  # that such a one was lost: of what is in another currency nothing is posted
        if about.get("alert") == OVERDUE:
            return  # the clock jumps by a day, in which nobody tried again; it must be over at the end
        if about.get("alert") == UNKNOWN and Stage.world.restored:
            return  # its payment is lost, until it is adopted
        houses = Stage.world.every_house()
        stripes, paypals = Stage.world.houses.values(), Stage.world.paypals.values()
        vague = any(each.keeps_errors for each in stripes) or any(each.forgets for each in paypals)
        if about.get("alert") == STUCK and vague:
            return  # for a day or two nobody can know what became of such a payment
        if about.get("alert") == OF_NOTHING and any(p.is_forgotten(about["subject"]) for p in paypals):
            return
        if about.get("alert") == UNHEARD and not any(h.refund_status(about["subject"]) for h in houses):
            return  # that it is not found proves nothing before the key is forgotten
        why = about.get("why", about.get("subject", ""))
        self.said.append(f"logged: {record.getMessage()} {why} {record.exc_info or ''}")


def run(app: App, seed: str, *, planned: Mapping[int, Fault] | None = None, calm: bool = False) -> Outcome:
    """Play the schedule of `seed`. `calm`: no faults but the planned ones, by number of the call."""
    seeded = random.Random(seed)
    faults = Faults(
        seeded,
        chance=0.0 if calm else seeded.choice((0.0, 0.01, 0.03, 0.1)),
        budget=seeded.randint(1, 12),
        planned=planned,
        storm=None if calm else _storm(seed),
    )
    sticky, lag = seeded.choice((0.0, 0.5, 0.9)), seeded.choice((0.0, 0.2))
    world = World(seeded, faults, sticky=sticky, lag=lag, size=drawn(seeded))
    Stage.world = world
    outcome, alarms = Outcome(seed), _Alarms()
    logger = logging.getLogger("billfold")
    logger.addHandler(alarms)
    try:
        with answering(world.aws):
            _play(world, app, outcome, alarms)
    except Exception as error:
        outcome.findings.append(f"raised: {type(error).__name__}: {error}")
    finally:
        logger.removeHandler(alarms)
    outcome.calls, outcome.faults, outcome.writes = (
        world.scheduler.steps,
        faults.happened,
        len(world.store.journal),
    )
    outcome.boundaries = faults.called
    outcome.captured = sum(row["kind"] == "captured" for row in world.log)
    outcome.saved = sum(row["kind"] == "captured" and is_charge(str(row["id"])) for row in world.log)
    captured = [row for row in world.log if row["kind"] == "captured"]
    outcome.guests = sum(row["account"] == row["payment"] for row in captured)
    outcome.paypal = sum(str(row["id"]).startswith("CAP") for row in captured)
    outcome.matched = guest_books.matched(world.store.items)
    outcome.refunded = sum(row["kind"] == "refunded" for row in world.log)
    return outcome


def _play(world: World, app: App, outcome: Outcome, alarms: _Alarms) -> None:
    plain = world.random.random() < 0.25
    world.faults.off = True
    machines = Machines(world, app, world.random, plain=plain)
    recovery = Recovery(world, app, world.random, plain=plain)
    recovery.accounts = _set_the_stage(world, app, plain=plain)
    guests_come(world, app, outcome.seed, recovery.accounts, plain=plain)
    machines.spawn("time", machines.time)
    if recovers(outcome.seed):
        recovery.spawn("moment", recovery.wait_for_a_moment)
    world.faults.off = False
    world.scheduler.run()
    outcome.findings += [f"in the middle: {finding}" for finding in _safety(world)]
    if recovery.moment is not None:
        outcome.lost = _recover(world, machines, recovery)
        outcome.findings += [f"after the recovery: {finding}" for finding in _safety(world)]
    world.faults.off = True
    alarms.said.clear()
    away = _rest(world, machines, recovery)
    outcome.findings += _audit(world, plain=plain, away=away)
    outcome.findings += [f"verify finds {found}" for found in _verified(world, app)]
    _late_news_changes_nothing(world, machines, outcome)
    outcome.findings += alarms.said


def storms(seed: str) -> bool:
    """Whether it has a storm, drawn as `recovers` is."""
    return _storm(seed) is not None


def _storm(seed: str) -> random.Random | None:
    drawn = random.Random(f"{seed} storm")
    return drawn if drawn.random() < STORMS else None


def recovers(seed: str) -> bool:
    """Whether a table comes back, by a chance of its own, so that schedules without it stay as they were."""
    return random.Random(f"{seed} recovers").random() < RECOVERED


def _recover(world: World, machines: Machines, recovery: Recovery) -> int:
    """How many captured payments were lost with the table."""
    recovery.bring_back()
    gone = len(lost(world))
    recovery.first_night(machines)
    world.scheduler.run()
    return gone


def _set_the_stage(world: World, app: App, *, plain: bool) -> list[tuple[str, str]]:
    """The accounts that are paid."""
    pick, size = world.random, world.size
    office, payers = (kind(world, app, pick, plain=plain) for kind in (Office, Payers))
    assert isinstance(office, Office)
    assert isinstance(payers, Payers)
    practices = ["fern", "fern2"][: pick.choice(size.practices)]
    accounts = [(practice, name) for practice in practices for name in ("maya", "noah")]
    for practice in practices:
        app.practices.save_practice(replace(PRACTICE, id=practice, bank_debits=True))
        world.house(practice)
    playing = accounts[: pick.choice(size.accounts)]
    if not plain and pick.random() < GIVES:
        practice = playing[0][0]
        app.people.save_client(practice, client(GIVER))
        office.spawn(
            "giver", partial(office.give, practice, [name for of, name in playing if of == practice])
        )
    for practice, account in playing:
        app.people.save_client(practice, client(account))
        app.people.save_person(practice, person(account))
        if pick.random() < SAVES:
            save_methods(world, app, practice, account)
        # Payers choose the ids of their payments: two accounts may have the same.
        whose = "" if pick.random() < SAME_IDS else account
        keys = [f"{practice[-1]}{whose}{tab}-" for tab in range(pick.randint(1, size.tabs))]
        tabs = [partial(payers.tab, AccountRef(practice, account), key) for key in keys]
        office.spawn("office", partial(office.work, AccountRef(practice, account), tabs))
    return playing


def has_guests(seed: str) -> bool:
    """Drawn as `recovers` is."""
    return random.Random(f"{seed} guests").random() < GUESTS


def has_guests_by_paypal(seed: str) -> bool:
    return has_guests(seed) and random.Random(f"{seed} paypal").random() < PAYPALS


def guests_come(
    world: World, app: App, seed: str, playing: Sequence[tuple[str, str]], *, plain: bool
) -> None:
    """In some schedules people pay without an account, staff find out for whom, and bills have links; the
    practice takes PayPal beside cards in some of those."""
    if not has_guests(seed):
        return
    pick = random.Random(f"{seed} who")
    guests, links = Guests(world, app, pick, plain=plain), BillLinks(world, app, pick, plain=plain)
    paypal = has_guests_by_paypal(seed)
    for practice in dict.fromkeys(of for of, _ in playing):
        if paypal:
            world.paypal(practice)
            before = app.practices.practice(practice)
            assert before is not None
            after = replace(before, processors=("stripe", "paypal"))
            app.practices.save_practice(after, before=before)
        mine = [name for of, name in playing if of == practice]
        app.people.save_client(practice, client(BESIDE))
        guests.spawn("beside", partial(guests.open_account, AccountRef(practice, BESIDE)))
        for number in range(pick.randint(1, 2)):
            visit = partial(guests.visit, practice, f"{practice}{number}", pick.choice(mine))
            guests.spawn("guest", visit)
        for number in range(pick.choice((1, 1, 2))):
            guests.spawn("desk", partial(guests.desk, practice, f"d{number}", [*mine, BESIDE]))
    for practice, account in playing:
        if pick.random() < 0.5:
            links.spawn("clerk", partial(links.clerk, AccountRef(practice, account)))


def _rest(world: World, machines: Machines, recovery: Recovery) -> bool:
    """The weather is fine again, banks answer; the product's own schedules must do the rest, and operators
    where a table came back. Whether nobody has looked for longer than reconcile looks back."""
    staff = Payers(world, recovery.app, world.random, plain=recovery.plain)
    nightly = world.random.random() < NIGHTLY or world.restored
    world.at += AWAY if nightly else timedelta()
    for stripe in world.houses.values():  # at night the books alone tell what the list has lost
        stripe.news.prompt, stripe.news.lost = True, nightly
    for hours in REST:
        world.at += timedelta(hours=24 if nightly or world.paypals else hours)
        for house in world.every_house():
            house.settle_pending()
        # What moved within its clock's error is to come for the night's pass: the next night's finds it.
        world.at += SKEWED if world.paypals else timedelta()
        if nightly or world.paypals:  # which keeps no list of its news
            machines.spawn("full pass", machines.full_pass)
        machines.spawn("reconcile", machines.reconcile)
        world.scheduler.run()
        recovery.operators_adopt(twice=False)
        machines.spawn("sweep", machines.sweep)
        if world.paypals:
            staff.spawn("staff", staff.ask_again)
        world.scheduler.run()
        unsettled = any(house.unsettled for house in world.every_house()) or adoptable(world)
        if auditor.at_rest(world.store.items) and not unsettled:
            break
    return nightly


def _late_news_changes_nothing(world: World, machines: Machines, outcome: Outcome) -> None:
    """Webhooks that arrive days later, and one more reconcile, find everything in the ledger already (I7)."""
    before = auditor.ledger_of(world.store.items)
    world.at += LATE
    for practice, body in machines.late:
        machines.spawn("late webhook", partial(machines.deliver, practice, body))
    machines.spawn("reconcile", machines.reconcile)
    world.scheduler.run()
    machines.spawn("sweep", machines.sweep)
    world.scheduler.run()
    if auditor.ledger_of(world.store.items) != before:
        outcome.findings.append("late webhooks or a second reconcile changed the ledger")
    outcome.findings += [f"after late news: {finding}" for finding in _safety(world)]


def _safety(world: World) -> list[str]:
    found = auditor.safety(world.store.items, world.store.journal, world.log, world.acknowledged)
    items = world.store.items
    return [*found, *saved.safety(items), *guest_books.safety(items), *world.broken]


def _verified(world: World, app: App) -> list[object]:
    """The product's own `verify` must have nothing to say where the auditor has not."""
    return [found for practice in world.houses for found in app.verifying.verify(practice).findings]


def _audit(world: World, *, plain: bool, away: bool) -> list[str]:
    found = list[str]()
    if world.restored:
        forget_uncaptured(world)
        found += forget_what_is_for_a_person(world)
    found += auditor.completeness(world.store.items, world.log, world.refused, world.mails)
    found += auditor.rounds_that_last(world.store.items)
    if not world.restored:  # else it is followed when somebody looks at it
        held = {name: set(kept) for house in world.houses.values() for name, kept in house.customers.items()}
        found += saved.completeness(world.store.items, held)
    if not world.restored:
        found += guest_books.completeness(world.store.items, world.log, world.bills, world.claimed)
    every = (refund for house in world.every_house() for refund in house.refunds_made())
    made = [refund for refund in every if (refund["practice"], refund["intent"]) not in world.by_hand]
    known = auditor.refunds_known(world.store.items, made, world.log, away=away, restored=world.restored)
    found += known
    if plain and not world.restored:  # charges are lost, too
        found += auditor.paid_once(world.store.items, world.log)
    return _safety(world) + found

"""Superbills: numbered without gaps, one for each clinician and stretch, never changed (issue 14)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from chalicelib.documents.domain.invoices import Counted
from chalicelib.documents.domain.superbill_lines import Gap
from chalicelib.documents.domain.superbills import (
    Stretch,
    Superbill,
    Superbilled,
    SuperbillStatus,
    SuperbillVoid,
)
from chalicelib.documents.ports.superbills import BATCH, SuperbillsToIssue
from chalicelib.documents.services.superbills.drafting import SuperbillWish
from chalicelib.documents.services.superbills.issuing import SuperbillIssuing
from chalicelib.documents.store.superbills import DynamoSuperbills
from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.practice.domain.practices import Client
from tests.unit.superbills.world import ADA, OCTOBER, WHOLE, AwsWorld

WISH = SuperbillWish(OCTOBER)
SEPTEMBER = Stretch("2026-09-01", "2026-09-30")


@pytest.fixture
def world() -> Iterator[AwsWorld]:
    world = AwsWorld()
    with world.on_aws():
        yield world


@pytest.fixture
def maya(world: AwsWorld) -> Client:
    return world.client("maya", legal_name="Maya Okafor")


def refused(world: AwsWorld, act: Callable[[], object], code: str) -> None:
    """And nothing is changed."""
    before = dict(world.cloud.store.items)
    with pytest.raises(BillfoldError) as caught:
        act()
    assert caught.value.code == code
    assert world.cloud.store.items == before


def test_a_superbill_says_what_stood_when_it_was_issued(world: AwsWorld, maya: Client) -> None:
    charge = world.serve(maya, "s1")
    world.pay(maya, "p1", 4_000)
    (superbill,) = world.bill(maya).issued
    assert (superbill.number, superbill.clinician_id, superbill.issued_on) == (1, "ada", "2026-11-05")
    assert (superbill.first, superbill.last, superbill.charge_ids) == ("2026-10-01", "2026-10-31", (charge,))
    assert (superbill.sums.fee_minor, superbill.sums.paid_minor, superbill.sums.unpaid_minor) == (
        10_000, 4_000, 6_000,
    )  # fmt: skip
    paper = world.paper_of(maya, 1)
    assert paper.digest == superbill.digest
    world.pay(maya, "p2", 6_000)
    assert world.paper_of(maya, 1) == paper
    assert paper.lines[0].paid_minor == 4_000


def test_each_clinician_has_one_and_a_second_run_issues_none(world: AwsWorld, maya: Client) -> None:
    """Issue 14: issued once per client, clinician and month."""
    world.serve(maya, "s1")
    world.serve(maya, "s2", clinician_id="ben")
    assert [(s.number, s.clinician_id) for s in world.bill(maya).issued] == [(1, "ada"), (2, "ben")]
    again = world.bill(maya)
    assert (again.issued, again.standing) == ([], [1, 2])
    world.serve(maya, "s3", "2026-09-02")
    assert [s.number for s in world.bill(maya, SEPTEMBER).issued] == [3]


def test_what_is_missing_for_one_keeps_the_others_from_nothing(world: AwsWorld, maya: Client) -> None:
    world.serve(maya, "s1", cpt="")
    world.serve(maya, "s2", clinician_id="ben")
    done = world.bill(maya)
    assert [s.clinician_id for s in done.issued] == ["ben"]
    assert [one.gap for one in done.missing] == [Gap.CODE]
    facts = FactChanges(cpt="90834")
    correcting = CorrectingFacts(world.app.ledgers, world.clock)
    correcting.correct(maya.ref("fern"), "k1", charge_external_id="s1", facts=facts, on="2026-11-05")
    again = world.bill(maya)
    assert ([s.clinician_id for s in again.issued], again.standing, again.missing) == (["ada"], [1], [])


def test_a_service_is_on_one_superbill_that_stands(world: AwsWorld, maya: Client) -> None:
    """Some days by hand, then the month by the clock: who is sent a service twice may pay it twice."""
    first, second = world.serve(maya, "s1", "2026-10-05"), world.serve(maya, "s2", "2026-10-20")
    assert [s.charge_ids for s in world.bill(maya, Stretch("2026-10-01", "2026-10-10")).issued] == [(first,)]
    month = world.bill(maya)
    assert ([s.charge_ids for s in month.issued], month.standing) == ([(second,)], [1])
    wide = world.bill(maya, Stretch("2026-09-15", "2026-10-31"))
    assert (wide.issued, wide.standing, wide.missing) == ([], [1, 2], [])
    world.pay(maya, "p1", 20_000)
    assert replaced(world, 2).charge_ids == (second,)
    world.app.superbill_issuing.void(world.practice, 1, actor="cli")
    assert [s.charge_ids for s in world.bill(maya, Stretch("2026-10-05", "2026-10-20")).issued] == [(first,)]


def test_what_was_another_clinicians_is_theirs_once_that_superbill_is_replaced(
    world: AwsWorld, maya: Client
) -> None:
    first, second = world.serve(maya, "s1"), world.serve(maya, "s2")
    world.bill(maya)
    facts = FactChanges(clinician_id="ben")
    correcting = CorrectingFacts(world.app.ledgers, world.clock)
    correcting.correct(maya.ref("fern"), "k1", charge_external_id="s2", facts=facts, on="2026-11-05")
    assert ([*world.bill(maya).issued], world.bill(maya).standing) == ([], [1])
    assert replaced(world, 1).charge_ids == (first,)
    after = world.bill(maya)
    assert [(s.clinician_id, s.charge_ids) for s in after.issued] == [("ben", (second,))]
    assert after.standing == [2]


def test_zero_lines_are_refused(world: AwsWorld, maya: Client) -> None:
    refused(world, lambda: world.bill(maya), "superbill_empty")


def test_everybodys_leaves_out_who_has_no_account_or_an_import_under_way(
    world: AwsWorld, maya: Client
) -> None:
    world.serve(maya, "s1")
    absent = replace(maya, id="nobody")
    held = Client("noah", "noah", "Noah", "", "en")
    world.post.open_account(held.ref("fern"), "USD", external_id="noah", hold="import-1")
    done = world.app.superbill_issuing.issue_all(world.practice, [absent, held, maya], WISH)
    assert [(client.id, len(came.issued)) for client, came in done] == [
        ("nobody", 0),
        ("noah", 0),
        ("maya", 1),
    ]


def test_a_replacement_says_what_it_replaces_and_the_former_one_is_void(
    world: AwsWorld, maya: Client
) -> None:
    world.serve(maya, "s1")
    world.bill(maya)
    refused(world, lambda: replaced(world, 1), "superbill_unchanged")
    world.pay(maya, "p1", 10_000)
    made = replaced(world, 1)
    assert (made.number, made.replaces, made.sums.paid_minor) == (2, 1, 10_000)
    assert world.paper_of(maya, 2).replaces == 1
    assert [(row.status, row.replaced_by) for row in world.superbills(maya)] == [
        (SuperbillStatus.REPLACED, 2), (SuperbillStatus.ISSUED, 0),
    ]  # fmt: skip
    void = world.app.superbills.voided(maya.ref("fern"), 1)
    assert void is not None
    assert (void.replaced_by, void.voided_on) == (2, "2026-11-05")
    refused(world, lambda: replaced(world, 1), "superbill_void")
    assert world.bill(maya).standing == [2]


def replaced(world: AwsWorld, number: int) -> Superbill:
    return world.app.superbill_issuing.replace(world.practice, number, actor="cli")


def test_what_cannot_be_replaced_is_refused(world: AwsWorld, maya: Client) -> None:
    world.serve(maya, "s1")
    world.bill(maya)
    refused(world, lambda: replaced(world, 2), "superbill_not_found")
    world.practice = replace(WHOLE, clinicians=(replace(ADA, npi=""),))
    refused(world, lambda: replaced(world, 1), "superbill_incomplete")
    world.practice = WHOLE
    facts = FactChanges(clinician_id="ben")
    correcting = CorrectingFacts(world.app.ledgers, world.clock)
    correcting.correct(maya.ref("fern"), "k1", charge_external_id="s1", facts=facts, on="2026-11-05")
    refused(world, lambda: replaced(world, 1), "superbill_empty")


def test_a_void_superbill_keeps_its_number_and_frees_its_days(world: AwsWorld, maya: Client) -> None:
    world.serve(maya, "s1")
    world.bill(maya)
    issuing = world.app.superbill_issuing
    void = issuing.void(world.practice, 1, actor="cli", notes="Wrong client")
    assert world.app.superbills.voided(maya.ref("fern"), 1) == void
    assert [row.status for row in world.superbills(maya)] == [SuperbillStatus.VOID]
    world.clock.advance(seconds=1)
    refused(world, lambda: issuing.void(world.practice, 1, actor="cli"), "superbill_void")
    refused(world, lambda: issuing.void(world.practice, 9, actor="cli"), "superbill_not_found")
    assert [s.number for s in world.bill(maya).issued] == [2]


def test_four_hundred_lines_are_issued(world: AwsWorld, maya: Client) -> None:
    """Issue 14: bad input, 400 lines."""
    for number in range(400):
        world.serve(maya, f"s{number:03d}")
    (superbill,) = world.bill(maya).issued
    assert len(superbill.charge_ids) == len(world.paper_of(maya, 1).lines) == 400


def test_more_clinicians_than_a_transaction_has_room_for_all_get_one(world: AwsWorld, maya: Client) -> None:
    many = tuple(replace(ADA, id=f"c{number:02d}") for number in range(BATCH + 3))
    world.practice = replace(WHOLE, clinicians=many)
    for clinician in many:
        world.serve(maya, f"s {clinician.id}", clinician_id=clinician.id)
    done = world.bill(maya)
    assert [s.number for s in done.issued] == list(range(1, BATCH + 4))
    assert done.standing == []


class Disturbed(DynamoSuperbills):
    """Something befalls the first transaction: before it, or after it, and then its reply is lost."""

    def __init__(self, before: Callable[[], object] = lambda: None, *, lost: bool = False) -> None:
        self.waiting = [before]
        self.lost = lost

    def issue(self, practice: str, issue: SuperbillsToIssue, *, counted: Counted) -> None:
        first = self.waiting.pop() if self.waiting else None
        if first:
            first()
        super().issue(practice, issue, counted=counted)
        if first and self.lost:
            raise Busy("reply lost")

    def void(
        self,
        practice: str,
        void: SuperbillVoid,
        *,
        before: Superbilled,
        after: Superbilled,
        counted: Counted,
    ) -> None:
        super().void(practice, void, before=before, after=after, counted=counted)
        if self.lost:
            raise Busy("reply lost")


class Late(DynamoSuperbills):
    """The first transaction's reply is lost, and its write is seen only when the work is tried again."""

    def __init__(self) -> None:
        self.late: list[Callable[[], None]] = []
        self.first = True

    def issue(self, practice: str, issue: SuperbillsToIssue, *, counted: Counted) -> None:
        write = partial(super().issue, practice, issue, counted=counted)
        if not self.first:
            return write()
        self.first = False
        self.late.append(write)
        raise Busy("reply lost")

    def counted(self, practice: str) -> Counted:
        while self.late:
            self.late.pop()()
        return super().counted(practice)


def issuing(world: AwsWorld, disturbed: DynamoSuperbills) -> SuperbillIssuing:
    return replace(world.app.superbill_issuing, superbills=disturbed)


@pytest.mark.parametrize("disturbed", [lambda: Disturbed(lost=True), Late])
def test_whose_reply_was_lost_looks_and_issues_none_twice(
    world: AwsWorld, maya: Client, disturbed: Callable[[], DynamoSuperbills]
) -> None:
    world.serve(maya, "s1")
    done = issuing(world, disturbed()).issue(world.practice, maya, WISH)
    assert ([s.number for s in done.issued], done.standing) == ([1], [])
    world.pay(maya, "p1", 500)
    made = issuing(world, disturbed()).replace(world.practice, 1, actor="cli")
    assert (made.number, made.replaces) == (2, 1)
    assert [number for number, _ in world.app.superbills.numbers("fern")] == [1, 2]
    void = issuing(world, Disturbed(lost=True)).void(world.practice, 2, actor="cli")
    assert void == world.app.superbills.voided(maya.ref("fern"), 2)


def test_of_two_at_once_the_second_takes_the_number_after(world: AwsWorld, maya: Client) -> None:
    noah = world.client("noah")
    for client in (maya, noah):
        world.serve(client, f"s {client.id}")
    faster = Disturbed(lambda: world.bill(noah))
    (made,) = issuing(world, faster).issue(world.practice, maya, WISH).issued
    assert (made.number, made.account_id) == (2, "maya")


def test_what_is_paid_while_it_is_being_issued_is_on_it(world: AwsWorld, maya: Client) -> None:
    world.serve(maya, "s1")
    paid = Disturbed(lambda: world.pay(maya, "p1", 10_000))
    (made,) = issuing(world, paid).issue(world.practice, maya, WISH).issued
    assert made.sums.paid_minor == 10_000


def test_who_never_comes_through_is_told(world: AwsWorld, maya: Client) -> None:
    class Never(DynamoSuperbills):
        def issue(self, practice: str, issue: SuperbillsToIssue, *, counted: Counted) -> None:
            raise Busy("down")

    world.serve(maya, "s1")
    with pytest.raises(Busy):
        issuing(world, Never()).issue(world.practice, maya, WISH)


def test_a_page_is_read_without_names_and_diagnoses_and_says_which_services_are_on_it(
    world: AwsWorld, maya: Client
) -> None:
    """Issue 14, T2: a page of 50 is a query and two rows, however many lines they have."""
    for number in range(60):
        day = f"2026-0{number // 28 + 1}-{number % 28 + 1:02d}"
        charge = world.serve(maya, f"s{number}", day)
        world.bill(maya, Stretch(day, day))
    world.cloud.calls.clear()
    page = world.app.superbill_showing.listed(maya.ref("fern"), cursor=None, limit=50)
    # the page; which stand; the practice
    assert world.cloud.calls == ["dynamodb Query", *["dynamodb GetItem"] * 2]
    assert [row.superbill.number for row in page.rows] == list(range(60, 10, -1))
    assert len(page.services) == 50
    assert page.services[charge] == "superbill-60"
    rest = world.app.superbill_showing.listed(maya.ref("fern"), cursor=page.next_cursor, limit=50)
    assert [row.superbill.number for row in rest.rows] == list(range(10, 0, -1))
    kept = next(row for key, row in world.cloud.store.items.items() if "DOC#superbill#000000000001" in key)
    assert "F41" not in str(kept)


def test_a_service_is_led_to_the_superbill_that_stands(world: AwsWorld, maya: Client) -> None:
    charge = world.serve(maya, "s1")
    world.bill(maya)
    world.pay(maya, "p1", 100)
    replaced(world, 1)
    showing = world.app.superbill_showing
    assert showing.listed(maya.ref("fern"), cursor=None, limit=50).services == {charge: "superbill-2"}
    world.app.superbill_issuing.void(world.practice, 2, actor="cli")
    assert showing.listed(maya.ref("fern"), cursor=None, limit=50).services == {}


def test_an_account_is_full_at_some_number(
    monkeypatch: pytest.MonkeyPatch, world: AwsWorld, maya: Client
) -> None:
    monkeypatch.setattr("chalicelib.documents.domain.superbills.MAX_STRETCHES", 1)
    world.serve(maya, "s1")
    world.serve(maya, "s2", "2026-09-02")
    world.bill(maya)
    with pytest.raises(Refused, match="too_many_superbills"):
        world.bill(maya, SEPTEMBER)

"""Issue superbills, replace them and void them: numbers without gaps, one for each clinician and stretch.

A transaction has a client's superbills whole, the practice's counter, what of the account is then on
superbills, and the version of the account that they rest on. Of two at once the counter lets one through, and
the other reads anew. Run again, a command leaves what stands for the same clinician and days.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.documents.domain.invoices import Counted
from chalicelib.documents.domain.superbill_lines import Missing
from chalicelib.documents.domain.superbills import DraftSuperbill, Superbill, Superbilled, SuperbillVoid
from chalicelib.documents.ports.superbills import BATCH, Superbills, SuperbillsToIssue
from chalicelib.documents.services.superbills.drafting import SuperbillDrafting, SuperbillPlan, SuperbillWish
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.services.recording import ATTEMPTS
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People


@dataclass(frozen=True, slots=True)
class SuperbillsIssued:
    """What came of a wish for one client. `standing`: the numbers of those that were there before, and have
    services of these days."""

    issued: Sequence[Superbill]
    standing: Sequence[int]
    missing: Sequence[Missing]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one transaction is to issue, of that plan; `void` takes back the one that is replaced."""

    plan: SuperbillPlan
    drafts: Sequence[DraftSuperbill]
    void: SuperbillVoid | None = None

    def numbered(self, ref: AccountRef, before: Superbilled, counted: Counted) -> SuperbillsToIssue:
        """Error: Refused too_many_superbills."""
        after, made = before, []
        for number, draft in enumerate(self.drafts, counted.last + 1):
            superbill = draft.numbered(number)
            after = after.with_issued(superbill)
            made.append((superbill, draft.paper))
        void = replace(self.void, replaced_by=made[0][0].number) if self.void else None
        return SuperbillsToIssue(ref, self.plan.account.version, before, after, made, void)


Want = Callable[[Superbilled], _Wanted | None]


@dataclass(frozen=True)
class SuperbillIssuing:
    drafting: SuperbillDrafting
    superbills: Superbills
    people: People
    clock: Clock

    def issue(self, practice: Practice, client: Client, wish: SuperbillWish) -> SuperbillsIssued:
        """Errors: as `SuperbillDrafting.plan`; Refused superbill_empty, where there is no service that a
        superbill has; too_many_superbills. Safe to repeat: what stands is not issued again."""
        done = self._issued(practice, client, wish, self.drafting.plan)
        if not (done.issued or done.standing or done.missing):
            raise Refused("superbill_empty")
        return done

    def issue_all(
        self, practice: Practice, clients: Iterable[Client], wish: SuperbillWish
    ) -> Iterator[tuple[Client, SuperbillsIssued]]:
        """As they are issued; who has no account yet, or an import that has not ended, has none. Errors: as
        `issue`, but superbill_empty."""
        for client in clients:
            yield client, self._issued(practice, client, wish, self.drafting.plan_if_there)

    def replace(self, practice: Practice, number: int, *, actor: str, notes: str = "") -> Superbill:
        """One that says what stands now, of the same clinician and days, and which one it replaces.

        Errors: NotFound superbill_not_found, account_not_found; Refused superbill_void, of one that does not
        stand any more, superbill_empty, superbill_incomplete, superbill_unchanged, account_updating; Busy.
        """
        ref, former = self._found(practice, number)
        client = present(self.people.client(ref.practice, ref.account), "account_not_found")
        void = self._void(practice, former, actor=actor, notes=notes)

        def want(before: Superbilled) -> _Wanted:
            _check_standing(before, number)
            plan = self.drafting.plan(practice, client, SuperbillWish(former.stretch, former.clinician_id))
            self._check_news(former, ref, plan)
            return _Wanted(plan, [draft.replacing(number) for draft in plan.drafts], void)

        (made,), *_ = self._written(ref, want)
        return made

    def check_replaceable(self, practice: Practice, number: int) -> None:
        """What `replace` would be refused for; writes nothing. Errors: as `replace`."""
        ref, former = self._found(practice, number)
        self.check_standing(practice, number)
        client = present(self.people.client(ref.practice, ref.account), "account_not_found")
        plan = self.drafting.plan(practice, client, SuperbillWish(former.stretch, former.clinician_id))
        self._check_news(former, ref, plan)

    def check_standing(self, practice: Practice, number: int) -> None:
        """Errors: NotFound superbill_not_found; Refused superbill_void."""
        ref, _ = self._found(practice, number)
        _check_standing(self.superbills.superbilled(ref), number)

    def void(self, practice: Practice, number: int, *, actor: str, notes: str = "") -> SuperbillVoid:
        """Errors: NotFound superbill_not_found; Refused superbill_void, of one that does not stand any more;
        Busy."""
        ref, superbill = self._found(practice, number)
        void, tried = self._void(practice, superbill, actor=actor, notes=notes), False
        for attempt in range(ATTEMPTS):
            counted, before = self.superbills.counted(practice.id), self.superbills.superbilled(ref)
            if tried and self.superbills.voided(ref, number) == void:  # our own, whose reply was lost
                return void
            _check_standing(before, number)
            try:
                after = before.without(superbill)
                self.superbills.void(practice.id, void, before=before, after=after, counted=counted)
            except (Conflict, Busy):
                tried = True
                self.clock.pause(attempt)
            else:
                return void
        raise Busy("the practice's superbills stay contended")

    def _issued(
        self,
        practice: Practice,
        client: Client,
        wish: SuperbillWish,
        plan: Callable[[Practice, Client, SuperbillWish], SuperbillPlan | None],
    ) -> SuperbillsIssued:
        def want(before: Superbilled) -> _Wanted | None:
            found = plan(practice, client, wish)
            if found is None:
                return None
            drafts = [d for d in found.drafts if not before.number(d.stretch, d.clinician_id)]
            return _Wanted(found, drafts[:BATCH])

        ref, issued = client.ref(practice.id), list[Superbill]()
        while True:
            made, before, wanted = self._written(ref, want)
            issued += made
            if wanted is None or len(made) < BATCH:
                return _told(issued, before, wanted)

    def _written(
        self, ref: AccountRef, want: Want
    ) -> tuple[Sequence[Superbill], Superbilled, _Wanted | None]:
        """What one transaction issued, what stood before, and what was wanted."""
        tried = list[tuple[SuperbillsToIssue, _Wanted]]()
        for attempt in range(ATTEMPTS):
            counted, before = self.superbills.counted(ref.practice), self.superbills.superbilled(ref)
            for issue, wanted in tried:
                if self._landed(issue):
                    return _superbills(issue), issue.before, wanted
            found = want(before)
            if found is None or not found.drafts:
                return (), before, found
            issue = found.numbered(ref, before, counted)
            try:
                self.superbills.issue(ref.practice, issue, counted=counted)
            except (Conflict, Busy):
                tried.append((issue, found))
                self.clock.pause(attempt)
            else:
                return _superbills(issue), before, found
        raise Busy("the practice's superbills stay contended")

    def _landed(self, issue: SuperbillsToIssue) -> bool:
        """Whether it was written after all, though no reply came."""
        superbill, _ = issue.superbills[0]
        return self.superbills.superbill(issue.ref, superbill.number) == superbill

    def _found(self, practice: Practice, number: int) -> tuple[AccountRef, Superbill]:
        ref = present(self.superbills.account_of(practice.id, number), "superbill_not_found", "number")
        return ref, present(self.superbills.superbill(ref, number), "superbill_not_found", "number")

    def _void(self, practice: Practice, superbill: Superbill, *, actor: str, notes: str) -> SuperbillVoid:
        at = instant(self.clock.now())
        on = local_date(at, practice.timezone)
        return SuperbillVoid(superbill.number, superbill.account_id, on, at, actor, notes=notes)

    def _check_news(self, former: Superbill, ref: AccountRef, plan: SuperbillPlan) -> None:
        """Whether there is one to issue, and it says something else."""
        if not plan.drafts:
            raise Refused("superbill_incomplete" if plan.missing else "superbill_empty", "number")
        said = self.superbills.paper(ref, former.number)
        if said and replace(said, replaces=0) == plan.drafts[0].paper:
            raise Refused("superbill_unchanged", "number")


def _check_standing(superbilled: Superbilled, number: int) -> None:
    if str(number) in superbilled.voided:
        raise Refused("superbill_void", "number")


def _superbills(issue: SuperbillsToIssue) -> list[Superbill]:
    return [superbill for superbill, _ in issue.superbills]


def _told(issued: Sequence[Superbill], before: Superbilled, wanted: _Wanted | None) -> SuperbillsIssued:
    if wanted is None:
        return SuperbillsIssued(issued, (), ())
    numbers = [before.number(draft.stretch, draft.clinician_id) for draft in wanted.plan.drafts]
    own = {superbill.number for superbill in issued}
    there = sorted({*numbers, *wanted.plan.elsewhere} - own - {0})
    return SuperbillsIssued(issued, there, wanted.plan.missing)

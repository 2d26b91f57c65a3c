"""Writing a plan so that no half of it is ever seen: hide the accounts, post, show them, then let people in.

Killed anywhere, the same files run again finish it: what is posted is found by its marker, what is hidden
by the import's id, and a client row is only changed after the grants that follow from the change. From the
first write to the last the practice's register has it: nobody finds an account before its client's row is
there.

What staff or a payer posted since the import began may forbid a row (the charge was taken back, the rest was
paid). That row alone is left out and told; the others do not wait for it, and nobody stays hidden. So are all
rows of an account that another import, or an undoing, has hidden since the plan: half of it would be shown.
And so are all rows of an account in which one of them may have been posted since, under another id.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.services.directory import Update
from chalicelib.importing.services.granting import Granted
from chalicelib.importing.services.meanwhile import posted_meanwhile
from chalicelib.importing.services.planning import AccountPlan, Plan, ordered
from chalicelib.importing.services.progress import Progress, Together
from chalicelib.importing.services.unfinished import in_the_way
from chalicelib.importing.services.writing import Writing
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import IMPORT, of_import
from chalicelib.kernel.errors import Refused, Stale
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.posting import Posting
from chalicelib.ledger.services.recording import ATTEMPTS
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People
from chalicelib.practice.services.address_hashes import person_by_hash

DecideAgain = Callable[[AccountPlan], tuple[AccountPlan, Sequence[Problem]]]
"""What an account gets, once it is hidden, and what of it somebody has posted otherwise since the plan."""
LetGo = Callable[[str, str], None]
"""What is done, in a practice, with what a payer has saved there."""


@dataclass(frozen=True)
class Applying:
    ledgers: Ledgers
    people: People
    register: Register
    clock: Clock
    together: Together
    progress: Progress
    actor: str = IMPORT.text
    alerting: Alerting | None = None
    let_go: LetGo | None = None
    decide_again: DecideAgain | None = None

    def apply(self, plan: Plan) -> tuple[Problem, ...]:
        """The rows that are refused by now; all the rest is in. Error: Busy, run it again."""
        practice, directory = plan.practice.id, plan.directory
        post = self._writing(plan)
        self.progress.start("writing", plan.steps + len(directory))
        self._begin(plan)
        tried = self.together(lambda account: self._hide(plan, account), plan.held)
        pairs = zip(plan.held, tried, strict=True)
        directory = directory.settled(
            {planned.ref.account: account.ref.account for planned, (account, _) in pairs}
        )
        others = [self._left(plan, account, other) for account, other in tried if other]
        held, overtaken = self._decided_again([account for account, other in tried if not other])
        refused = self.together(lambda account: self._posted(plan, post, account), held)
        self.together(lambda client: self._add_client(practice, client), directory.new)
        self.together(lambda account: self._show(plan, account), held)
        for people in directory.in_order:
            self.together(lambda granted: self._save_person(practice, granted), people)
        saved = (*directory.updates, *directory.remembered)
        stale = self.together(lambda update: self._save_client(practice, update), saved)
        self._end(plan)
        return ordered(chain.from_iterable((*others, *overtaken, *refused, *stale)))

    def _posted(self, plan: Plan, post: Writing, account: AccountPlan) -> list[Problem]:
        """Looked at again right before: many accounts take long, and staff go on posting."""
        kept, left = posted_meanwhile(self.ledgers, plan.import_id, account)
        self.progress.advance(len(left))
        return [*left, *post.post(kept.ref, kept.steps)]

    def _decided_again(
        self, held: Sequence[AccountPlan]
    ) -> tuple[list[AccountPlan], list[Sequence[Problem]]]:
        if self.decide_again is None:
            return list(held), []
        decided = self.together(self.decide_again, held)
        return [account for account, _ in decided], [problems for _, problems in decided]

    def _begin(self, plan: Plan) -> None:
        if plan.ids_key:
            self.register.keep_ids_key(plan.practice.id, plan.ids_key)
        self.register.begin(
            plan.practice.id, plan.import_id, actor=self.actor, rows=plan.rows, accounts=len(plan.held),
            files=plan.files,
        )  # fmt: skip

    def _end(self, plan: Plan) -> None:
        for found in self.register.under_way(plan.practice.id):
            if found.id == plan.import_id:
                self.register.end(plan.practice.id, found)
            elif found in plan.given_up:
                self.register.give_up(plan.practice.id, found)

    def _hide(self, plan: Plan, account: AccountPlan) -> tuple[AccountPlan, str]:
        """The plan of the client's account as there is one now: another import may have made it meanwhile.
        And the id of what hides it, where that is not this import, nor one that it takes over."""
        practice, posting = plan.practice, self._posting()
        if account.new:
            try:
                made = posting.open_account(
                    account.ref, practice.currency,
                    external_id=account.client_id, hold=plan.import_id,
                )  # fmt: skip
                if made:
                    return account, ""
            except Refused as error:
                if error.code != "external_id_taken":
                    raise
                known = self.people.accounts_of(practice.id, [account.client_id])
                account = replace(account, ref=AccountRef(practice.id, known[account.client_id]))
        return account, posting.hold(account.ref, plan.import_id, over=account.unfinished)

    def _left(self, plan: Plan, account: AccountPlan, other: str) -> list[Problem]:
        """None of its rows is written while `other` hides the account."""
        code, which = in_the_way(self.register, plan.practice, other, take_over=False)
        self.progress.advance(len(account.steps))
        return [step.row.problem("", code, which=which) for step in account.steps]

    def _writing(self, plan: Plan) -> Writing:
        """Entries of files say which import they are of: by that it is taken back."""
        actor = of_import(plan.import_id) if self.actor == IMPORT.text else self.actor
        return Writing(self.ledgers, self.clock, self.progress, actor, self.alerting)

    def _show(self, plan: Plan, account: AccountPlan) -> None:
        self._posting().release(account.ref, plan.import_id)

    def _posting(self) -> Posting:
        return Posting(self.ledgers, self.clock, self.actor, self.alerting)

    def _add_client(self, practice: str, client: Client) -> None:
        try:
            self.people.save_client(practice, client)
        except Stale:  # another import was faster: what this one gives stands, as its rows come later
            known = self.people.client(practice, client.id)
            self.people.save_client(practice, client, before=known)
        self.progress.advance()

    def _save_client(self, practice: str, update: Update) -> list[Problem]:
        """What somebody else changed since is told, and stays."""
        self.progress.advance()
        try:
            self.people.save_client(practice, update.after, before=update.before)
        except Stale as error:
            return [update.row.problem("client_id", error.code, **error.details)]
        return []

    def _save_person(self, practice: str, granted: Granted) -> None:
        """Only the grants of the file's clients are this import's: over others' changes it grants anew."""
        if granted.leaving and granted.before and self.let_go:  # who reads the new address may be another
            self.let_go(practice, granted.before.payer_id)
        for _ in range(ATTEMPTS):
            try:
                if granted.needed:
                    self.people.save_person(
                        practice, granted.after, before=granted.before, leaving=granted.leaving
                    )
                self.progress.advance()
                return
            except (Stale, Conflict) as error:
                known = person_by_hash(self.people, practice, granted.after.address_hash)
                if known is None or granted.leaving:
                    raise Busy("the person, or whose address it is, changed meanwhile") from error
                granted = granted.over(known)
        raise Busy("the person stays contended")

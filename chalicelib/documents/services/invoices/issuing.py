"""Issue invoices and void them: numbers without gaps, no service on two, wherever the work was cut off.

A transaction has some invoices whole, the practice's counter, what is then invoiced of each account, and the
versions of the accounts that they rest on. Of two at once the counter lets one through, and the other reads
anew. Run again, a command goes on with what is on no invoice yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, islice

from chalicelib.documents.domain import invoices as rules
from chalicelib.documents.domain.invoices import (
    Counted,
    Days,
    DraftInvoice,
    Grouping,
    Invoice,
    Invoiced,
    Void,
)
from chalicelib.documents.ports.invoices import BATCH, Invoices, ToIssue
from chalicelib.documents.services.estimates.bill_notices import BillNotices, BillNoticing
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, NotFound, Refused, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import OpenItem
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.recording import ATTEMPTS
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Practice, pay_link_generation

LINES = 2_000  # in one transaction: well below its 4 MB, however long the names


@dataclass(frozen=True, slots=True)
class InvoiceWish:
    """`charge_ids`: only these services, of which those on an invoice stay there; without them all that is
    owed and on no invoice. `due_on` (YYYY-MM-DD): "" for the practice's days after the issue. `days`: only
    services of these days."""

    grouping: Grouping = Grouping.CLIENT
    charge_ids: tuple[str, ...] = ()
    due_on: str = ""
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be issued to an account as it was read."""

    ref: AccountRef
    account: Account
    invoiced: Invoiced
    drafts: Sequence[DraftInvoice]

    def numbered(self, first: int) -> ToIssue:
        """Error: Refused too_many_invoiced."""
        after, made = self.invoiced, []
        for number, draft in enumerate(self.drafts, first):
            invoice = draft.numbered(number)
            after = after.with_invoice(invoice, (line.charge_id for line in draft.paper.lines))
            made.append((invoice, draft.paper))
        return ToIssue(self.ref, self.account.version, self.invoiced, after, made)


@dataclass(frozen=True)
class InvoiceIssuing:
    """`public_url` is the portal's origin, without a final slash."""

    ledgers: Ledgers
    invoices: Invoices
    noticing: BillNoticing
    clock: Clock
    public_url: str

    def foresee(self, practice: Practice, client: Client, wish: InvoiceWish) -> Sequence[DraftInvoice]:
        """What `issue` would issue to the client, unnumbered; writes nothing. Errors: NotFound
        account_not_found, charge_not_found; Invalid due_date_early; Refused account_updating,
        charge_not_open, charge_invoiced where all chosen services are; Busy."""
        return self._plan(practice, client, wish).drafts

    def issue(self, practice: Practice, client: Client, wish: InvoiceWish) -> Sequence[Invoice]:
        """Errors: as `foresee`; Refused nothing_to_invoice, too_many_invoiced. Safe to repeat: what is on an
        invoice is on no other."""
        return list(self.issue_in_turn(practice, client, wish))

    def issue_in_turn(self, practice: Practice, client: Client, wish: InvoiceWish) -> Iterator[Invoice]:
        """As `issue`, each as it is issued: what comes before an error is issued."""
        found = False
        for invoice in self._issued(practice, [client], wish):
            found = True
            yield invoice
        if not found:
            raise Refused("nothing_to_invoice")

    def issue_all(
        self, practice: Practice, clients: Iterable[Client], wish: InvoiceWish
    ) -> Iterator[Sequence[Invoice]]:
        """As they are issued, some clients at a time; who has nothing to invoice, no account yet, or an
        import that has not ended, is left out. Error: Busy."""
        rest = iter(clients)
        while some := list(islice(rest, BATCH)):
            yield list(self._issued(practice, some, wish, bulk=True))

    def void(self, practice: Practice, number: int, *, actor: str, notes: str = "") -> Void:
        """Errors: NotFound invoice_not_found; Refused invoice_void, of one that is void already; Busy."""
        ref = present(self.invoices.account_of(practice.id, number), "invoice_not_found", "number")
        at = instant(self.clock.now())
        void = Void(number, ref.account, local_date(at, practice.timezone), at, actor, notes)
        tried = False
        for attempt in range(ATTEMPTS):
            counted, before = self.invoices.counted(practice.id), self.invoices.invoiced(ref)
            if not before.on(number):
                if tried and self.invoices.voided(ref, number) == void:  # our own, whose reply was lost
                    return void
                raise Refused("invoice_void", "number")
            try:
                self.invoices.void(practice.id, void, before=before, counted=counted)
            except (Conflict, Busy):
                tried = True
                self.clock.pause(attempt)
            else:
                return void
        raise Busy("the practice's invoices stay contended")

    def _issued(
        self, practice: Practice, clients: Sequence[Client], wish: InvoiceWish, *, bulk: bool = False
    ) -> Iterator[Invoice]:
        whole = False
        while not whole:
            accounts, whole = self._batch(practice, clients, wish, bulk=bulk)
            yield from (invoice for one in accounts for invoice, _ in one.invoices)
            on_paper = {line.charge_id for one in accounts for _, p in one.invoices for line in p.lines}
            left = tuple(id_ for id_ in wish.charge_ids if id_ not in on_paper)
            wish = replace(wish, charge_ids=left)

    def _batch(
        self, practice: Practice, clients: Sequence[Client], wish: InvoiceWish, *, bulk: bool
    ) -> tuple[Sequence[ToIssue], bool]:
        """What one transaction issued, and whether that was all."""
        plan = self._plan_in_bulk if bulk else self._plan
        tried = list[tuple[Sequence[ToIssue], bool]]()
        for attempt in range(ATTEMPTS):
            counted = self.invoices.counted(practice.id)
            if landed := self._landed(tried):
                return landed
            taken, whole = _taken(filter(None, (plan(practice, client, wish) for client in clients)))
            accounts = _numbered(taken, counted)
            if not accounts or self._commits(practice, accounts, counted, attempt):
                return accounts, whole
            tried.append((accounts, whole))
        if landed := self._landed(tried):
            return landed
        raise Busy("the practice's invoices stay contended")

    def _commits(
        self, practice: Practice, accounts: Sequence[ToIssue], counted: Counted, attempt: int
    ) -> bool:
        """Where no reply comes they may have been issued all the same, or be so in a while."""
        try:
            self.invoices.issue(practice.id, accounts, counted=counted)
        except (Conflict, Busy):
            self.clock.pause(attempt)
            return False
        return True

    def _landed(
        self, tried: Iterable[tuple[Sequence[ToIssue], bool]]
    ) -> tuple[Sequence[ToIssue], bool] | None:
        """That of them which was written after all."""
        for accounts, whole in tried:
            invoice, _ = accounts[0].invoices[0]
            if self.invoices.invoice(accounts[0].ref, invoice.number) == invoice:
                return accounts, whole
        return None

    def _plan_in_bulk(self, practice: Practice, client: Client, wish: InvoiceWish) -> _Plan | None:
        """None of whom nothing is to be invoiced now."""
        account = self.ledgers.account(client.ref(practice.id))
        return None if account is None or account.hold else self._planned(practice, client, account, wish)

    def _plan(self, practice: Practice, client: Client, wish: InvoiceWish) -> _Plan:
        account = present(self.ledgers.account(client.ref(practice.id)), "account_not_found")
        if account.hold:
            raise Refused("account_updating")
        return self._planned(practice, client, account, wish)

    def _planned(self, practice: Practice, client: Client, account: Account, wish: InvoiceWish) -> _Plan:
        ref = client.ref(practice.id)
        invoiced = self.invoices.invoiced(ref)
        items = rules.open_to_invoice(account.ledger, invoiced, wish.days)
        if wish.charge_ids:
            items = self._chosen(ref, items, invoiced, wish.charge_ids)
        drafts = self._drafts(practice, client, account, rules.grouped(items, wish.grouping), wish)
        return _Plan(ref, account, invoiced, drafts)

    def _chosen(
        self, ref: AccountRef, items: Sequence[OpenItem], invoiced: Invoiced, charge_ids: Sequence[str]
    ) -> list[OpenItem]:
        """What an earlier run has invoiced is left as it is, as long as something is left to invoice."""
        free = {item.charge_id for item in items}
        left = [charge_id for charge_id in charge_ids if charge_id not in invoiced.charges]
        if not left:
            first = charge_ids[0]
            raise Refused("charge_invoiced", "charges", number=invoiced.charges[first], charge_id=first)
        for charge_id in left:
            if charge_id not in free:
                if charge_id not in self.ledgers.charges(ref, [charge_id]):
                    raise NotFound("charge_not_found", "charges", charge_id=charge_id)
                raise Refused("charge_not_open", "charges", charge_id=charge_id)
        return [item for item in items if item.charge_id in charge_ids]

    def _drafts(
        self,
        practice: Practice,
        client: Client,
        account: Account,
        groups: Iterable[Sequence[OpenItem]],
        wish: InvoiceWish,
    ) -> list[DraftInvoice]:
        at = instant(self.clock.now())
        today = local_date(at, practice.timezone)
        due = (date.fromisoformat(today) + timedelta(days=practice.invoice_days)).isoformat()
        if wish.due_on and wish.due_on < today:
            raise Invalid("due_date_early", "due")
        pay_at = f"{self.public_url}/{practice.id}/billing"
        groups = list(groups)
        written_off = self._written_off(client.ref(practice.id), chain.from_iterable(groups))
        said = self.noticing.of(practice, client, account) if groups else BillNotices()
        return [
            DraftInvoice(
                account.id, account.ledger.currency, today, wish.due_on or due, at,
                rules.paper(
                    practice, client, items, written_off, pay_at=pay_at,
                    pay_link=pay_link_generation(practice, client),
                    notices=said.on({item.charge_id for item in items}),
                ),
            )
            for items in groups
        ]  # fmt: skip

    def _written_off(self, ref: AccountRef, items: Iterable[OpenItem]) -> Mapping[str, int]:
        """Of the services' adjustments. What happened since they were charged is read where there are any:
        the account's version holds, so that it is what the invoice rests on."""
        adjusted = [item.charge_id for item in items if item.adjustments_minor]
        if not adjusted:
            return {}
        charges = self.ledgers.charges(ref, adjusted).values()
        first = min((charge.seq for charge in charges), default=1)
        return rules.written_off(self.ledgers.entries(ref, first=max(first, 1)))


def _taken(plans: Iterable[_Plan]) -> tuple[list[_Plan], bool]:
    """As much of them as goes into one transaction, and whether that is all."""
    taken, invoices, lines = list[_Plan](), 0, 0
    for plan in plans:
        some = list[DraftInvoice]()
        for draft in plan.drafts:
            invoices, lines = invoices + 1, lines + len(draft.paper.lines)
            if invoices > BATCH or lines > LINES:
                return [*taken, replace(plan, drafts=some)], False
            some.append(draft)
        taken.append(replace(plan, drafts=some))
    return taken, True


def _numbered(plans: Iterable[_Plan], counted: Counted) -> list[ToIssue]:
    made, first = list[ToIssue](), counted.last + 1
    for plan in plans:
        if plan.drafts:
            made.append(plan.numbered(first))
            first += len(plan.drafts)
    return made

"""Superbills in DynamoDB: issued, replaced and voided in one conditional transaction each.

P#practice#SUPERBILLS       COUNTER                       the practice's latest number
P#practice#SUPERBILLS       N#000000000017                whose superbill has the number
P#practice#A#account        SUPERBILLED                   which stand, and what replaced the others
P#practice#A#account        DOC#superbill#000000000017    the superbill, for lists: no diagnosis, and no name
P#practice#A#account        PAPER#superbill#000000000017  its names, diagnoses and lines
P#practice#A#account        VOID#superbill#000000000017   what took it back
"""

from collections.abc import Iterator, Sequence

from pynamodb.exceptions import DoesNotExist

from chalicelib.documents.domain.invoices import Counted
from chalicelib.documents.domain.superbills import Superbill, Superbilled, SuperbillPaper, SuperbillVoid
from chalicelib.documents.ports.superbills import Superbills, SuperbillsToIssue
from chalicelib.documents.store import numbered
from chalicelib.documents.store.numbered import CounterRow, NumberRow, Put, Series, row_of, sk, together
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.ledger.store.items import AccountItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec, VersionedBody
from chalicelib.platform.dynamo.table import guarded, shard

KIND = "superbill"
_DOCUMENT = f"DOC#{KIND}#"
_PAPER = f"PAPER#{KIND}#"
_VOID = f"VOID#{KIND}#"
_SUPERBILLED = "SUPERBILLED"

SUPERBILLS = Codec(Superbill)
PAPERS = Codec(
    SuperbillPaper, private=frozenset({"billing", "clinician", "supervisor", "client", "diagnoses", "lines"})
)
VOIDS = Codec(SuperbillVoid, private=frozenset({"notes"}))
SUPERBILLED = Codec(Superbilled, elsewhere=frozenset({"version"}))


class SuperbillItem(Body, discriminator="superbill"):
    """Its body never changes. It is in the work list until somebody is told of it."""

    @classmethod
    def of(cls, practice: str, superbill: Superbill) -> "SuperbillItem":
        name = sk(_DOCUMENT, superbill.number)
        return cls(
            keys.account(superbill.ref(practice)), name, gsi1sk=name,
            gsi2pk=keys.due(KIND, shard(superbill.account_id)), gsi2sk=superbill.issued_at,
            **SUPERBILLS.parts(superbill),
        )  # fmt: skip

    def superbill(self) -> Superbill:
        return SUPERBILLS.read(self, f"superbill {numbered.number_of(self.sk)}")


class SuperbillPaperItem(Body, discriminator="superbill-paper"):
    """Never changes. Apart from the superbill, so that a list reads no diagnoses and no lines."""


class SuperbillVoidItem(Body, discriminator="superbill-void"):
    """Never changes."""


class SuperbilledItem(VersionedBody, discriminator="superbilled"):
    def superbilled(self) -> Superbilled:
        return SUPERBILLED.read(self, "what is on superbills", version=int(self.version))


class SuperbillCounterItem(CounterRow, discriminator="superbill-counter"):
    pass


class SuperbillNumberItem(NumberRow, discriminator="superbill-number"):
    pass


_SERIES = Series(keys.superbills, SuperbillCounterItem, SuperbillNumberItem)


class DynamoSuperbills(Superbills):
    def counted(self, practice: str) -> Counted:
        return _SERIES.counted(practice)

    @guarded
    def superbilled(self, ref: AccountRef) -> Superbilled:
        try:
            row = SuperbilledItem.get(keys.account(ref), _SUPERBILLED, consistent_read=True)
        except DoesNotExist:
            return Superbilled()
        return row.superbilled()

    def issue(self, practice: str, issue: SuperbillsToIssue, *, counted: Counted) -> None:
        puts = [*_puts(practice, issue), _superbilled(issue.ref, issue.before, issue.after)]
        if issue.void:
            puts.append(_voided(issue.ref, issue.void))
        last = max(superbill.number for superbill, _ in issue.superbills)
        puts.append(_SERIES.counter(practice, counted, last))
        unmoved = AccountItem.version == issue.account_version
        together(KIND, puts, [(AccountItem(keys.account(issue.ref), "ACCT"), unmoved)])

    def count_on_from(self, practice: str, last: int, *, counted: Counted) -> None:
        together(KIND, [_SERIES.counter(practice, counted, last)])

    def void(
        self,
        practice: str,
        void: SuperbillVoid,
        *,
        before: Superbilled,
        after: Superbilled,
        counted: Counted,
    ) -> None:
        ref = void.ref(practice)
        counter = _SERIES.counter(practice, counted, counted.last)
        together(KIND, [_voided(ref, void), _superbilled(ref, before, after), counter])

    def superbill(self, ref: AccountRef, number: int) -> Superbill | None:
        row = row_of(SuperbillItem, ref, _DOCUMENT, number)
        return row.superbill() if row else None

    def paper(self, ref: AccountRef, number: int) -> SuperbillPaper | None:
        row = row_of(SuperbillPaperItem, ref, _PAPER, number)
        return PAPERS.read(row, f"paper of superbill {number}") if row else None

    def voided(self, ref: AccountRef, number: int) -> SuperbillVoid | None:
        row = row_of(SuperbillVoidItem, ref, _VOID, number)
        return VOIDS.read(row, f"void of superbill {number}") if row else None

    def untold(self, ref: AccountRef, number: int) -> bool:
        row = row_of(SuperbillItem, ref, _DOCUMENT, number)
        return row is not None and row.gsi2pk is not None

    def latest_untold(self, ref: AccountRef) -> Sequence[int]:
        return numbered.latest_untold(SuperbillItem, ref, _DOCUMENT)

    def told(self, ref: AccountRef, number: int) -> None:
        numbered.off_the_list(SuperbillItem, ref, _DOCUMENT, number)

    def account_of(self, practice: str, number: int) -> AccountRef | None:
        return _SERIES.account_of(practice, number)

    def numbers(self, practice: str) -> Iterator[tuple[int, AccountRef]]:
        return _SERIES.all(practice)

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Superbill]:
        rows, after = numbered.page_of(SuperbillItem, ref, _DOCUMENT, cursor=cursor, limit=limit)
        return Page([row.superbill() for row in rows], after)

    def between(self, ref: AccountRef, *, first: int, last: int) -> Iterator[Superbill]:
        rows = numbered.listed_between(SuperbillItem, ref, _DOCUMENT, first, last)
        return (row.superbill() for row in rows)

    def all_of(self, ref: AccountRef) -> Iterator[Superbill]:
        rows = numbered.every(SuperbillItem, keys.account(ref), _DOCUMENT)
        return (row.superbill() for row in rows)


def _puts(practice: str, issue: SuperbillsToIssue) -> Iterator[Put]:
    for superbill, paper in issue.superbills:
        yield _SERIES.number(issue.ref, superbill.number)
        yield SuperbillItem.of(practice, superbill), SuperbillItem.pk.does_not_exist()
        name = sk(_PAPER, superbill.number)
        row = SuperbillPaperItem(keys.account(issue.ref), name, **PAPERS.parts(paper))
        yield row, SuperbillPaperItem.pk.does_not_exist()


def _superbilled(ref: AccountRef, before: Superbilled, after: Superbilled) -> Put:
    row = SuperbilledItem(
        keys.account(ref), _SUPERBILLED, version=before.version + 1, **SUPERBILLED.parts(after)
    )
    return row, SuperbilledItem.standing_at(before.version)


def _voided(ref: AccountRef, void: SuperbillVoid) -> Put:
    row = SuperbillVoidItem(keys.account(ref), sk(_VOID, void.number), **VOIDS.parts(void))
    return row, SuperbillVoidItem.pk.does_not_exist()

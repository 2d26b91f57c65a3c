"""Guests' forms in DynamoDB, and the list of their money that waits to be matched.

P#practice#GUESTS  <account>  what the guest typed; once it was paid in gsi1 by the hash of the address
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.store.items import PaymentItem
from chalicelib.payments.domain.guests import KeptForm
from chalicelib.payments.ports.guests import GuestForms, UnmatchedMoney
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec
from chalicelib.platform.dynamo.table import Item, guarded, refused_by_condition, walked
from chalicelib.practice.ports import FiledByAddress

FORMS = Codec(KeptForm, private=frozenset({"form"}), elsewhere=frozenset({"account_id"}))


class GuestItem(Body, discriminator="guest"):
    def kept(self) -> KeptForm:
        return FORMS.read(self, f"guest {self.sk}", account_id=self.sk)


class DynamoGuestForms(GuestForms, UnmatchedMoney, FiledByAddress):
    @guarded
    def put(self, practice: str, kept: KeptForm, *, expires_at: int) -> None:
        row = GuestItem(keys.guests(practice), kept.account_id, ttl=expires_at, **FORMS.parts(kept))
        try:
            row.save(condition=GuestItem.pk.does_not_exist())
        except PutError as error:
            if not refused_by_condition(error):
                raise

    @guarded
    def keep(self, practice: str, kept: KeptForm, *, address_hash: str, date: str) -> None:
        found_by = f"{address_hash}#{date}#{kept.account_id}"
        GuestItem(keys.guests(practice), kept.account_id, gsi1sk=found_by, **FORMS.parts(kept)).save()

    @guarded
    def refile(self, practice: str, hashed: Callable[[str], str]) -> int:
        """Those that were paid; what is never paid is found by nobody's address."""
        paid = [row for row in walked(GuestItem.query)(keys.guests(practice)) if row.gsi1sk]
        return sum(self._refiled(row, hashed(row.kept().form.email)) for row in paid)

    def _refiled(self, row: GuestItem, hashed: str) -> bool:
        former, _, rest = row.gsi1sk.partition("#")
        if former == hashed:
            return False
        row.update(actions=[GuestItem.gsi1sk.set(f"{hashed}#{rest}")])
        return True

    @guarded
    def form(self, practice: str, account_id: str) -> KeptForm | None:
        try:
            return GuestItem.get(keys.guests(practice), account_id, consistent_read=True).kept()
        except DoesNotExist:
            return None

    @guarded
    def forms(self, practice: str, account_ids: Iterable[str]) -> Mapping[str, KeptForm]:
        places = [(keys.guests(practice), id_) for id_ in sorted(set(account_ids))]
        rows = GuestItem.batch_get(places) if places else ()
        return {row.sk: row.kept() for row in rows}

    def paid_from(self, practice: str, address_hash: str, *, first: str, last: str) -> Iterator[KeptForm]:
        between = GuestItem.gsi1sk.between(f"{address_hash}#{first}", f"{address_hash}#{last}#~")
        for row in walked(GuestItem.by_date.query)(keys.guests(practice), between):
            if isinstance(row, GuestItem):
                yield row.kept()

    def payments(self, practice: str) -> Iterator[Payment]:
        forms = (row.kept() for row in walked(GuestItem.query)(keys.guests(practice)))
        places = [(keys.account(AccountRef(practice, k.account_id)), f"PAY#{k.payment_id}") for k in forms]
        yield from self._payments(places)

    def unmatched(self, practice: str) -> Sequence[Payment]:
        found = list(walked(Item.work_list.query)(keys.unmatched(practice)))
        waiting = [payment for payment in self._payments([(r.pk, r.sk) for r in found]) if payment.unmatched]
        return sorted(waiting, key=lambda payment: (payment.date, payment.created_at, payment.id))

    @guarded
    def _payments(self, places: Sequence[tuple[str, str]]) -> Sequence[Payment]:
        rows = PaymentItem.batch_get(list(places), consistent_read=True) if places else ()
        return [row.payment() for row in rows]

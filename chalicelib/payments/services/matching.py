"""Find out whose account a guest's money is for: by itself where all agrees, else with what staff are shown.

It is asked after the money was captured and outside of any request, so that nobody sees from outside whether
a name or a number was known.
"""

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.kernel import actors
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.guest_money import MeantFor
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.guest_money import GuestMoney, MatchWish
from chalicelib.ledger.services.recording import Posted
from chalicelib.payments.domain.guests import GuestForm, KeptForm
from chalicelib.payments.ports.guests import BilledNumbers, GuestForms, UnmatchedMoney
from chalicelib.payments.services.guest_limits import GuestLimits
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.address_hashes import address_hash

log = logging.getLogger("billfold.matching")
MOST_SUGGESTIONS = 5
_NUMBER = re.compile(r"[^0-9]{0,20}(?P<digits>[0-9]{1,9})")


class Agrees(StrEnum):
    """What of a guest's form agrees with a client: the number on the bill is one of theirs, the name is, they
    owe something to the clinician, or exactly the amount."""

    NUMBER = "number"
    NAME = "name"
    CLINICIAN = "clinician"
    AMOUNT = "amount"


_SURE = frozenset({Agrees.NUMBER, Agrees.NAME, Agrees.CLINICIAN})


@dataclass(frozen=True, slots=True)
class Suggestion:
    client: Client
    agrees: tuple[Agrees, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A guest's payment that is not matched, what was typed with it (None where that is gone), and whose it
    may be, the likeliest first."""

    payment: Payment
    form: GuestForm | None
    suggestions: Sequence[Suggestion]


@dataclass(frozen=True)
class Matching:
    ledgers: Ledgers
    money: UnmatchedMoney
    forms: GuestForms
    people: People
    practices: Practices
    numbers: BilledNumbers
    limits: GuestLimits
    keys: Keys
    clock: Clock

    def waiting(self, practice: str) -> Sequence[Waiting]:
        """All of the practice's, the oldest first. Errors: Unreadable, Busy."""
        found = self.money.unmatched(practice)
        forms = self.forms.forms(practice, (payment.account_id for payment in found))
        clients = list(self.people.clients(practice)) if found else []
        return [self._waiting(practice, payment, forms.get(payment.account_id), clients) for payment in found]

    def match(self, practice: str, payment: Payment, target: AccountRef, *, id_: str, actor: str) -> Posted:
        """It pays first what the guest's form names. Also the correction of an earlier match: then the entry
        by which the money leaves names that. Errors: as of `GuestMoney`; Unreadable."""
        money = GuestMoney(self.ledgers, self.clock, actor)
        again = payment.matched_to not in ("", target.account)
        on = self._today(practice) if again else payment.date
        meant = self._meant(practice, payment, target)
        wish = MatchWish(id_, payment.ref(practice), payment.id, target, on, meant)
        return money.rematch(wish) if again else money.match(wish)

    def arrived(self, practice: str, payment: Payment) -> None:
        """A guest's money is there: keep what was typed, count the attempt no more, and match it where all
        agrees. Safe to repeat. Error: Busy."""
        kept = self.forms.form(practice, payment.account_id)
        if kept is None:
            return
        hashed = address_hash(self.keys, practice, kept.form.email)
        self.forms.keep(practice, kept, address_hash=hashed, date=payment.date)
        self.limits.paid(practice, payment.id)
        if payment.unmatched:
            self._by_itself(practice, payment, kept.form)

    def typed_address(self, practice: str, payment: Payment) -> str:
        """Where a guest wants the receipt; "" where what they typed is gone."""
        kept = self.forms.form(practice, payment.account_id)
        return kept.form.email if kept else ""

    def _meant(self, practice: str, payment: Payment, target: AccountRef) -> MeantFor:
        """By what was typed, as far as it is the target's; nothing where that is gone."""
        kept = self.forms.form(practice, payment.account_id)
        if kept is None:
            return MeantFor()
        number = _number(kept.form)
        charge_ids = self.numbers.charges_on(target, number) if number else frozenset[str]()
        return MeantFor(charge_ids, kept.form.clinician_id)

    def _by_itself(self, practice: str, payment: Payment, form: GuestForm) -> None:
        found = self._numbered(practice, form)
        if found is None or not set(self._agreeing(practice, payment, form, found)) >= _SURE:
            return
        try:
            id_, ref = f"match-{payment.id}", found.ref(practice)
            self.match(practice, payment, ref, id_=id_, actor=actors.MATCHING.text)
        except BillfoldError as refused:  # staff are shown it
            log.info("not matched", extra={"practice": practice, "payment": payment.id, "code": refused.code})

    def _waiting(
        self, practice: str, payment: Payment, kept: KeptForm | None, clients: Iterable[Client]
    ) -> Waiting:
        if kept is None:
            return Waiting(payment, None, ())
        numbered = self._numbered(practice, kept.form)
        alike = [client for client in clients if _alike(kept.form.client, client)]
        known = {client.id: client for client in (*([numbered] if numbered else []), *alike)}
        found = [
            Suggestion(client, self._agreeing(practice, payment, kept.form, client))
            for client in known.values()
        ]
        found.sort(key=lambda each: (-len(each.agrees), each.client.external_id))
        return Waiting(payment, kept.form, found[:MOST_SUGGESTIONS])

    def _numbered(self, practice: str, form: GuestForm) -> Client | None:
        """Whose the number on the bill is."""
        number = _number(form)
        ref = self.numbers.account_of(practice, number) if number else None
        return self.people.client(practice, ref.account) if ref else None

    def _agreeing(
        self, practice: str, payment: Payment, form: GuestForm, client: Client
    ) -> tuple[Agrees, ...]:
        account = self.ledgers.account(client.ref(practice))
        numbered = self._numbered(practice, form)
        agrees = {
            Agrees.NUMBER: numbered is not None and numbered.id == client.id,
            Agrees.NAME: _same_name(form.client, client),
            Agrees.CLINICIAN: account is not None and _owes(account, form.clinician_id),
            Agrees.AMOUNT: account is not None and account.ledger.balance_minor == payment.brought_minor,
        }
        return tuple(each for each, does in agrees.items() if does)

    def _today(self, practice: str) -> str:
        return local_date(instant(self.clock.now()), self._practice(practice).timezone)

    def _practice(self, practice: str) -> Practice:
        return present(self.practices.practice(practice), "practice_not_found")


def _number(form: GuestForm) -> int:
    """That on the bill, as people type it; 0 where none was."""
    told = _NUMBER.fullmatch(form.number)
    return int(told["digits"]) if told else 0


def _owes(account: Account, clinician_id: str) -> bool:
    return any(item.clinician_id == clinician_id for item in account.ledger.open.values())


def _names(client: Client) -> set[str]:
    return {_folded(name) for name in (client.name, client.legal_name, client.preferred_name)} - {""}


def _same_name(typed: str, client: Client) -> bool:
    return _folded(typed) in _names(client)


def _alike(typed: str, client: Client) -> bool:
    """Whether one of the names has all words of the other."""
    words = set(_folded(typed).split())
    return bool(words) and any(
        words <= set(name.split()) or set(name.split()) <= words for name in _names(client)
    )


def _folded(name: str) -> str:
    """As people compare names: "Nuñez, Ana" is "ana nunez"."""
    last, comma, first = name.partition(",")
    whole = f"{first} {last}" if comma else name
    plain = unicodedata.normalize("NFKD", whole).casefold()
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(re.findall(r"\w+", letters))

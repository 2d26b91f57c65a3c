"""Makes practices, clients and charges in a running sandbox: `python -m tests.browser.seeding`.

A process of its own, since the table's binding is global and other tests have bound theirs. Reads one JSON
array a line, [name, {arguments}], and answers with one JSON value a line.
"""

import json
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib import bootstrap, settings
from chalicelib.documents.domain.estimates import EstimateLine, EstimateWish
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.documents.services.superbills.drafting import SuperbillWish
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import ChargeFacts, Posting, own_id
from chalicelib.payments.services.guest_limits import UNPAID_OF_PRACTICE
from chalicelib.practice.domain.practices import (
    Client,
    Clinician,
    Coverage,
    Grant,
    Location,
    Person,
    Practice,
)
from chalicelib.practice.services.address_hashes import address_hash, person_at
from tests.support.saving import put_client, put_person, put_practice

CLINICIANS = (
    Clinician("amara", "Dr. Amara Okafor", "PsyD", payments_enabled=True),
    Clinician("luis", "Luis Ferrer", "LMFT", payments_enabled=True),
    Clinician("joan", "Joan Weiss", "LCSW", payments_enabled=False),
)


class Seeder:
    """What the tests may ask for, by name."""

    def __init__(self) -> None:
        self.app = bootstrap.App(settings.load())
        self.post = Posting(self.app.ledgers, self.app.clock)

    def practice(
        self, *, practice: str, name: str, flow: str, bank_debits: bool = False, currency: str = "USD",
        phone: str = "(503) 555-0142", website: str = "https://example.test", payments: bool = True,
        notices: dict[str, bool] | None = None, saving: bool = True, deposits: bool = False,
        each_time: bool = False, security_code_again: bool = False, changed_at: str = "",
        processors: tuple[str, ...] = ("stripe",),
        notice_pages: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        put_practice(self.app.practices,
            Practice(
                id=practice, name=name, flow=flow, timezone="UTC", currency=currency, locale="en",
                about="Administrative support to a group of independent practitioners in Portland, Oregon",
                phone=phone, email="billing@example.test", website=website,
                address="12 River Street\nPortland, OR", payments_enabled=payments, limit_minor=500_000,
                descriptor="RIVER STREET", clinicians=CLINICIANS,
                locations=(Location("river", "River Street", "12 River Street, Portland, OR"),),
                bank_debits=bank_debits, notices=notices or {}, saving=saving, deposits=deposits,
                processors=tuple(processors),
                security_code_again=security_code_again, card_notice_each_time=each_time,
                changed_at=changed_at, notice_pages=notice_pages or {},
            )
        )  # fmt: skip

    def person(
        self, *, practice: str, email: str, accounts: dict[str, str], locale: str = "en",
        superbills: bool = True,
    ) -> None:  # fmt: skip
        """Somebody who may see these accounts (id → name); the first is their own. `superbills`: of the
        others too."""
        profile, grants = self.app.practices.practice(practice), list[Grant]()
        assert profile is not None
        for account, name in accounts.items():
            self.post.open_account(AccountRef(practice, account), profile.currency)
            put_client(self.app.people, practice, Client(account, account, name, email, locale))
            relation = "guarantor" if grants else "self"
            grants.append(Grant(account, name, relation, relation == "self" or superbills))
        known = person_at(self.app.people, self.app.keys, practice, email)
        hashed, id_ = (
            address_hash(self.app.keys, practice, email),
            known.id if known else self.app.chance.id(),
        )
        put_person(self.app.people, practice, Person(id_, email, locale, tuple(grants), (hashed,)))

    def paper(self, *, practice: str, account: str, email: str) -> None:
        """The client wants statements on paper from now on."""
        client = self.app.people.client(practice, account)
        person = person_at(self.app.people, self.app.keys, practice, email)
        assert client is not None
        assert person is not None
        put_client(self.app.people, practice, replace(client, paper=True))
        grants = tuple(replace(grant, paper=grant.account_id == account) for grant in person.grants)
        put_person(self.app.people, practice, replace(person, grants=grants))

    def session(self, *, practice: str, email: str) -> str:
        """The value of a signed-in browser's cookie."""
        person = person_at(self.app.people, self.app.keys, practice, email)
        assert person is not None
        return self.app.sessions.start(practice, person, replaces=None).cookie

    def charge(
        self, *, practice: str, account: str, name: str, days_ago: int, service: str, clinician: str,
        owed_minor: int, insurance_minor: int = 0,
    ) -> str:  # fmt: skip
        """A fee of which the client owes `owed_minor`; returns the charge's id."""
        external_id = f"{account}-{name}"
        facts = ChargeFacts(
            external_id, self._date(days_ago), service, clinician, owed_minor, insurance_minor
        )
        self.post.charge(AccountRef(practice, account), facts)
        return own_id(practice, "charge", external_id)

    def payment(self, *, practice: str, account: str, name: str, amount_minor: int) -> None:
        """Money the practice took in cash today, for the oldest first."""
        external_id = f"{account}-{name}"
        ref = AccountRef(practice, account)
        self.post.external_payment(
            ref, external_id, amount_minor=amount_minor, method="cash", on=self._date(0)
        )

    def insurance(
        self, *, practice: str, account: str, name: str, charge: str, paid_minor: int, contractual_minor: int
    ) -> None:
        """What the insurer answered today to one charge, by the charge's name here."""
        self.post.insurance_payment(
            AccountRef(practice, account), f"{account}-{name}", charge_external_id=f"{account}-{charge}",
            paid_minor=paid_minor, contractual_minor=contractual_minor, to_client_minor=0, on=self._date(0),
        )  # fmt: skip

    def statement(self, *, practice: str, account: str) -> str:
        """Issue last month's, without activity, and hand it to the documents function; returns its id."""
        profile, client = self.app.practices.practice(practice), self.app.people.client(practice, account)
        assert profile is not None
        assert client is not None
        period = Period.of(self.app.clock.now().date()).previous
        self.app.issuing.issue(replace(profile, skip_zero_statements=False), period, client)
        issued = self.app.statements.issued(client.ref(practice), period)
        assert issued is not None
        return issued.statement.id

    def invoice(self, *, practice: str, account: str) -> int:
        """Issue one of all that is owed and on none yet; returns its number."""
        profile, client = self.app.practices.practice(practice), self.app.people.client(practice, account)
        assert profile is not None
        assert client is not None
        (invoice,) = self.app.invoice_issuing.issue(profile, client, InvoiceWish())
        return invoice.number

    def pay_link(self, *, practice: str, account: str, document: str, birth_date: str) -> str:
        """The address that is printed on the document; the client was born on that day."""
        client = self.app.people.client(practice, account)
        assert client is not None
        put_client(self.app.people, practice, replace(client, birth_date=birth_date))
        ref, now = AccountRef(practice, account), self.app.clock.now().isoformat()
        return self.app.pay_links.printed(ref, document, client.link_generation, since=now)

    def revoke_links(self, *, practice: str, account: str) -> None:
        client = self.app.people.client(practice, account)
        assert client is not None
        put_client(self.app.people, practice, replace(client, link_generation=client.link_generation + 1))

    def press_cards(self, *, practice: str) -> None:
        """So many attempts with cards, never paid, that the next is asked for work."""
        for number in range(UNPAID_OF_PRACTICE.uses):
            attempt, ip = f"{practice}-{number}", f"192.0.2.{number}"
            self.app.guest_limits.start(practice, attempt, ip, card=True)

    def superbill(self, *, practice: str, account: str) -> list[int]:
        """Issue those of all that the account has, with what insurers ask for; returns their numbers."""
        profile, client = self.app.practices.practice(practice), self.app.people.client(practice, account)
        assert profile is not None
        assert client is not None
        profile = replace(profile, clinicians=_licensed(profile.clinicians), tax_id="12-3456789")
        client = replace(client, birth_date="1990-04-02", address="5 Oak Lane\nPortland, OR")
        rows, today = self.app.ledgers.other_rows(client.ref(practice)), self._date(0)
        assert rows is not None
        facts = FactChanges(cpt="90834-95", diagnoses=("F41.1",), place_of_service="10")
        for charge in rows.charges.values():
            if not charge.cpt:
                CorrectingFacts(self.app.ledgers, self.app.clock).correct(
                    client.ref(practice), f"coded {charge.external_id}",
                    charge_external_id=charge.external_id, facts=facts, on=today,
                )  # fmt: skip
        wish = SuperbillWish(Stretch(self._date(400), today))
        return [made.number for made in self.app.superbill_issuing.issue(profile, client, wish).issued]

    def replace_superbill(self, *, practice: str, number: int) -> int:
        profile = self.app.practices.practice(practice)
        assert profile is not None
        whole = tuple(
            replace(clinician, npi="1234567893", license="PSY-101", license_state="OR")
            for clinician in profile.clinicians
        )
        ref = self.app.superbills.account_of(practice, number)
        assert ref is not None
        client = self.app.people.client(practice, ref.account)
        assert client is not None
        put_client(self.app.people, practice, replace(client, birth_date="1990-04-02", address="5 Oak Lane"))
        whole_practice = replace(profile, clinicians=whole, tax_id="12-3456789")
        return self.app.superbill_issuing.replace(whole_practice, number, actor="cli").number

    def answer(self, *, practice: str, account: str, text: str) -> None:
        """The account's one open question."""
        listed = self.app.answering.listed(practice)
        (asked,) = [question for question in listed if question.account_id == account]
        self.app.answering.answer(practice, asked.id, text, actor="cli")

    def estimate(
        self, *, practice: str, account: str, locale: str, clinician: str, expected_minor: int
    ) -> int:
        """From today on, to who pays for themselves and reads that language from now on; its number."""
        profile, client = self.app.practices.practice(practice), self.app.people.client(practice, account)
        assert profile is not None
        assert client is not None
        client = replace(client, locale=locale, birth_date="1990-04-02", coverage=Coverage.SELF_PAY)
        put_client(self.app.people, practice, client)
        whole = replace(profile, clinicians=_licensed(profile.clinicians), tax_id="12-3456789")
        line = EstimateLine("Individual session", clinician, 1, expected_minor)
        issued, _ = self.app.estimate_issuing.issue(whole, client, EstimateWish((line,), self._date(0)))
        return issued.seq

    def estimates_due(self, *, practice: str, account: str) -> list[str]:
        """By when the law wants those that the client waits for."""
        waiting = self.app.request_clocks.open_of_account(AccountRef(practice, account))
        return [request.due_on for request in waiting]

    def void(self, *, practice: str, number: int) -> None:
        profile = self.app.practices.practice(practice)
        assert profile is not None
        self.app.invoice_issuing.void(profile, number, actor="cli")

    def _date(self, days_ago: int) -> str:
        return (self.app.clock.now().date() - timedelta(days=days_ago)).isoformat()


def _licensed(clinicians: tuple[Clinician, ...]) -> tuple[Clinician, ...]:
    """As estimates want them."""
    return tuple(
        replace(clinician, npi="1234567893", license="PSY-100", license_state="OR")
        for clinician in clinicians
    )


def main() -> None:
    seeder = Seeder()
    for line in sys.stdin:
        name, arguments = json.loads(line)
        method: Any = getattr(seeder, name)
        print(json.dumps(method(**arguments)), flush=True)


if __name__ == "__main__":
    main()

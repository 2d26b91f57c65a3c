"""Who pays by the link on a bill, without an account: by what its client knows, or by a mailed code."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from chalicelib.documents.domain.invoices import Invoice
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.identity.services.links import LinkHolder
from chalicelib.identity.services.pay_link_factors import OpenedLink
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.services.paying import PaymentWish
from chalicelib.practice.domain.practices import Client, Practice
from tests.soak.payers import BORN, Payers

PATIENCE = 30  # looks whether the account is open, before which there is nothing to print
STATEMENT = "statement-2026-02"


class BillLinks(Payers):
    def clerk(self, ref: AccountRef) -> None:
        """Print papers of the client, and give them to who may pay them; the links are ended perhaps."""
        for _ in range(PATIENCE):
            self.world.pause()
            if (f"P#{ref.practice}#A#{ref.account}", "ACCT") in self.world.store.items:
                break
        else:
            return
        self.wander(60)
        issued = self.insist(ref.practice, partial(self._issue, ref)).answer or ()
        numbers = [str(invoice.number) for invoice in issued]
        self.world.numbers.setdefault(ref.practice, []).extend(numbers)
        for document in [*(invoice.id for invoice in issued[:1]), STATEMENT]:
            token = self.insist(ref.practice, partial(self._print, ref, document)).answer
            for number in range(self.random.choice((1, 1, 2)) if token else 0):
                name = f"{ref.account}-{document}-{number}"
                self.spawn(f"reader {name}", partial(self._reader, ref, document, token, name))
        if self.random.random() < 0.3:
            self.wander(60)
            self._end(ref)

    def _issue(self, ref: AccountRef) -> Sequence[Invoice]:
        return self.app.invoice_issuing.issue(*self._known(ref), InvoiceWish())

    def _known(self, ref: AccountRef) -> tuple[Practice, Client]:
        practice = self.app.practices.practice(ref.practice)
        client = self.app.people.client(ref.practice, ref.account)
        assert practice is not None
        assert client is not None
        return practice, client

    def _print(self, ref: AccountRef, document: str) -> str:
        """The token of its link."""
        _, client = self._known(ref)
        since = instant(self.world.now())
        address = self.app.pay_links.printed(ref, document, client.link_generation, since=since)
        return address.partition("#")[2].partition(".")[0]

    def _end(self, ref: AccountRef) -> None:
        def end() -> None:
            _, client = self._known(ref)
            after = replace(client, link_generation=client.link_generation + 1)
            self.app.people.save_client(ref.practice, after, before=client)

        if self.ask(ref.practice, end).error is None:
            self.world.ended.add((ref.practice, ref.account))

    def _reader(self, ref: AccountRef, document: str, token: str, name: str) -> None:
        self.wander(60)
        over = self._is_over(ref)
        opened = self._opened(ref, token)
        if opened is None:
            return
        if over:
            self.world.broken.append(f"a link that was ended opened a bill of {ref.account}")
        self.wander(30)
        over = self._is_over(ref)
        holder = self.ask(
            ref.practice, partial(self.app.pay_links.holder, ref.practice, opened.bearer)
        ).answer
        if holder is not None and over:
            self.world.broken.append(f"who had opened a link of {ref.account} goes on after its end")
        if holder is not None:
            self._pays(holder, document, name)

    def _is_over(self, ref: AccountRef) -> bool:
        return not self.world.restored and (ref.practice, ref.account) in self.world.ended

    def _opened(self, ref: AccountRef, token: str) -> OpenedLink | None:
        factors, ip = self.app.pay_link_factors, f"198.51.100.{self.random.randint(1, 250)}"
        with_what = {"birth_date": self.random.choice((BORN, BORN, BORN, "1971-01-01"))}
        if self.random.random() < 0.3:
            ask = partial(factors.ask_code, ref.practice, token, ip=ip, locale="en")
            self.ask(ref.practice, ask)
            self.wander(60)
            with_what = {"code": self._mailed(token) or "AAAA-AAAA"}
        answer: OpenedLink | None = self.ask(
            ref.practice, partial(factors.open, ref.practice, token, ip=ip, **with_what)
        ).answer
        return answer

    def _mailed(self, token: str) -> str:
        """The code in the mail with that link."""
        page = re.compile(rf"#{token}(?:\.\d+)?\.([0-9A-Z-]+)")
        return next((found[1] for mail in reversed(self.world.mails) if (found := page.search(mail))), "")

    def _pays(self, holder: LinkHolder, document: str, name: str) -> None:
        ref, by = holder.ref, holder.actor.text
        scoped = self.ask(ref.practice, partial(self._scope_of, ref, document)).answer
        offered = self.ask(ref.practice, lambda: self.app.paying.quote(ref, scoped)[1]) if scoped else None
        if offered is None or offered.answer is None:
            return
        way = "paypal" if ref.practice in self.world.paypals and self.random.random() < 0.5 else "card"
        quote = offered.answer
        wish = PaymentWish(
            name, scoped, quote.key, quote.amount_minor, "", "", "en", f"{scoped} {way}", by, way=way
        )  # fmt: skip
        self._click(ref, wish, alone=True)

    def _scope_of(self, ref: AccountRef, document: str) -> Scope:
        showing = self.app.invoice_showing
        return Scope("balance") if document == STATEMENT else showing.scope(ref, showing.number(document))

"""What an invoice or a statement says once a clinician's charges are so far above a good faith estimate that
the client may dispute the bill (45 CFR 149.620): decided as it is issued, and part of it from then on."""

from collections.abc import Set
from dataclasses import dataclass

from chalicelib.documents.domain.estimate_watch import Overrun
from chalicelib.documents.services.estimates.watching import EstimateWatch
from chalicelib.kernel.formatting import date_text, isolated, money_text, one_line
from chalicelib.kernel.money import Money
from chalicelib.ledger.domain.accounts import Account
from chalicelib.practice.domain.notices import Place, texts_at
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.words import say
from chalicelib.words.estimates import ESTIMATES


@dataclass(frozen=True, slots=True)
class BillNotices:
    """Of one account; `law` is what law wants said, and `passed` what is above which estimate, each with the
    charges that it is about."""

    law: tuple[str, ...] = ()
    passed: tuple[tuple[frozenset[str], str], ...] = ()

    def on(self, charge_ids: Set[str]) -> tuple[str, ...]:
        """What a bill with these charges says; nothing where none of them is of such an estimate."""
        named = tuple(said for about, said in self.passed if about & charge_ids)
        return (*self.law, *named) if named else ()


@dataclass(frozen=True)
class BillNoticing:
    watch: EstimateWatch

    def of(self, practice: Practice, client: Client, account: Account) -> BillNotices:
        """Of the account as it was read. Reads nothing more of one that has no estimate, nor where the
        practice has the notice switched off. Errors: Unreadable, Busy."""
        law = texts_at(practice, Place.OVER_ESTIMATE, client.locale)
        found = self.watch.overruns(practice, client, account) if law else []
        named = tuple((one.charge_ids, _passed(practice, one, client.locale)) for one in found)
        return BillNotices(law, named)


def _passed(practice: Practice, overrun: Overrun, locale: str) -> str:
    (estimate, paper), concern = overrun.of, overrun.concern
    names = {provider.clinician_id: provider.name for provider in paper.providers}
    known = practice.clinician(concern.clinician_id)
    name = names.get(concern.clinician_id) or (known.name if known else concern.clinician_id)

    def money(minor: int) -> str:
        return money_text(Money(minor, estimate.currency), locale)

    return say(
        ESTIMATES, "passed", locale, issued=date_text(estimate.issued_on, locale),
        first=date_text(estimate.first_date, locale), last=date_text(estimate.last_date, locale),
        clinician=isolated(one_line(name)), expected=money(concern.expected_minor),
        charged=money(concern.charged_minor),
    )  # fmt: skip

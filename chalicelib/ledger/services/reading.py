"""The practice and the account that a page is about: read once, and passed on."""

from dataclasses import dataclass

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices


@dataclass(frozen=True)
class Reading:
    ledgers: Ledgers
    practices: Practices

    def of(self, ref: AccountRef) -> tuple[Practice, Account]:
        """Both strongly consistent: pages are shown right after what their reader did.

        Errors: NotFound account_not_found; Refused account_updating while an import holds the account.
        """
        practice = present(self.practices.practice(ref.practice), "account_not_found")
        account = present(self.ledgers.account(ref), "account_not_found")
        if account.hold:
            raise Refused("account_updating")
        return practice, account

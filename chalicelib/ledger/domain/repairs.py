"""What is written where rows of an account were not what its entries say."""

from dataclasses import dataclass

from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account's own row, as far as it can be read: `account` is None where it is none any more.

    `balance_minor` is what it says beside its open items and credit; `version` is 0 where it says none.
    `estimates` is as in Account.
    """

    version: int
    hold: str
    account: Account | None
    balance_minor: int = 0
    estimates: int = 0


@dataclass(frozen=True, slots=True)
class Repair:
    """Rows put as they are here, over those that stand there.

    `before` is the version of the account's row that must still hold, 0 where it has none. `after` is put one
    version on from its own. `index`: the account's row in the practice's index, too. `external_id`: the
    client's own id that is to find it, "" where it does; `found` is the account that it finds. Payments and
    refunds are put at their own `version`, over the one before. Each marker stands beside what was read at
    its key, None for nothing that can be read: what is there by then and is something else stays.
    """

    before: int
    after: Account
    index: bool = False
    external_id: str = ""
    found: str = ""
    charges: tuple[Charge, ...] = ()
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    sequels: tuple[Sequel, ...] = ()
    markers: tuple[tuple[Marker | None, Marker], ...] = ()

"""django-hordak on PostgreSQL: `python -m tests.soak.peers.hordak_ledger 100,1000`; PGHOST names the server.

A balance by `with_balances()`, which its documentation recommends; a payment by `transfer_to()`. The history
is written in bulk with the triggers off, a charge and a payment in turn, fifty charges open at the end.
"""

import os
import sys
from functools import partial

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from moneyed import Money

from tests.soak.peers.measure import report

OPEN = 50
LOAD = """
    SET session_replication_role = replica;
    CREATE TEMPORARY TABLE made AS SELECT nextval('hordak_transaction_id_seq') AS id, n,
        CASE WHEN n %% 2 = 0 OR n >= %(size)s - %(open)s THEN %(income)s ELSE %(bank)s END AS other
        FROM generate_series(0, %(size)s - 1) AS n;
    INSERT INTO hordak_transaction (id, uuid, timestamp, date, description)
        SELECT id, gen_random_uuid(), now(), current_date, 'session' FROM made;
    INSERT INTO hordak_leg (uuid, transaction_id, account_id, debit, credit, currency, description)
        SELECT gen_random_uuid(), id, %(client)s, CASE WHEN other = %(income)s THEN 90 END,
            CASE WHEN other = %(bank)s THEN 90 END, 'USD', '' FROM made
        UNION ALL
        SELECT gen_random_uuid(), id, other, CASE WHEN other = %(bank)s THEN 90 END,
            CASE WHEN other = %(income)s THEN 90 END, 'USD', '' FROM made;
    DROP TABLE made;
    SET session_replication_role = origin;
"""


def main() -> None:
    settings.configure(
        DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"],
            "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"], "USER": os.environ["PGUSER"],
        }},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DEFAULT_CURRENCY="USD", CURRENCIES=["USD"], HORDAK_INTERNAL_CURRENCY="USD", USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()
    call_command("migrate", verbosity=0)
    from hordak.models import Account, AccountType

    def account(name: str, kind: str) -> Account:
        return Account.objects.create(name=name, type=kind, currencies=["USD"])

    bank, income = account("bank", AccountType.asset), account("fees", AccountType.income)
    sizes = [int(size) for size in sys.argv[1].split(",")]
    clients = {size: account(f"client {size}", AccountType.asset) for size in sizes}
    for size, client in clients.items():
        with connection.cursor() as cursor:
            made = {"size": size, "open": OPEN, "client": client.id, "bank": bank.id, "income": income.id}
            cursor.execute(LOAD, made)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    for size, client in clients.items():
        balance = partial(Account.objects.with_balances().get, id=client.id)
        assert abs(balance().balance["USD"].amount) == 90 * OPEN, balance().balance
        report(size, balance, partial(client.transfer_to, bank, Money(1, "USD")))


if __name__ == "__main__":
    main()

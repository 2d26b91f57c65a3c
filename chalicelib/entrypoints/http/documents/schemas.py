"""Issued documents."""

import datetime as dt
from enum import StrEnum

from msgspec import Struct

from chalicelib.entrypoints.http.common_schema import Locale
from chalicelib.ledger.domain.asked import Mark


class DocumentType(StrEnum):
    STATEMENT = "statement"


class Document(Struct, frozen=True):
    """A billing document as it was issued; it never changes. Amounts signed: negative is the client's credit.

    It covers `first_date` to `last_date`. Its PDF is made when it is first opened.
    """

    id: str
    type: DocumentType
    first_date: dt.date
    last_date: dt.date
    currency: str
    opening_minor: int
    closing_minor: int


class Documents(Struct, frozen=True):
    documents: list[Document]
    next_cursor: str | None


class Estimate(Struct, frozen=True):
    """A good faith estimate as it was issued; it never changes. `total_minor` are all expected charges, for
    services from `first_date` to `last_date`."""

    id: str
    issued_on: dt.date
    first_date: dt.date
    last_date: dt.date
    currency: str
    total_minor: int


class Estimates(Struct, frozen=True):
    estimates: list[Estimate]


class InvoiceStatus(StrEnum):
    """`paid`: nothing is owed of it any more. `void`: taken back; nothing is to be paid on it."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    VOID = "void"


class Invoice(Struct, frozen=True):
    """An invoice: what it said when it was issued, which never changes, and how it stands now.

    Then fee - insurance - adjustments - paid = `amount_minor`; of that, `owed_now_minor` is still owed. Its
    services are of `first_date` to `last_date`. `question`: whether one about it waits for the practice's
    answer, or has one.
    """

    id: str
    number: int
    status: InvoiceStatus
    issued_on: dt.date
    due_on: dt.date
    first_date: dt.date
    last_date: dt.date
    services: int
    currency: str
    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    paid_minor: int
    amount_minor: int
    owed_now_minor: int
    question: Mark | None


class Invoices(Struct, frozen=True):
    """`owed`: the invoice's id by the charge of each service that is on one and still owed."""

    invoices: list[Invoice]
    next_cursor: str | None
    owed: dict[str, str]


class InvoiceLine(Struct, frozen=True):
    """A service as it stood when the invoice was issued. `service` is empty of a balance brought along. Of
    the adjustments, `written_off_minor` was written off."""

    charge_id: str
    date: dt.date
    service: str
    clinician: str
    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    written_off_minor: int
    paid_minor: int
    owed_minor: int


class SuperbillStatus(StrEnum):
    """`replaced`: another one stands for it. `void`: none does."""

    ISSUED = "issued"
    REPLACED = "replaced"
    VOID = "void"


class Superbill(Struct, frozen=True):
    """For the client's insurer: nothing is to be paid on it. It never changes.

    It covers what one clinician gave from `first_date` to `last_date`: fees, what of them insurers or
    adjustments took off, and `paid_minor`, which the client had paid when it was issued. `replaces` and
    `replaced_by` are ids of superbills.
    """

    id: str
    number: int
    status: SuperbillStatus
    issued_on: dt.date
    first_date: dt.date
    last_date: dt.date
    clinician: str
    services: int
    currency: str
    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    paid_minor: int
    replaces: str | None
    replaced_by: str | None


class Superbills(Struct, frozen=True):
    """`services`: of each service that is on one of these, paid or not, the id of the one that stands, by its
    charge."""

    superbills: list[Superbill]
    next_cursor: str | None
    services: dict[str, str]


class SuperbillLine(Struct, frozen=True):
    """A service as it stood when the superbill was issued. `code` is the procedure's, with modifiers."""

    charge_id: str
    date: dt.date
    service: str
    service_locale: Locale
    code: str
    units: int
    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    paid_minor: int


class OpenedSuperbill(Struct, frozen=True):
    """`client` by the legal name. `voided_on` is set where it does not stand any more: then `<id>-void` among
    the documents says so."""

    superbill: Superbill
    client: str
    lines: list[SuperbillLine]
    voided_on: dt.date | None


class OpenedInvoice(Struct, frozen=True):
    """`voided_on` is set where it is void: then `<id>-void` among the documents says so. `notices` are what
    law wants said on it, in its own `language`."""

    invoice: Invoice
    client: str
    lines: list[InvoiceLine]
    voided_on: dt.date | None
    notices: list[str]
    language: str


class ServiceDocuments(Struct, frozen=True):
    """A service, paid or not, and by id what it is on: the invoice that is not void, the superbill that
    stands. `service` is the practice's own name of it."""

    charge_id: str
    date: dt.date
    service: str
    service_locale: Locale
    clinician: str
    invoice: str | None
    superbill: str | None


class ServiceReceipt(Struct, frozen=True):
    """A payment, which has an itemised receipt, and the services that it paid."""

    payment_id: str
    date: dt.date
    reference: str
    charge_ids: list[str]


class Services(Struct, frozen=True):
    """Services with their documents, the newest first. `receipts` are of the same days: a service that was
    paid later has its receipt on a page before. A page may have no service, and others follow."""

    services: list[ServiceDocuments]
    receipts: list[ServiceReceipt]
    next_cursor: str | None


class RecordsState(StrEnum):
    MAKING = "making"
    READY = "ready"


class Records(Struct, frozen=True):
    """All documents of an account, and a table of what was posted, as one file for who asked.

    Of `documents`, `drawn` are there so far and `left_out` cannot be made. `superbills`: they are among them.
    `older_receipts`: of so many payments, the oldest, no itemised receipt is among them, for one file has
    those of the latest 500. `stalled`: nobody goes on with it; asking again does. The file is gone after
    `until`.
    """

    state: RecordsState
    superbills: bool
    documents: int
    drawn: int
    left_out: int
    older_receipts: int
    stalled: bool
    asked_at: dt.datetime
    made_at: dt.datetime | None
    until: dt.datetime

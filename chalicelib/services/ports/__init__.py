"""What the services need from outside, as Protocols; adapters implement them, test fakes subclass them.

Every method that touches a practice's data takes the practice's id first; callers pass the one of their
principal, link or webhook, never one from a request's body alone. Instants are UTC, RFC 3339 texts
with milliseconds and `Z`, so that they sort as text.
"""

from chalicelib.services.ports.access import EVERYWHERE, Access, Link, SessionRow, SignIn, Use
from chalicelib.services.ports.alerts import Alerts
from chalicelib.services.ports.anchors import Anchors
from chalicelib.services.ports.documents import Files, ReceiptData, Renderer, StatementRenderer
from chalicelib.services.ports.imports import Imports, UnderWay
from chalicelib.services.ports.ledgers import (
    AuditedLedgers,
    Change,
    Ledgers,
    Movement,
    Page,
    Rows,
)
from chalicelib.services.ports.movements import Kind, Moved, MovedPage
from chalicelib.services.ports.people import People, Practices
from chalicelib.services.ports.processors import (
    Attempt,
    Decision,
    Disputed,
    DisputeRow,
    Facts,
    Fee,
    Opened,
    Processor,
    Processors,
    Refunded,
    Stage,
    WebhookEvent,
    WebhookInvalid,
)
from chalicelib.services.ports.rounds import Round, Rounds
from chalicelib.services.ports.statements import Statements
from chalicelib.services.ports.surroundings import Chance, Clock, Keys
from chalicelib.services.ports.work import Due, InboxRow, WorkLists

__all__ = [
    "EVERYWHERE",
    "Access",
    "Alerts",
    "Anchors",
    "Attempt",
    "AuditedLedgers",
    "Chance",
    "Change",
    "Clock",
    "Decision",
    "DisputeRow",
    "Disputed",
    "Due",
    "Facts",
    "Fee",
    "Files",
    "Imports",
    "InboxRow",
    "Keys",
    "Kind",
    "Ledgers",
    "Link",
    "Moved",
    "MovedPage",
    "Movement",
    "Opened",
    "Page",
    "People",
    "Practices",
    "Processor",
    "Processors",
    "ReceiptData",
    "Refunded",
    "Renderer",
    "Round",
    "Rounds",
    "Rows",
    "SessionRow",
    "SignIn",
    "Stage",
    "StatementRenderer",
    "Statements",
    "UnderWay",
    "Use",
    "WebhookEvent",
    "WebhookInvalid",
    "WorkLists",
]

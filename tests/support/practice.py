"""A made-up practice, the same in every test."""

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.practice.domain.practices import Clinician, Location, Practice

PRACTICE = Practice(
    id="fern",
    name="Fern Hill Practice",
    about="Administrative support to a group of independent practitioners.",
    timezone="America/New_York",
    currency="USD",
    locale="en",
    phone="+1 555 0100",
    email="office@fern.example.test",
    website="",
    address="1 Test Road\nSpringfield",
    payments_enabled=True,
    flow="redirect",
    limit_minor=1_000_000,
    descriptor="FERN HILL",
    clinicians=(
        Clinician("ada", "Ada Moss", "LCSW", payments_enabled=True),
        Clinician("ben", "Ben Reed", "PhD", payments_enabled=False),
    ),
    locations=(Location("main", "Main Street", "1 Test Road"),),
)
MAYA, NOAH = AccountRef(PRACTICE.id, "maya"), AccountRef(PRACTICE.id, "noah")

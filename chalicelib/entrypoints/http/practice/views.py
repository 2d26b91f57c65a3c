"""From a practice to what the API gives of it. No rule lives here."""

from collections.abc import Sequence

from chalicelib.entrypoints.http import schemas
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.ways import Offer
from chalicelib.practice.domain.notices import Place, notices_at
from chalicelib.practice.domain.practices import Practice
from chalicelib.words.notices import NOTICE_TEXTS


def profile(
    practice: Practice, bounds: Bounds, ways: Sequence[Offer], *, sandbox: bool
) -> schemas.PracticeProfile:
    return schemas.PracticeProfile(
        id=practice.id,
        name=practice.name,
        about=practice.about,
        about_in={locale_of(language): text for language, text in practice.about_in.items()},
        timezone=practice.timezone,
        currency=practice.currency,
        locale=locale_of(practice.locale),
        phone=practice.phone,
        email=practice.email,
        website=practice.website,
        locations=[schemas.Location(place.id, place.name, place.address) for place in practice.locations],
        clinicians=[
            schemas.Clinician(c.id, c.name, c.credentials, c.payments_enabled) for c in practice.clinicians
        ],
        payments=payment_settings(practice, bounds, ways),
        notices=notices(practice),
        sandbox=sandbox,
    )


def notices(practice: Practice) -> list[schemas.Notice]:
    """What is shown on pages; documents have theirs printed."""
    return [
        schemas.Notice(notice.id, place, {"en": english, "es": spanish})
        for place in schemas.NoticePlace
        for notice in notices_at(practice, Place(place.value))
        for english, spanish in [NOTICE_TEXTS[notice.id]]
    ]


def payment_settings(practice: Practice, bounds: Bounds, ways: Sequence[Offer]) -> schemas.PaymentSettings:
    return schemas.PaymentSettings(
        enabled=practice.payments_enabled and bounds.taken,
        flow=schemas.Flow(practice.flow),
        minimum_minor=bounds.least_minor,
        step_minor=bounds.step_minor,
        limit_minor=practice.limit_minor,
        ways=[schemas.Way(schemas.WayName(o.way), o.processor, schemas.Flow(o.flow)) for o in ways],
    )


def locale_of(text: str) -> schemas.Locale:
    return "es" if text == "es" else "en"

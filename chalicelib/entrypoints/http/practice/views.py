"""From a practice to what the API gives of it. No rule lives here."""

from collections.abc import Sequence

from chalicelib.entrypoints.http import schemas
from chalicelib.kernel.instants import local_date
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.abilities import Way as SavedWay
from chalicelib.payments.domain.ways import Offer
from chalicelib.payments.services.guest_paying import GuestTerms
from chalicelib.payments.services.methods.card_notices import CardNotice
from chalicelib.payments.services.methods.consenting import consent_text
from chalicelib.practice.domain.notices import Place, notices_at
from chalicelib.practice.domain.practices import Practice
from chalicelib.words.notices import NOTICE_TEXTS


def profile(
    practice: Practice,
    bounds: Bounds,
    ways: Sequence[Offer],
    saved: Sequence[SavedWay],
    guests: GuestTerms,
    *,
    sandbox: bool,
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
        payments=payment_settings(practice, bounds, ways, saved),
        guests=_guests(guests),
        notices=notices(practice),
        notice_pages=[
            schemas.NoticePage(kind, practice.notice_pages[kind])
            for kind in schemas.NoticePageKind
            if kind in practice.notice_pages
        ],
        updated_on=local_date(practice.changed_at, practice.timezone) if practice.changed_at else None,
        sandbox=sandbox,
    )


def _guests(terms: GuestTerms) -> schemas.GuestSettings:
    return schemas.GuestSettings(
        enabled=terms.enabled,
        minimum_minor=terms.bounds.least_minor,
        step_minor=terms.bounds.step_minor,
        limit_minor=terms.bounds.limit_minor,
        ways=_ways(terms.offers),
        clinician=terms.clinician or None,
        card_notice=card_notice(terms.card_notice),
    )


def _ways(offered: Sequence[Offer]) -> list[schemas.Way]:
    return [schemas.Way(schemas.WayName(o.way), o.processor, schemas.Flow(o.flow)) for o in offered]


def notices(practice: Practice) -> list[schemas.Notice]:
    """What is shown on pages; documents have theirs printed."""
    return [
        schemas.Notice(notice.id, place, {"en": english, "es": spanish})
        for place in schemas.NoticePlace
        for notice in notices_at(practice, Place(place.value))
        for english, spanish in [NOTICE_TEXTS[notice.id]]
    ]


def card_notice(asked: CardNotice | None) -> schemas.CardNotice | None:
    if asked is None:
        return None
    text = {locale_of(language): text for language, text in asked.text.items()}
    return schemas.CardNotice(asked.id, asked.version, text, asked.given)


def payment_settings(
    practice: Practice, bounds: Bounds, ways: Sequence[Offer], saved: Sequence[SavedWay]
) -> schemas.PaymentSettings:
    """`saved`: in which ways methods can be saved there."""
    return schemas.PaymentSettings(
        enabled=practice.payments_enabled and bounds.taken,
        flow=schemas.Flow(practice.flow),
        minimum_minor=bounds.least_minor,
        step_minor=bounds.step_minor,
        limit_minor=practice.limit_minor,
        ways=_ways(ways),
        saving=_saving(practice, saved) if saved else None,
    )


def _saving(practice: Practice, saved: Sequence[SavedWay]) -> schemas.Saving:
    consent = consent_text(practice)
    return schemas.Saving(
        ways=[schemas.SavingWay(way.value) for way in saved],
        consent=schemas.ConsentText(
            consent.version, {locale_of(language): text for language, text in consent.text.items()}
        ),
        cvc_again=practice.security_code_again,
        deposits=practice.deposits,
    )


def locale_of(text: str) -> schemas.Locale:
    return "es" if text == "es" else "en"

"""What anyone may know of a practice."""

from enum import StrEnum

from msgspec import Struct

from chalicelib.entrypoints.http.common_schema import Locale


class Location(Struct, frozen=True):
    id: str
    name: str
    address: str


class Clinician(Struct, frozen=True):
    id: str
    name: str
    credentials: str
    payments_enabled: bool


class Flow(StrEnum):
    INLINE = "inline"
    REDIRECT = "redirect"


class WayName(StrEnum):
    CARD = "card"
    BANK = "bank"
    PAYPAL = "paypal"


class Way(Struct, frozen=True):
    """A way to pay, and where its payer pays: in fields on this page, or at the processor named."""

    way: WayName
    processor: str
    flow: Flow


class SavingWay(StrEnum):
    CARD = "card"
    BANK = "bank"


class ConsentText(Struct, frozen=True):
    """What a payer agrees to who saves a method; plain text by language."""

    version: str
    text: dict[Locale, str]


class Saving(Struct, frozen=True):
    """Which methods payers may save. `cvc_again`: a saved card wants its security code with each payment.
    `deposits`: bank accounts may be verified by a deposit, else at once only."""

    ways: list[SavingWay]
    consent: ConsentText
    cvc_again: bool
    deposits: bool


class PaymentSettings(Struct, frozen=True):
    """`enabled` is false while the practice takes no online payments. `ways`: what is offered, the first
    first. Amounts are multiples of `step_minor`. `saving` is null where payers can save nothing.
    """

    enabled: bool
    flow: Flow
    minimum_minor: int
    step_minor: int
    limit_minor: int
    ways: list[Way]
    saving: Saving | None


class NoticePlace(StrEnum):
    SIGN_IN = "sign_in"
    CARD_FORM = "card_form"
    PUBLIC_PAGE = "public_page"


class Notice(Struct, frozen=True):
    """What law wants shown in that `place` of the pages; `text` by language."""

    id: str
    place: NoticePlace
    text: dict[Locale, str]


class NoticePageKind(StrEnum):
    PRIVACY_PRACTICES = "privacy_practices"
    NONDISCRIMINATION = "nondiscrimination"


class NoticePage(Struct, frozen=True):
    """Where the practice itself has published what law wants published: `kind` is what it is about."""

    kind: NoticePageKind
    url: str


class CardNotice(Struct, frozen=True):
    """What stands beside card forms and is acknowledged, with its `version`, before a card pays or is added;
    `text` by language. `given`: this person needs not do so again."""

    id: str
    version: str
    text: dict[Locale, str]
    given: bool


class GuestSettings(Struct, frozen=True):
    """On what terms somebody pays there without an account. `enabled` is false where nobody can: payments are
    off, or no clinician takes any online. `ways`: by card or PayPal, the first first. `clinician`: the
    practice's only one, who needs not be chosen. `card_notice`: what stands beside the card form."""

    enabled: bool
    minimum_minor: int
    step_minor: int
    limit_minor: int
    ways: list[Way]
    clinician: str | None
    card_notice: CardNotice | None


class PracticeProfile(Struct, frozen=True):
    """`about` is in the practice's `locale`; `about_in` says the same in other languages, where given.
    `updated_on`: the practice's day (YYYY-MM-DD) on which what it says of itself last changed; null where
    nobody knows. The instant is the answer's `Last-Modified`.
    """

    id: str
    name: str
    about: str
    about_in: dict[Locale, str]
    timezone: str
    currency: str
    locale: Locale
    phone: str
    email: str
    website: str
    locations: list[Location]
    clinicians: list[Clinician]
    payments: PaymentSettings
    guests: GuestSettings
    notices: list[Notice]
    notice_pages: list[NoticePage]
    updated_on: str | None
    sandbox: bool


class DefaultPractice(Struct, frozen=True):
    """Null where the deployment serves several practices."""

    practice: str | None

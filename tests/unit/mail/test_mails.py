"""What the sign-in and receipt mails say, in both languages and both parts, and what they never say."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from chalicelib.documents.services.receipt_mail import compose_receipt
from chalicelib.documents.services.returned_mail import compose_returned
from chalicelib.documents.services.statements.mail import compose_statement
from chalicelib.identity.services.sign_in_mail import compose_sign_in
from chalicelib.ledger.domain.methods import Method
from chalicelib.mail.domain.letters import DARK, LIGHT
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.practice_mail import questions
from tests.unit.documents.world import PAID
from tests.unit.identity.fakes import practice
from tests.unit.statements.world import World as Statements

MAYA = "maya@example.test"
URL = "https://bills.example"
TOKEN = "Zm9vYmFyYmF6"
CARE = ("therap", "counsel", "clinic", "terapia", "consejer", "session", "sesión", "diagnos", "F41", "90837")


def sign_in(profile: Practice | None = None, locale: str = "en") -> Mail:
    return compose_sign_in(
        profile or practice(),
        to="maya@example.test",
        locale=locale,
        code="048213",
        token=TOKEN,
        public_url=URL,
    )


def receipt(profile: Practice | None = None, **changes: object) -> Mail:
    payment = replace(PAID, **changes)  # type: ignore[arg-type]
    return compose_receipt(profile or practice(), payment, to=MAYA, token=TOKEN, public_url=URL)


class Page(HTMLParser):
    """What a mail program shows of the HTML, its links, and every tag and attribute in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """What is hidden from screen readers is for the eye only."""
        tag, attributes = self.tags[-1] if self.tags else ("", {})
        if (tag != "style" or "{" not in data) and "aria-hidden" not in attributes:
            self._text.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._text).split())

    @property
    def links(self) -> list[str | None]:
        return [attributes.get("href") for tag, attributes in self.tags if tag == "a"]


def test_the_sign_in_mail_carries_code_and_link_in_both_parts() -> None:
    mail = sign_in()
    link = f"{URL}/willow/sign-in#{TOKEN}"
    assert "\n    048213\n" in mail.text
    assert f"\n{link}\n" in mail.text
    assert Page(mail.html).links == [link]
    assert "048213" in Page(mail.html).text
    assert (mail.to, mail.reply_to) == ("maya@example.test", "office@willow.example")
    assert mail.sender_name == "Willow Creek Counseling"


def test_the_sign_in_mail_says_how_long_and_what_to_do_when_it_was_not_you() -> None:
    assert "for 10 minutes" in sign_in().text
    assert "you can ignore this e-mail" in sign_in().text
    assert "durante 10 minutos" in sign_in(locale="es").text
    assert "puede ignorar este correo" in sign_in(locale="es").text


def test_the_code_is_not_in_the_subject() -> None:
    assert "048213" not in sign_in().subject


@pytest.mark.parametrize("locale", ["en", "es"])
def test_subjects_say_nothing_about_care_and_name_nobody(locale: str) -> None:
    for composed in (sign_in(locale=locale), receipt(locale=locale)):
        assert not [word for word in (*CARE, "Willow", "Maya") if word.lower() in composed.subject.lower()]


def test_the_receipt_says_amount_date_method_reference_and_what_is_owed() -> None:
    mail = receipt()
    for shown in (mail.text, Page(mail.html).text):
        for part in (
            "Willow Creek Counseling", "$182.50", "November 3, 2026", "Visa ending in 4242", "BF-7K2M-93QD",
            "Still owed after this payment", "$45.00", "nothing else will be charged", "555-0100",
        ):  # fmt: skip
            assert part in shown
    link = f"{URL}/willow/receipt#{TOKEN}"
    assert f"\n{link}\n" in mail.text
    assert Page(mail.html).links == [link]


def test_a_spanish_payer_gets_a_spanish_receipt() -> None:
    mail = receipt(locale="es", method=Method("check"))
    assert mail.locale == "es"
    assert mail.subject == "Su recibo de pago"
    for part in ("Pago recibido", "3 de noviembre de 2026", "Cheque", "Saldo pendiente", "$182.50"):
        assert part in mail.text
        assert part in Page(mail.html).text
    assert '<html lang="es">' in mail.html


def test_a_guests_receipt_says_nothing_of_what_is_owed() -> None:
    mail = receipt(owed_after_minor=None)
    assert "owed" not in mail.text + mail.html
    assert "45.00" not in mail.text + mail.html


def test_a_receipt_names_no_client_clinician_service_or_note() -> None:
    profile = replace(practice(), name="Willow")
    mail = receipt(profile, notes="Ana Núñez, grief, F41.1, 90837")
    for secret in ("Ana", "Núñez", "Bo Li", "Maya", "grief", *CARE):
        assert secret.lower() not in (mail.text + Page(mail.html).text).lower()


def test_a_telephone_number_does_not_go_on_in_the_next_line() -> None:
    """Issue 10, number 16: "(518)" ended one line, and the rest of it began the next."""
    words = questions(replace(practice(), phone="(518) 555-0142"), "es")
    assert "(518)\u00a0555-0142" in words


def test_a_practice_without_a_telephone_is_asked_by_mail() -> None:
    assert "Reply to this e-mail.\n" in receipt(replace(practice(), phone="")).text


@pytest.mark.parametrize(
    "name",
    [
        '<script>alert(1)</script><img src="https://spy.example/x">',
        '"><a href="https://spy.example">here</a>',
        "Willow\r\nBcc: all@example.test",
        "{code} {0} {practice.__class__}",
        "=cmd|' /C calc'!A0",
        "#panic() \\ &amp;",
    ],
)
def test_whatever_a_practice_is_called_is_shown_and_not_run(name: str) -> None:
    for mail in (
        sign_in(replace(practice(), name=name)),
        receipt(replace(practice(), name=name), reference=name),
    ):
        page, plain = Page(mail.html), " ".join(name.split())
        assert plain in page.text
        assert plain in mail.text
        assert len(page.links) == 1
        assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "form", "link", "object"}
        assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
        assert "\n" not in mail.sender_name


@pytest.mark.parametrize("mail", [sign_in(), receipt()], ids=["sign-in", "receipt"])
def test_the_html_asks_nothing_from_outside_and_keeps_to_dark_mode(mail: Mail) -> None:
    assert not re.search(r"url\(|src=|@import|@font-face", mail.html)
    assert "prefers-color-scheme: dark" in mail.html
    assert '<meta name="color-scheme" content="light dark">' in mail.html
    assert '<html lang="en">' in mail.html
    assert f"<title>{mail.subject}</title>" in mail.html


@pytest.mark.parametrize("mail", [sign_in(), receipt()], ids=["sign-in", "receipt"])
def test_the_plain_text_says_all_that_the_html_says(mail: Mail) -> None:
    """Word by word but for the link's address, which only the text spells out."""
    html = Page(mail.html).text.removeprefix(mail.subject).strip()
    text = re.sub(r"https://\S+", "", mail.text)
    assert re.findall(r"\w+", html) == re.findall(r"\w+", text)


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_receipts_first_line_is_what_was_received(locale: str) -> None:
    """After whose letter it is; then come the facts."""
    mail, words = receipt(locale=locale), {"en": "Payment received", "es": "Pago recibido"}[locale]
    assert mail.text.startswith(f"Willow Creek Counseling\n\n{words}: $182.50\n\n")
    assert f"Willow Creek Counseling {words} $182.50 " in Page(mail.html).text
    assert mail.html.index(words) < mail.html.index('<table class="facts">')


def test_a_name_that_runs_from_right_to_left_is_kept_apart_from_its_sentence() -> None:
    mail = sign_in(replace(practice(), name="ייעוץ <24>"))
    assert mail.html.count("<bdi>ייעוץ &lt;24&gt;</bdi>") == 2
    assert "\u2068" not in mail.html
    assert "with \u2068ייעוץ <24>\u2069." in mail.text
    assert "<bdi>" not in sign_in().html


def test_facts_are_a_table_whose_labels_are_headers() -> None:
    headers = [attributes for tag, attributes in Page(receipt().html).tags if tag == "th"]
    assert headers == [{"scope": "row"}] * 4


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_enough_in_light_and_dark(theme: dict[str, str]) -> None:
    for text, ground in (
        ("ink", "paper"), ("ink", "surface"), ("ink-soft", "surface"), ("on-pine", "pine"),
        ("hero-ink", "hero"),
    ):  # fmt: skip
        assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def composed() -> list[Mail]:
    """One of each that there is."""
    world = Statements()
    world.at("2026-11-05T12:00:00+00:00")
    world.run()
    return [
        sign_in(), receipt(),
        compose_statement(practice(), world.statement(), to=MAYA, locale="en", public_url=URL),
        compose_returned(practice(), PAID, to=MAYA, public_url=URL),
    ]  # fmt: skip


def test_issue_9_5_every_mail_bears_its_kind_and_no_tag_says_more_than_ids() -> None:
    mails = composed()
    assert [dict(mail.tags)["kind"] for mail in mails] == [
        MailKind.SIGN_IN, MailKind.RECEIPT, MailKind.STATEMENT, MailKind.NOTICE,
    ]  # fmt: skip
    for mail in mails:
        assert set(dict(mail.tags)) <= {"practice", "kind", "account", "period"}
        for _, value in mail.tags:
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value), value

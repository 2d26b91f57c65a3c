"""The superbill's renderer, and that of the document that voids one: what was issued, as it is placed."""

from collections.abc import Iterator
from datetime import date

from chalicelib.documents.domain.superbills import Diagnosis, Licensed, SuperbillLine
from chalicelib.documents.pdf.page import DocumentWords, Logos, document_page, no_logos
from chalicelib.documents.pdf.typesetting import typeset
from chalicelib.documents.ports.documents import SuperbillData, SuperbillRenderer
from chalicelib.kernel.formatting import isolated, one_line, short_date_text
from chalicelib.practice.domain.practices import RelationToInsured
from chalicelib.words import language

_COLUMNS = ("date", "line_service", "fee", "line_paid")
_DIAGNOSIS_COLUMNS = ("diagnosis_letter", "diagnosis_code", "diagnosis_words")
_RELATIONS = {
    RelationToInsured.SPOUSE: "relation_spouse",
    RelationToInsured.CHILD: "relation_child",
    RelationToInsured.OTHER: "relation_other",
}
_WORDS_OF_CODES = "en"  # the National Center for Health Statistics publishes them in no other language
_NO_LINE = ""
_FIRST = 1  # template: what it said of insurers had what was expected of them; its void did not say of what


class TypstSuperbillRenderer(SuperbillRenderer):
    def __init__(self, logos: Logos = no_logos) -> None:
        self._logos = logos

    def superbill(self, data: SuperbillData) -> bytes:
        return typeset("superbill", page_of(data, self._logos), dated=_dated(data))


def page_of(data: SuperbillData, logos: Logos = no_logos) -> dict[str, object]:
    """All that the template places, in its reader's language."""
    return _Words(data, logos).page()


def _dated(data: SuperbillData) -> date:
    return date.fromisoformat(data.void.voided_on if data.void else data.superbill.issued_on)


class _Words(DocumentWords):
    """One superbill in its reader's language."""

    def __init__(self, data: SuperbillData, logos: Logos) -> None:
        super().__init__(data.paper.locale, data.superbill.currency)
        self._logos = logos
        self._superbill, self._paper, self._void = data.superbill, data.paper, data.void
        self._dated = _dated(data)
        self._first = data.superbill.template == _FIRST

    def page(self) -> dict[str, object]:
        void, superbill = self._void is not None, self._superbill
        head = self._paper.billing.letterhead
        name = isolated(one_line(head.practice_name))
        title = "superbill_void_title" if void else "superbill_title"
        lines = () if void else self._paper.lines
        diagnoses = () if void else self._paper.diagnoses
        in_words = any(diagnosis.words for diagnosis in diagnoses)
        return {
            **document_page(
                title=self._say(title, practice=name, number=str(superbill.number)),
                day=self._dated, currency=superbill.currency, locale=self._locale, head=head,
                logos=self._logos,
            ),
            "heading": self._say("superbill_void" if void else "superbill"),
            "note": self._say("superbill_void_note" if void else "superbill_purpose"),
            "client": [row for row in self._client() if row["text"]],
            "provider": [row for row in (*self._numbers(), *self._providers()) if row["text"]],
            "diagnoses": {
                "heading": self._say("superbill_diagnoses"),
                "columns": [self._say(key) for key in _DIAGNOSIS_COLUMNS[: 3 if in_words else 2]],
                "lines": [self._diagnosis(diagnosis) for diagnosis in diagnoses],
                "note": self._diagnosis_note() if in_words else _NO_LINE,
            },
            "services": {
                "heading": self._say("superbill_services"),
                "columns": [self._say(key) for key in _COLUMNS],
                "lines": [self._line(line) for line in lines],
            },
            "sums": [] if void else self._sums(),
            "reimburse": _NO_LINE if void else self._reimburse(),
            "attested": _NO_LINE if void else self._attested(),
        }  # fmt: skip

    def _client(self) -> Iterator[dict[str, str]]:
        client = self._paper.client
        yield self._row("superbill_client", self._name(client.name))
        if self._void:
            return
        yield self._row("superbill_born", self._day(client.birth_date) if client.birth_date else "")
        yield self._row("superbill_address", "\n".join(map(self._name, client.address.splitlines())))
        yield self._row("superbill_reference", self._name(client.reference))
        yield self._row("superbill_member", self._name(client.member_id))
        yield self._row("superbill_insured", self._name(client.insured))
        if client.insured and client.relation is not RelationToInsured.SELF:
            yield self._row("superbill_relation", self._say(_RELATIONS[client.relation]))

    def _numbers(self) -> Iterator[dict[str, str]]:
        superbill, void = self._superbill, self._void
        yield self._row("superbill_number", str(superbill.number))
        yield self._row("superbill_issued", self._day(superbill.issued_on))
        if void:
            yield self._row("superbill_voided", self._day(void.voided_on))
            yield self._row("superbill_replaced_by", str(void.replaced_by or ""))
            if self._first:
                return
        else:
            yield self._row("superbill_replaces", str(superbill.replaces or ""))
        days = f"{self._day(superbill.first)} {self._say('superbill_last')} {self._day(superbill.last)}"
        yield self._row("superbill_days", days)

    def _providers(self) -> Iterator[dict[str, str]]:
        billing, clinician, supervisor = self._paper.billing, self._paper.clinician, self._paper.supervisor
        if self._void:
            yield self._row("superbill_clinician", _NO_LINE if self._first else self._named(clinician))
            return
        yield self._tax_id(billing.tax_id_of, billing.tax_id)
        yield self._row("superbill_npi", billing.npi)
        yield self._row("superbill_rendering" if clinician.rendering else "superbill_clinician",
                        self._licensed(clinician))  # fmt: skip
        if supervisor:
            key = "superbill_rendering_supervisor" if supervisor.rendering else "superbill_supervisor"
            yield self._row(key, self._licensed(supervisor))

    def _licensed(self, who: Licensed) -> str:
        license_ = self._say("license", number=who.license, state=who.license_state) if who.license else ""
        npi = f"NPI {who.npi}" if who.npi else ""
        return "\n".join(filter(None, (self._named(who), self._name(license_), npi)))

    def _named(self, who: Licensed) -> str:
        return self._name(", ".join(filter(None, (who.name, who.credentials))))

    def _diagnosis(self, diagnosis: Diagnosis) -> dict[str, str]:
        return {
            "letter": diagnosis.letter,
            "code": diagnosis.code,
            "text": self._name(diagnosis.words),
            "language": _WORDS_OF_CODES,
        }

    def _diagnosis_note(self) -> str:
        """Why the words are in another language than all the rest."""
        same = self._first or language(self._locale) == _WORDS_OF_CODES
        return _NO_LINE if same else self._say("diagnosis_language")

    def _line(self, line: SuperbillLine) -> dict[str, str]:
        taken = self._taken(line.insurance_minor, line.adjustments_minor, line.contractual_minor)
        off = [f"{self._say(key)} {self._money(-minor)}" for key, minor in taken if minor]
        return {
            "date": short_date_text(line.date, self._locale),
            "procedure": self._say(
                "procedure",
                code=" ".join((line.code, *line.modifiers)),
                place=line.place_of_service,
                pointers=line.pointers,
                units=str(line.units),
            ),
            "text": self._name(line.service),
            "language": language(line.service_locale),
            "detail": (" · " if self._first else "\n").join(off),  # a line may break behind a minus sign
            "fee": self._money(line.fee_minor),
            "paid": self._money(line.paid_minor),
        }

    def _sums(self) -> list[dict[str, str]]:
        """What was charged, what is not the client's money, and what the client paid."""
        sums = self._superbill.sums
        contractual_minor = sum(line.contractual_minor for line in self._paper.lines)
        taken = self._taken(sums.insurance_minor, sums.adjustments_minor, contractual_minor)
        not_paid = "not_paid" if self._first else "not_paid_yet"
        rows = [
            ("charged", sums.fee_minor),
            *((key, -minor) for key, minor in (*taken, (not_paid, sums.unpaid_minor)) if minor),
            ("paid_by_client", sums.paid_minor),
        ]
        return [self._row(key, self._money(minor)) for key, minor in rows]

    def _taken(
        self, insurance_minor: int, adjustments_minor: int, contractual_minor: int
    ) -> tuple[tuple[str, int], ...]:
        """What is neither paid by the client nor still to be paid, by the key of its words."""
        return (
            ("insurance" if self._first else "insurance_paid", insurance_minor),
            ("contractual", contractual_minor), ("adjustments", adjustments_minor - contractual_minor),
        )  # fmt: skip

    def _reimburse(self) -> str:
        paid_minor = self._superbill.sums.paid_minor
        key = "reimburse" if paid_minor else "reimburse_nothing"
        return self._say(key, amount=self._money(paid_minor))

    def _attested(self) -> str:
        head = self._paper.billing.letterhead
        name = self._name(head.practice_legal_name or head.practice_name)
        return self._say("attested", practice=name, date=self._day(self._superbill.issued_on))

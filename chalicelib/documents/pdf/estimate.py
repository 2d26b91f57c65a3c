"""The good faith estimate's renderer: from what was issued to what its template places."""

from datetime import date

from chalicelib.documents.domain.estimates import EstimateLine, EstimateProvider
from chalicelib.documents.pdf.page import DocumentWords, Logos, addressed, document_page, no_logos
from chalicelib.documents.pdf.typesetting import typeset
from chalicelib.documents.ports.estimates import EstimateData, EstimateRenderer
from chalicelib.kernel.formatting import one_line
from chalicelib.words.estimates import ESTIMATES


class TypstEstimateRenderer(EstimateRenderer):
    def __init__(self, logos: Logos = no_logos) -> None:
        self._logos = logos

    def estimate(self, data: EstimateData) -> bytes:
        issued_on = date.fromisoformat(data.estimate.issued_on)
        return typeset("estimate", page_of(data, self._logos), dated=issued_on)


def page_of(data: EstimateData, logos: Logos = no_logos) -> dict[str, object]:
    """All that the template places, in its reader's language."""
    return _Words(data, logos).page()


class _Words(DocumentWords):
    """One estimate in its reader's language."""

    _words = ESTIMATES

    def __init__(self, data: EstimateData, logos: Logos) -> None:
        super().__init__(data.paper.letterhead.locale, data.estimate.currency)
        self._logos, self._head = logos, data.paper.letterhead
        self._estimate, self._paper = data.estimate, data.paper

    def page(self) -> dict[str, object]:
        estimate, head = self._estimate, self._head
        return {
            **document_page(
                title=self._say("title", practice=self._name(head.practice_name)),
                day=date.fromisoformat(estimate.issued_on), currency=estimate.currency, locale=self._locale,
                head=head, logos=self._logos,
            ),
            "heading": self._say("heading"),
            "to": addressed(head.client_name, head.client_address),
            "about": [
                self._row("issued", self._day(estimate.issued_on)),
                self._row("first", self._day(estimate.first_date)),
                self._row("last", self._day(estimate.last_date)),
            ],
            "headline": {**self._row("expected", self._money(estimate.total_minor)), "note": ""},
            "pay": "",
            "facts": self._facts(),
            "services": {
                "heading": self._say("services"),
                "columns": [self._say(key) for key in ("service", "quantity", "each", "total")],
                "lines": [self._line(line) for line in self._paper.lines],
            },
            "sums": self._sums(),
            "providers": {
                "heading": self._say("providers"),
                "rows": [self._provider(provider) for provider in self._paper.providers],
            },
        }  # fmt: skip

    def _facts(self) -> list[dict[str, str]]:
        paper = self._paper
        return [
            self._row("client", self._name(self._head.client_name)),
            self._row("birth_date", self._day(self._head.birth_date)),
            self._row("primary", self._name(paper.lines[0].name)),
            self._row("scheduled", self._visit()),
            self._row("diagnoses", ", ".join(paper.diagnoses) or self._say("no_diagnosis")),
        ]

    def _visit(self) -> str:
        on = self._paper.scheduled_on
        return self._day(on) if on else self._say("not_scheduled")

    def _line(self, line: EstimateLine) -> dict[str, str]:
        clinician = next(p.name for p in self._paper.providers if p.clinician_id == line.clinician_id)
        code = self._say("code", code=line.cpt) if line.cpt else ""
        whose = self._name(clinician) if len(self._paper.providers) > 1 else ""
        return {
            "text": self._name(line.name),
            "detail": " · ".join(filter(None, (code, whose))),
            "quantity": str(line.quantity),
            "each": self._money(line.charge_minor),
            "total": self._money(line.total_minor),
        }

    def _sums(self) -> list[dict[str, str]]:
        """What each clinician's come to, for a bill is held to that; added up where there are several."""
        paper = self._paper
        if len(paper.providers) < 2:
            return []
        rows = [
            self._row("from_clinician", self._money(paper.total_of(p.clinician_id)), name=self._name(p.name))
            for p in paper.providers
        ]
        return [*rows, self._row("total", self._money(paper.total_minor))]

    def _provider(self, provider: EstimateProvider) -> dict[str, str]:
        known_as = f"NPI {provider.npi}, EIN {provider.tax_id}, {provider.state}"  # in any language
        where = ", ".join(one_line(line) for line in provider.address.splitlines() if line.strip())
        lines = (provider.name, known_as, where)
        return self._row("provider", "\n".join(self._name(line) for line in lines))

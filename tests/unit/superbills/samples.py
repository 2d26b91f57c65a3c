"""Superbills as they are drawn in tests: usual ones, and those that are hard to place."""

from dataclasses import replace

from chalicelib.documents.domain.superbills import (
    BillingProvider,
    Diagnosis,
    DraftSuperbill,
    Insured,
    Licensed,
    Stretch,
    SuperbillLine,
    SuperbillPaper,
    SuperbillVoid,
)
from chalicelib.documents.ports.documents import SuperbillData
from chalicelib.practice.domain.practices import RelationToInsured
from tests.support.letterheads import WILLOW

ADA = Licensed("Ada Moss", "LCSW", "1234567893", "SW-100", "NY", rendering=True)
CLIENT = Insured(
    "Maya Okafor",
    "1990-04-02",
    "5 Oak Lane\nWillow Creek, NY",
    "C-7",
    "XYZ123456",
    "",
    RelationToInsured.SELF,
)
LINES = (
    SuperbillLine(
        "c1", "2026-10-03", "10", "90834", ("95",), "A", 1, "Individual session", "en", 15_000, 0, 0, 15_000
    ),
    SuperbillLine(
        "c2", "2026-10-17", "11", "90847", ("HO", "XE"), "BA", 2, "Couples session", "en",
        120_000, 30_000, 10_000, 50_000, 7_500,
    ),
    SuperbillLine("c3", "2026-10-24", "11", "90834", (), "A", 1, "Individual session", "en", 15_000, 0, 0, 0),
)  # fmt: skip
PAPER = SuperbillPaper(
    billing=BillingProvider(
        replace(WILLOW, practice_legal_name="Willow Creek Counseling PLLC"), "12-3456789", "", "1679576722"
    ),
    clinician=ADA,
    supervisor=None,
    client=CLIENT,
    diagnoses=(
        Diagnosis("A", "F41.1", "Generalized anxiety disorder"),
        Diagnosis("B", "F43.10", "Post-traumatic stress disorder, unspecified"),
    ),
    lines=LINES,
    locale="en",
)
LONG = "Bartholomew-Featherstonehaugh " * 7  # 210 letters
RTL = "מאיה בת־שבע אוקפור"


def printed(paper: SuperbillPaper, void: SuperbillVoid | None = None) -> SuperbillData:
    draft = DraftSuperbill(
        "a1",
        "ada",
        "USD",
        Stretch("2026-10-01", "2026-10-31"),
        "2026-11-05",
        "2026-11-05T17:00:00.000Z",
        paper,
    )
    return SuperbillData(draft.numbered(17), paper, void)


def on_first_template(data: SuperbillData) -> SuperbillData:
    """As one that was issued before, whose lines did not tell an insurer's answer apart."""
    paper = replace(data.paper, lines=tuple(replace(line, contractual_minor=0) for line in data.paper.lines))
    return replace(data, paper=paper, superbill=replace(data.superbill, template=1, digest=paper.digest))


USUAL = printed(PAPER)
VOID = SuperbillVoid(17, "a1", "2026-11-09", "2026-11-09T17:00:00.000Z", "cli", 18, "practice alone")
SPANISH = replace(
    PAPER,
    locale="es",
    lines=tuple(
        replace(line, service="Sesión individual", service_locale="es") if line.code == "90834" else line
        for line in LINES
    ),
)
SUPERVISED = replace(
    PAPER,
    billing=replace(PAPER.billing, tax_id="98-7654321", tax_id_of="Ben Reed", npi=""),
    clinician=replace(ADA, rendering=False, npi="", license="", license_state=""),
    supervisor=Licensed("Sol Vega", "PhD", "1245319599", "P-1", "NY", rendering=True),
    client=replace(CLIENT, insured="Ada Okafor", relation=RelationToInsured.CHILD),
    diagnoses=(Diagnosis("A", "F41.1"), Diagnosis("B", "F43.10")),
    replaces=12,
)


def _called(name: str) -> SuperbillPaper:
    return replace(
        PAPER,
        billing=replace(PAPER.billing, letterhead=replace(WILLOW, practice_name=name)),
        clinician=replace(ADA, name=name),
        client=replace(
            CLIENT, name=name, address=f"{name}\n{name}", insured=name, relation=RelationToInsured.OTHER
        ),
        diagnoses=(Diagnosis("A", "F41.1", name),),
        lines=tuple(replace(line, service=name, pointers="A") for line in LINES),
    )


CASES: dict[str, SuperbillData] = {
    "english": USUAL,
    "spanish": printed(SPANISH),
    "first-template": on_first_template(printed(PAPER)),
    "first-template-void": on_first_template(printed(PAPER, VOID)),
    "supervised": printed(SUPERVISED),
    "void": printed(PAPER, VOID),
    "void-spanish": printed(SPANISH, replace(VOID, replaced_by=0)),
    "unpaid": printed(replace(PAPER, lines=LINES[2:], diagnoses=PAPER.diagnoses[:1])),
    "twelve-diagnoses": printed(
        replace(
            PAPER,
            diagnoses=tuple(
                Diagnosis(letter, f"F{number}0.10", "Words of a diagnosis that are rather long " * 2)
                for number, letter in enumerate("ABCDEFGHIJKL")
            ),
            lines=(replace(LINES[0], pointers="KLAB", modifiers=("95", "HO", "XE", "U1"), units=999),),
        )
    ),
    "400-lines": printed(replace(PAPER, lines=LINES[:1] * 400)),
    "long-names": printed(_called(LONG)),
    "one-long-word": printed(_called("x" * 200)),
    "right-to-left": printed(_called(RTL)),
    "chinese": printed(_called("柳溪心理咨询中心" * 6)),
    "hostile": printed(_called('#image("/etc/passwd") $x$ *bold* _it_ `code` \\ " <a> \u202e @ref')),
}

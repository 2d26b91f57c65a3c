"""Screen, mail and paper have one palette and one type: what portal/src/styles/tokens.css says."""

import re
from pathlib import Path

import pytest

from chalicelib.documents.pdf.typesetting import TEMPLATES
from chalicelib.mail.domain.letters import DARK, LIGHT, SANS, SERIF, as_html

STYLES = Path(__file__).parents[3] / "portal/src/styles"
DAY, NIGHT, *_ = (STYLES / "tokens.css").read_text().split("@media ")  # then come rules for print
COLOR = re.compile(r"#[0-9a-f]{6}\b")
LETTER = as_html((), sender="Willow", title="", language="en")


def named(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): ([^;]+);", css))


@pytest.mark.parametrize(("theme", "css"), [(LIGHT, DAY), (DARK, NIGHT)], ids=["light", "dark"])
def test_mails_have_the_portals_colours(theme: dict[str, str], css: str) -> None:
    """Seen: another teal, and another paper."""
    assert {name: named(css)[name] for name in theme} == theme


def test_mails_have_no_colour_of_their_own() -> None:
    light, dark = LETTER.split("prefers-color-scheme: dark")
    assert set(COLOR.findall(light)) == set(LIGHT.values())
    assert set(COLOR.findall(dark)) == set(DARK.values())


def test_mails_have_the_portals_faces() -> None:
    assert named(DAY)["serif"] == SERIF
    assert named(DAY)["sans"] == SANS
    assert set(re.findall(r"font: (?:600 )?[\d.]+px/[\d.]+ ([^;]+);", LETTER)) == {SERIF, SANS}


def test_paper_has_the_portals_colours_and_none_of_its_own() -> None:
    """Each stands beside its name."""
    template = (TEMPLATES / "letterhead.typ").read_text()
    found = dict(re.findall(r'^  ([\w-]+): rgb\("(#\w+)"\),$', template, re.MULTILINE))
    assert found == {name: named(DAY)[name] for name in found}
    assert len(found) >= 5
    every = [color for path in TEMPLATES.glob("*.typ") for color in COLOR.findall(path.read_text())]
    assert sorted(every) == sorted(found.values())


def test_the_mark_has_the_portals_form_in_mails_and_on_paper() -> None:
    (corners,) = re.findall(
        r"\.brand__mark \{[^}]*border-radius: ([^;]+);", (STYLES / "shell.css").read_text()
    )
    assert f".mark {{ width: 42px; height: 42px; border-radius: {corners}; }}" in LETTER
    sides = ("top-left", "top-right", "bottom-right", "bottom-left")
    radius = ", ".join(f"{side}: {size}" for side, size in zip(sides, corners.split(), strict=True))
    assert f"radius: ({radius})" in (TEMPLATES / "letterhead.typ").read_text()

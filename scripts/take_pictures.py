"""Take the pictures of the README on the sandbox that `make run` started: `python -m scripts.take_pictures`.

PORT says which sandbox, as everywhere. The pages are the demo practice's; the biller's screen is what the
commands print, for two made-up weeks of a practice called elm, which must not exist yet (`make reset`).
"""

import html
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from sandbox.config import ROOT
from tests.support.browser import chromium, launched, pages_path

IMAGES = ROOT / "docs" / "images"
PHONE = (390, 844)
DESK = (1180, 1240)

_PRACTICE = """{
  "id": "elm", "name": "Elm Row Therapy", "timezone": "America/New_York", "currency": "USD",
  "email": "office@elm.example.test", "descriptor": "ELM ROW", "flow": "redirect",
  "clinicians": [{"id": "dr-a", "name": "Dr. Alex Reyes", "credentials": "PsyD"}]
}"""
_HEADER = (
    "Date of service,Patient,Provider,CPT code,Fee,Insurance paid,Insurance write off,"
    "Patient paid,Payment method\n"
)
_FIRST = (
    _HEADER
    + """11/16/2026,"Vale, Robin",Dr. Alex Reyes,90834,$150.00,$90.00,$25.00,$20.00,Visa
11/17/2026,"Marsh, June",Dr. Alex Reyes,90837,$180.00,,,$180.00,Cash
11/19/2026,"Vale, Inés",Dr. Alex Reyes,90834,$150.00,,,,
"""
)
_SECOND = (
    _HEADER
    + """11/17/2026,"Marsh, June",Dr. Alex Reyes,90837,$200.00,,,$180.00,Cash
11/23/2026,"Vale, Robin",Dr. Alex Reyes,90834,$150.00,,,$35.00,Visa
11/24/2026,"Marsh, June",Dr. Alex Reyes,90837,$180.00,,,,
"""
)
_TERMINAL = """<!doctype html><meta charset="utf-8"><style>
  body { margin: 0; padding: 20px 24px; background: #14191f; color: #e4e7eb; }
  pre { margin: 0; font: 15px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
  b { color: #5cc4b0; font-weight: 600; }
</style><pre>%s</pre>"""


def billfold(*words: str, folder: str | None = None) -> str:
    """What `billfold` prints."""
    command = [str(ROOT / "scripts" / "billfold"), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def signed_in(browser: Browser, email: str, size: tuple[int, int], *, scale: int, locale: str = "en") -> Page:
    """The Billing page of one of the demo's clients."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale, locale=locale
    )
    page = context.new_page()
    page.goto(billfold("log-in", "--practice", "willow", "--email", email).strip())
    page.get_by_role("main").get_by_role("button").click()
    page.locator(".balance__amount").wait_for()
    return page


def pages(browser: Browser) -> None:
    """A client's side: at a desk and on a phone, in English and in Spanish."""
    desk = signed_in(browser, "maya@example.test", DESK, scale=1)
    desk.screenshot(path=IMAGES / "billing.png")
    phone = signed_in(browser, "maya@example.test", PHONE, scale=2)
    phone.locator(".services tbody tr").first.get_by_role("button").click()
    phone.get_by_role("dialog").wait_for()
    phone.screenshot(path=IMAGES / "billing-phone.png")
    spanish = signed_in(browser, "lucia@example.test", PHONE, scale=2, locale="es")
    spanish.screenshot(path=IMAGES / "billing-phone-es.png")


def weeks() -> str:
    """A biller's side: the report of a second week, explained and brought in."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("elm.json", _PRACTICE), ("week47.csv", _FIRST), ("week48.csv", _SECOND)):
            (Path(folder) / name).write_text(text, encoding="utf-8")
        common = ("import", "--practice", "elm")
        billfold("practice", "create", "--file", "elm.json", folder=folder)
        billfold(*common, "--explain", "week47.csv", "--write-map", "week.toml", folder=folder)
        billfold(*common, "--map", "week.toml", "--add-clients", "--yes", "week47.csv", folder=folder)
        second = (*common, "--map", "week.toml", "--accept-changes")
        shown = []
        for words in (
            (*second, "week48.csv"),
            (*second, "--confirm-corrections", "--yes", "week48.csv"),
            ("verify", "--practice", "elm"),
        ):
            typed = html.escape(" ".join(("$ billfold", *words)))
            shown.append(f"<b>{typed}</b>\n{html.escape(billfold(*words, folder=folder))}")
    return "\n".join(shown)


def desk(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1180, "height": 400})
    page.set_content(_TERMINAL % weeks())
    page.screenshot(path=IMAGES / "weekly-import.png", full_page=True)


def main() -> None:
    with chromium() as chromiums, launched(chromiums, pages_path()) as browser:
        pages(browser)
        desk(browser)


if __name__ == "__main__":
    main()
